#include "diagnosis/log_cleaner.hpp"

#include "core/utf8.hpp"
#include "diagnosis/characters.hpp"
#include "diagnosis/log_markers.hpp"
#include "diagnosis/seen_characters.hpp"

#include <algorithm>
#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr char kEscape = '\x1B';
constexpr char kBell = '\x07';
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::array<std::string_view, 4> kAfterTheScript{"after_script", "archive_cache", "upload_artifacts",
                                                          "cleanup"};

// Whether `text` begins as `pattern` does, in which '9' is any digit.
bool begins_like(std::string_view text, std::string_view pattern) {
  return text.size() >= pattern.size() &&
         std::equal(pattern.begin(), pattern.end(), text.begin(),
                    [](char wanted, char c) { return wanted == '9' ? is_digit(c) : wanted == c; });
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  return (c >= 'a' ? c - 'a' : c - 'A') + 10;
}

bool is_blank_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_blank(c) || is_control(c); });
}

bool is_only_codes(std::string_view text) {
  while (text.starts_with(kEscape)) text.remove_prefix(length_of_code(text));
  return is_blank_text(text);
}

// SGR 32;1, as the runner writes it, and no other code before the text.
bool is_bold_green(std::string_view text) {
  while (text.starts_with("\x1B[0K") || text.starts_with("\x1B[0;m"))
    text.remove_prefix(text[3] == 'K' ? 4 : 5);
  return text.starts_with("\x1B[32;1m");
}

}  // namespace

StreamStamp stream_stamp_of(std::string_view line) {
  constexpr std::string_view kTime = "9999-99-99T99:99:99";
  constexpr std::size_t kStream = 4;
  if (line.empty() || !is_digit(line.front()) || !begins_like(line, kTime)) return {};
  const std::size_t fraction = line.find_first_not_of(".0123456789", kTime.size());
  if (fraction == std::string_view::npos || !line.substr(fraction).starts_with("Z ")) return {};
  const std::size_t length = fraction + 2;
  line.remove_prefix(length);
  const bool stream = line.size() >= kStream && is_hex_digit(line[0]) && is_hex_digit(line[1]) &&
                      (line[2] == 'O' || line[2] == 'E') && (line[3] == ' ' || line[3] == '+');
  if (!stream) return {.length = length};
  return {.length = length + kStream,
          .stream = hex_value(line[0]) * 16 + hex_value(line[1]),
          .channel = line[2],
          .continues = line[3] == '+'};
}

std::string_view LogCleaner::clean(std::string_view line) {
  const std::size_t stamp = stream_stamp_of(line).length;
  const std::string_view text = clean_text(line.substr(stamp));
  kept_at_ += stamp;
  return text;
}

std::string_view LogCleaner::clean_text(std::string_view line) {
  markers_.clear();
  kept_at_ = 0;
  splits_at_ = 0;
  left_before_ = nullptr;
  is_echo_ = false;
  if (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF")) line.remove_prefix(2);  // UTF-16
  const std::size_t end = line.find_last_not_of('\r') + 1;
  const bool may_hold_markers =
      end < line.size() || line.starts_with("section_") || line.starts_with("travis_");
  if (!may_hold_markers && is_plain_text(line)) return cut_text(line, kLongest);
  if (line.find('\r') == end && !line.empty()) {
    // Most lines of Travis end with a carriage return and hold no other.
    const std::string_view text = line.substr(0, end);
    if (!marker_in(text) && is_plain_text(text)) return cut_text(text, kLongest);
  }
  return without_codes(last_words(line));
}

// What stands behind the last carriage return that something stands behind, and is no marker. A code is
// something, as it erases the line, but not behind a marker, where it erases nothing but that.
std::string_view LogCleaner::last_words(std::string_view line) {
  const char* const begin = line.data();
  std::string_view last;
  bool behind_a_marker = false;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find('\r'), line.size());
    const std::size_t markers = markers_.size();
    const std::string_view segment = take_markers(line.substr(0, end));
    const bool erases = behind_a_marker ? !is_only_codes(segment) : !is_blank_text(segment);
    if (last.empty() || erases) last = segment;
    behind_a_marker = markers_.size() > markers;
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  if (left_before_ != nullptr && last.data() > left_before_ && !is_only_codes(last))
    splits_at_ = static_cast<std::size_t>(left_before_ - begin);
  kept_at_ = last.empty() ? 0 : static_cast<std::size_t>(last.data() - begin);
  return last;
}

// What stays of a segment without its markers: what stands before the one at its end, or behind the one at
// its start, if that begins with a code.
std::string_view LogCleaner::take_markers(std::string_view segment) {
  std::string_view before;
  while (const auto found = marker_in(segment)) {
    note(found->marker);
    if (is_only_codes(before)) before = segment.substr(0, found->at);
    if (left_before_ == nullptr && !is_only_codes(before)) left_before_ = segment.data() + found->at;
    segment.remove_prefix(found->at + found->length);
    if (!segment.starts_with(kEscape) && !marker_in(segment)) segment = {};
  }
  return is_only_codes(segment) && !is_only_codes(before) ? before : segment;
}

void LogCleaner::note(const LogMarker& marker) {
  if (markers_.size() == kMostMarkers) markers_.erase(markers_.begin());
  markers_.push_back(marker);
  const bool is_section =
      marker.kind == LogMarker::Kind::section_start || marker.kind == LogMarker::Kind::section_end;
  const bool of_the_runner = is_section && std::ranges::any_of(kAfterTheScript, [&](std::string_view known) {
                               return marker.name.starts_with(known);
                             });
  if (of_the_runner) after_the_script_ = marker.kind == LogMarker::Kind::section_start;
}

// An operating system command ("ESC ]", of links and titles) ends with BEL or "ESC \"; one without an end is
// two characters.
std::string_view LogCleaner::without_codes(std::string_view text) {
  is_echo_ = is_bold_green(text);
  text_.clear();
  bool commands_end = true;
  while (!text.empty() && text_.size() <= kLongest) {
    if (text.front() != kEscape) {
      write(text);
    } else if (text.starts_with("\x1B]") && commands_end) {
      const std::size_t end = text.find_first_of("\x07\x1B", 2);
      commands_end = end != std::string_view::npos;
      text.remove_prefix(!commands_end ? 2 : end + (text[end] == kBell ? 1 : 0));
    } else {
      text.remove_prefix(length_of_code(text));
    }
  }
  return cut_text(text_, kLongest);
}

// Takes the next characters, or the next byte that is none, from `text`.
void LogCleaner::write(std::string_view& text) {
  if (const std::size_t plain = length_of_plain_ascii(text.substr(0, kLongest)); plain > 0) {
    text_ += text.substr(0, plain);
    return text.remove_prefix(plain);
  }
  const std::size_t length = utf8_length(text);
  const std::string_view character = text.substr(0, std::max<std::size_t>(length, 1));
  if (character == "\b" && backspaces_ == Backspaces::overwrite) {
    if (!text_.empty()) text_.resize(start_of_last_character(text_));
  } else if (length == 0) {
    text_ += kReplacement;
  } else if (is_seen(character)) {
    text_ += character;
  }
  text.remove_prefix(character.size());
}

}  // namespace runneriq::diagnosis
