#include "diagnosis/log_cleaner.hpp"

#include "diagnosis/characters.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace runneriq::diagnosis {
namespace {

constexpr char kEscape = '\x1B';
constexpr char kBell = '\x07';
constexpr std::string_view kSectionStart = "section_start:";
constexpr std::string_view kSectionEnd = "section_end:";
constexpr std::array<std::string_view, 4> kAfterTheScript{"after_script", "archive_cache", "upload_artifacts",
                                                          "cleanup"};

bool is_between(char c, char first, char last) {
  return c >= first && c <= last;
}

// Whether `text` begins as `pattern` does, in which '9' is any digit.
bool begins_like(std::string_view text, std::string_view pattern) {
  return text.size() >= pattern.size() &&
         std::equal(pattern.begin(), pattern.end(), text.begin(),
                    [](char wanted, char c) { return wanted == '9' ? is_digit(c) : wanted == c; });
}

// "2026-06-05T11:59:14.281330Z 01E ": the time, the stream, and whether the line goes on; other programs
// write the time alone.
std::string_view without_time_stamp(std::string_view line) {
  constexpr std::string_view kTime = "9999-99-99T99:99:99";
  constexpr std::size_t kStream = 4;
  if (!begins_like(line, kTime)) return line;
  const std::size_t fraction = line.find_first_not_of(".0123456789", kTime.size());
  if (fraction == std::string_view::npos || !line.substr(fraction).starts_with("Z ")) return line;
  line.remove_prefix(fraction + 2);
  const bool stream = line.size() >= kStream && is_hex_digit(line[0]) && is_hex_digit(line[1]) &&
                      (line[2] == 'O' || line[2] == 'E') && (line[3] == ' ' || line[3] == '+');
  return stream ? line.substr(kStream) : line;
}

// ECMA-48: the length of what begins with ESC; 1 for what is no code.
std::size_t length_of_code(std::string_view text) {
  const auto skip = [&](std::size_t at, char first, char last) {
    while (at < text.size() && is_between(text[at], first, last)) ++at;
    return at;
  };
  if (text.size() < 2) return 1;
  const std::size_t final = text[1] == '[' ? skip(2, '\x20', '\x3F') : skip(1, '\x20', '\x2F');
  return final < text.size() && is_between(text[final], '\x20', '\x7E') ? final + 1 : final;
}

bool is_blank_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_blank(c) || is_control(c); });
}

}  // namespace

std::string_view LogCleaner::clean(std::string_view line) {
  return without_codes(last_words(without_time_stamp(line)));
}

// What stands behind the last carriage return that something stands behind, and is no section marker. A code
// is something: it erases the line.
std::string_view LogCleaner::last_words(std::string_view line) {
  std::string_view last;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find('\r'), line.size());
    const std::string_view segment = line.substr(0, end);
    if (!take_marker(segment) && (last.empty() || !is_blank_text(segment))) last = segment;
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return last;
}

bool LogCleaner::take_marker(std::string_view segment) {
  while (segment.starts_with(kEscape)) segment.remove_prefix(length_of_code(segment));
  const bool start = segment.starts_with(kSectionStart);
  if (!start && !segment.starts_with(kSectionEnd)) return false;
  const std::size_t name = segment.find(':', (start ? kSectionStart : kSectionEnd).size());
  if (name == std::string_view::npos) return false;
  const std::string_view section = segment.substr(name + 1);
  const bool of_the_runner = std::ranges::any_of(
      kAfterTheScript, [&](std::string_view known) { return section.starts_with(known); });
  if (of_the_runner) after_the_script_ = start;
  return true;
}

// An operating system command ("ESC ]", of links and titles) ends with BEL or "ESC \"; one without an end is
// two characters.
std::string_view LogCleaner::without_codes(std::string_view text) {
  if (std::ranges::none_of(text, is_control)) return text;
  text_.clear();
  bool commands_end = true;
  while (!text.empty()) {
    std::size_t taken = 1;
    if (text.front() != kEscape) {
      if (!is_control(text.front())) text_ += text.front();
    } else if (text.starts_with("\x1B]") && commands_end) {
      const std::size_t end = text.find_first_of("\x07\x1B", 2);
      commands_end = end != std::string_view::npos;
      taken = !commands_end ? 2 : end + (text[end] == kBell ? 1 : 0);
    } else {
      taken = length_of_code(text);
    }
    text.remove_prefix(taken);
  }
  return text_;
}

}  // namespace runneriq::diagnosis
