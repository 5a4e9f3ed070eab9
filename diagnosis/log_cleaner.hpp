// A job's log, line by line, as a person sees it in GitLab. Pure.
#pragma once

#include <string>
#include <string_view>

namespace runneriq::diagnosis {

// Takes from lines what is not text: GitLab's time stamps and section markers, terminal codes, what a lone
// carriage return has overwritten, control characters. Linear in the length of a line; any bytes will do.
class LogCleaner {
 public:
  // `line` is without its line end. Valid until the next call, and as long as `line` is.
  std::string_view clean(std::string_view line);

  // Whether the line that was cleaned last is in a section in which the runner, or what it does after the
  // script, speaks: "after_script", "cleanup_file_variables", …
  [[nodiscard]] bool after_the_script() const { return after_the_script_; }

 private:
  std::string_view last_words(std::string_view line);
  bool take_marker(std::string_view segment);
  std::string_view without_codes(std::string_view text);

  std::string text_;
  bool after_the_script_ = false;
};

}  // namespace runneriq::diagnosis
