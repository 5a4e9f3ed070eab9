// A job's log, line by line, as a person sees it in GitLab. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

// What folds a log: GitLab's sections, Travis' folds and timers.
struct LogMarker {
  enum class Kind { section_start, section_end, fold_start, fold_end, timer_start, timer_end };
  Kind kind;
  std::string_view name;  // "step_script", "git.checkout"; valid as long as the line
};

// What GitLab's runner puts before a line where time stamps are on: "2026-06-05T11:59:14.281330Z 01E ".
struct StreamStamp {
  std::size_t length = 0;  // in bytes; 0 = there is none
  int stream = -1;     // 0: the runner, 1: the script, 15 and above: services; −1 = a time without stream
  char channel = 'O';  // or 'E': of the stream
  bool continues = false;  // the line goes on with the stream's last one
};
StreamStamp stream_stamp_of(std::string_view line);

// Takes from lines what is not text: time stamps, markers, terminal codes, what a lone carriage return or a
// backspace has overwritten, control characters, characters that are not seen or turn the direction of
// writing, a byte order mark. What is no UTF-8 becomes U+FFFD. Linear in the length of a line; any bytes will
// do. A line that is text already costs one look at each byte.
class LogCleaner {
 public:
  static constexpr std::size_t kLongest = 4096;  // bytes of a cleaned line; the rest of it is dropped

  // What a backspace does: nothing, as in the headlines that alerting keeps, or what a terminal makes of it.
  enum class Backspaces { dropped, overwrite };
  explicit LogCleaner(Backspaces backspaces = Backspaces::dropped) : backspaces_(backspaces) {}

  // `line` is without its line end. Valid until the next call, and as long as `line` is.
  std::string_view clean(std::string_view line);
  // The same for what stands behind the time stamp.
  std::string_view clean_text(std::string_view line);

  // Whether the line that was cleaned last is in a section in which the runner, or what it does after the
  // script, speaks: "after_script", "cleanup_file_variables", …
  [[nodiscard]] bool after_the_script() const { return after_the_script_; }
  // Of the line that was cleaned last: its markers in order, at most kMostMarkers of them (the last ones);
  [[nodiscard]] std::span<const LogMarker> markers() const { return markers_; }
  static constexpr std::size_t kMostMarkers = 64;
  // where in it the text began that stayed;
  [[nodiscard]] std::size_t kept_at() const { return kept_at_; }
  // where the marker stands behind which another text took the place of a first one, which a program left
  // without a line end; 0 = nowhere;
  [[nodiscard]] std::size_t splits_at() const { return splits_at_; }
  // and whether that is bold green, as the runner echoes commands.
  [[nodiscard]] bool is_echo() const { return is_echo_; }

 private:
  std::string_view last_words(std::string_view line);
  std::string_view take_markers(std::string_view segment);
  void note(const LogMarker& marker);
  std::string_view without_codes(std::string_view text);
  void write(std::string_view& text);

  Backspaces backspaces_;
  std::string text_;
  std::vector<LogMarker> markers_;
  std::size_t kept_at_ = 0, splits_at_ = 0;
  const char* left_before_ = nullptr;  // the first marker behind a text
  bool is_echo_ = false;
  bool after_the_script_ = false;
};

}  // namespace runneriq::diagnosis
