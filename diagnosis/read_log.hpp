// A job's log as diagnosis reads it: cleaned lines that know their places in the raw log. Pure.
#pragma once

#include "diagnosis/error_reading.hpp"
#include "diagnosis/rule_book.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

// Who speaks.
enum class LogPart {
  preparation,  // the runner before the script: executor, sources, cache, artifacts
  script,       // before_script and script; all of a log that has no sections
  upload,       // of artifacts, where the script passed and the job failed all the same
  afterwards,   // after_script, cache, artifacts, cleanup; and the runner's last words
};
// What can fail the job once the runner has prepared it.
constexpr bool is_of_job(LogPart part) {
  return part == LogPart::script || part == LogPart::upload;
}

struct LogLine {
  // In the raw log, split at LF only; 1 = first. Never falls; two lines have the same where a section's
  // marker stands between a text without a line end and another text.
  std::int64_t number = 0;
  std::string_view text;  // cleaned, valid UTF-8, at most kLongestLine bytes
  LogPart part = LogPart::script;
  Reading reading = Reading::plain;
  std::int32_t command = -1;  // index of the command that was running; −1 = none known
  std::uint32_t hits_at = 0;  // of ReadLog::hits
  std::uint16_t hit_count = 0;
  bool after_gap = false;  // lines before it were not kept
};

// A command that the runner, or another CI system, echoed before it ran ("$ make test").
struct LogCommand {
  std::string_view text;         // without the "$ "
  std::size_t line = 0;          // index of its line in ReadLog::lines
  std::optional<int> exit_code;  // where the log tells it for this command
};

// Texts stand in `storage`: a ReadLog can be moved, not copied.
struct ReadLog {
  ReadLog() = default;
  ReadLog(const ReadLog&) = delete;
  ReadLog& operator=(const ReadLog&) = delete;
  ReadLog(ReadLog&&) noexcept = default;
  ReadLog& operator=(ReadLog&&) noexcept = default;
  ~ReadLog() = default;

  std::vector<LogLine> lines;  // those kept, in order
  std::vector<RuleIndex> hits;
  std::vector<LogCommand> commands;
  std::int64_t line_count = 0, byte_count = 0;  // of the raw log
  bool whole = true;                            // false: lines were left out
  std::string exit_code;        // with which the runner says that the script ended; "" = not told
  std::string_view last_words;  // the runner's last word: "ERROR: Job failed: exit code 1"; "" = none
  std::deque<std::string> storage;

  [[nodiscard]] std::span<const RuleIndex> hits_of(const LogLine& line) const {
    return std::span{hits}.subspan(line.hits_at, line.hit_count);
  }
};

// Takes a raw log bit by bit, as it comes, in bounded memory: of a long one it keeps the beginning, the end,
// and what stands around the lines that say most.
//
// Cleaned are GitLab's sections and time stamps (with their "+" continuations), ANSI and OSC sequences,
// carriage returns and backspaces (what they overwrote is gone), NULs and other control characters, what is
// no UTF-8. A section end within the script's section that the script itself could have printed does not end
// it: sections nest, and only the runner's own names count, in the runner's order.
class LogReader {
 public:
  static constexpr std::size_t kLongestLine = 4096;  // bytes of a cleaned line; the rest of it is dropped
  struct Limits {
    std::size_t beginning = std::size_t{256} << 10;  // bytes that are kept of the log's beginning, …
    std::size_t end = std::size_t{6} << 20;          // … of its end, …
    std::size_t around = std::size_t{4} << 20;       // … around lines that say something in between
  };

  explicit LogReader(RuleBook& rules);  // must outlive this
  LogReader(RuleBook& rules, Limits limits);
  ~LogReader();
  void feed(std::string_view bytes);
  [[nodiscard]] ReadLog finish() &&;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// All of a log that is in memory.
ReadLog read_log(std::string_view raw, RuleBook& rules);

}  // namespace runneriq::diagnosis
