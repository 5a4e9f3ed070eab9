// The course of a job as its log tells it: when the script ran, which commands, how they ended. Pure.
#pragma once

#include "diagnosis/log_cleaner.hpp"
#include "diagnosis/read_log.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace runneriq::diagnosis {

struct CourseLine {
  std::int64_t ordinal = 0;  // of the lines as they are read
  std::int64_t number = 0;   // in the raw log
  std::string_view text;     // cleaned
  std::span<const LogMarker> markers;
  const char* text_from = nullptr;  // where in the raw line the text began, among the markers
  int stream = -1;                  // of StreamStamp
  bool is_echo = false;
};

// When the script ran. Decided when the whole log is known, as a script can print what the runner prints: an
// end that comes after another one shows that the earlier was forged. What a script prints between its own
// last word and the runner's cannot be told from the runner's, unless time stamps tell whose stream it is;
// what after_script forges can make its own output look like the script's.
class JobPhases {
 public:
  void take(const CourseLine& line);
  // A command that failed belongs to the script even if it looked like preparation.
  void script_has_begun(std::int64_t ordinal);
  void command_has_ended(std::int64_t ordinal) { last_exit_ = ordinal; }
  // `last_words` at `ordinal` end the log.
  void finish(std::string_view last_words, std::int64_t ordinal);
  [[nodiscard]] LogPart part_of(std::int64_t ordinal) const;

  [[nodiscard]] bool script_has_passed() const { return upload_from_ != kNever; }
  [[nodiscard]] bool is_travis() const { return is_travis_; }
  [[nodiscard]] bool in_preparing_fold() const { return in_preparing_fold_; }

 private:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  void take_section(const LogMarker& marker, const CourseLine& line);
  void take_fold(const LogMarker& marker, std::int64_t ordinal);
  void take_words(const CourseLine& line);
  void finish_upload(std::int64_t from, std::int64_t to);
  void finish_gitlab(std::int64_t last);
  void finish_told(std::int64_t last);
  void finish_travis(std::string_view last_words, std::int64_t last);
  void finish_github(std::int64_t last);

  enum class Told { gitlab, github, none };
  Told told_ = Told::none;   // by words, where no markers are
  int runners_stream_ = -2;  // of the first section, which no script could forge; −2 = none seen
  std::int64_t section_start_ = kNever, section_end_ = -1 /* behind it */, late_section_ = kNever,
               early_section_ = -1;
  std::int64_t upload_start_ = -1, upload_end_ = -1;  // sections of an upload behind a script that passed
  bool is_travis_ = false, in_preparing_fold_ = false, has_sources_ = false;
  std::int64_t script_fold_ = kNever, after_fold_ = kNever, last_exit_ = -1;
  std::int64_t first_step_ = kNever, cleanup_ = kNever;
  std::int64_t stage_ = kNever;  // GitLab: "Executing "step_script" stage of the job script"
  std::array<std::int64_t, 4> over_{-1, -1, -1,
                                    -1};  // lines that say that the script is over, last of each kind
  std::int64_t told_upload_ = -1;         // of these, the one that says that the script passed

  std::int64_t script_from_ = 0, script_to_ = kNever;
  std::int64_t upload_from_ = kNever, upload_to_ = kNever;
};

struct RanCommand {
  // Who says that it ran: a shell that traces, a line "$ …", or the CI system in a way of its own.
  enum class Told { by_trace, by_prompt, by_system };
  Told told;
  std::int32_t serial;
  std::int64_t ordinal, number;  // of its line
  std::string text;
  std::optional<int> exit_code;
};

// The commands of a job, the latest kMost of them.
class JobCommands {
 public:
  static constexpr std::size_t kMost = 2000;
  static constexpr std::size_t kMostBytes = std::size_t{1} << 20;
  void take(const CourseLine& line, JobPhases& phases);
  // With which the job's script ended, "" = not told.
  std::string finish(std::string_view last_words, const JobPhases& phases);
  // Of the command that runs; −1 = none.
  [[nodiscard]] std::int32_t running() const { return running_; }
  [[nodiscard]] const std::deque<RanCommand>& all() const { return all_; }

 private:
  enum class Timer { none, awaits_command, runs };
  void take_marker(const LogMarker& marker);
  [[nodiscard]] std::optional<RanCommand::Told> teller_of(const CourseLine& line,
                                                          const JobPhases& phases) const;
  void take_echo(const CourseLine& line, JobPhases& phases);
  void take_exit(const CourseLine& line, JobPhases& phases);
  void end_command(std::string_view text, int code, const CourseLine& line, JobPhases& phases);
  void add(RanCommand::Told told, std::string_view text, const CourseLine& line);

  std::deque<RanCommand> all_;
  std::size_t bytes_ = 0;
  std::int32_t running_ = -1, next_ = 0;
  RanCommand::Told best_ = RanCommand::Told::by_trace;
  Timer timer_ = Timer::none;
  bool traces_ = false, any_text_ = false;
  int statement_lines_ = 0;  // that may still come of an exit statement that was begun
  std::string statement_;    // its command's first line
  std::optional<int> last_failure_;
};

// Whether the CI system ends a log with such a line: "ERROR: Job failed: exit code 1", "Done. Your build
// exited with 1.".
bool is_last_word(std::string_view line);

}  // namespace runneriq::diagnosis
