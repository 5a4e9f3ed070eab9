#include "gitlab/screened_json.hpp"

#include "core/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>

namespace runneriq::gitlab {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kWhiteSpace = " \t\n\r";
constexpr std::string_view kNumberCharacters = "+-.0123456789Ee";
constexpr std::size_t kUnicodeEscape = 6;  // \uXXXX

bool begins_number(char c) {
  return c == '-' || (c >= '0' && c <= '9');
}

bool is_plain(char c) {
  return c != '"' && c != '\\' && static_cast<unsigned char>(c) < 0x80;
}

std::size_t length_of_any(std::string_view text, std::string_view characters) {
  return std::min(text.find_first_not_of(characters), text.size());
}

// A number that is malformed passes: the parser will say so.
bool fits_a_double(std::string_view number) {
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  return error != std::errc::result_out_of_range;
}

// The UTF-16 unit of a well-formed \uXXXX at the start of `text`.
std::optional<std::uint32_t> escaped_unit(std::string_view text) {
  if (text.size() < kUnicodeEscape || !text.starts_with("\\u")) return std::nullopt;
  std::uint32_t unit = 0;
  const char* const last = text.data() + kUnicodeEscape;
  const auto [end, error] = std::from_chars(text.data() + 2, last, unit, 16);
  if (error != std::errc{} || end != last) return std::nullopt;
  return unit;
}

bool is_high_surrogate(std::uint32_t unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}
bool is_low_surrogate(std::uint32_t unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

// Half of a surrogate pair without its other half.
bool is_lone_surrogate(std::string_view escape) {
  const auto unit = escaped_unit(escape);
  return escape.size() == kUnicodeEscape && unit && (is_high_surrogate(*unit) || is_low_surrogate(*unit));
}

std::size_t plain_length(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_plain);
  return static_cast<std::size_t>(end - text.begin());
}

}  // namespace

void ScreenedJson::fetch() {
  piece_ = {};
  if (rest_.empty()) return;
  piece_ = in_string_ ? next_inside() : next_outside();
}

std::string_view ScreenedJson::next_outside() {
  if (run_length_ >= kLongestRun) return {};
  if (rest_.front() == '"') {
    in_string_ = true;
    string_length_ = 0;
    run_length_ = 0;
    return take(1);
  }
  if (begins_number(rest_.front())) return next_number();
  ++run_length_;
  const std::size_t white_space = length_of_any(rest_, kWhiteSpace);
  if (white_space == 0) return take(1);
  rest_.remove_prefix(white_space);
  return " ";
}

std::string_view ScreenedJson::next_number() {
  constexpr std::string_view kInstead = "null";
  const std::string_view number = take(length_of_any(rest_, kNumberCharacters));
  const bool keep = number.size() <= kLongestNumber && fits_a_double(number);
  run_length_ = keep ? 0 : run_length_ + kInstead.size();
  return keep ? number : kInstead;
}

std::string_view ScreenedJson::next_inside() {
  if (rest_.front() == '"') {
    in_string_ = false;
    return take(1);
  }
  const std::size_t room = kLongestString - string_length_;
  if (const std::size_t plain = std::min(plain_length(rest_.substr(0, room)), room); plain > 0) {
    string_length_ += plain;
    return take(plain);
  }
  const bool escape = rest_.front() == '\\';
  const std::size_t character = escape ? 0 : utf8_length(rest_);
  const std::string_view unit = escape ? next_escape() : rest_.substr(0, std::max<std::size_t>(character, 1));
  const bool replace = escape ? is_lone_surrogate(unit) : character == 0;
  const std::size_t length = replace ? kReplacement.size() : unit.size();
  if (length > room) {
    drop_rest_of_string();
    return rest_.empty() ? std::string_view{} : next_inside();
  }
  string_length_ += length;
  rest_.remove_prefix(unit.size());
  return replace ? kReplacement : unit;
}

// A surrogate pair counts as one escape. A malformed escape is at least its backslash and the
// character after it.
std::string_view ScreenedJson::next_escape() const {
  const auto unit = escaped_unit(rest_);
  if (!unit) return rest_.substr(0, 2);
  if (!is_high_surrogate(*unit)) return rest_.substr(0, kUnicodeEscape);
  const auto second = escaped_unit(rest_.substr(kUnicodeEscape));
  return rest_.substr(0, second && is_low_surrogate(*second) ? 2 * kUnicodeEscape : kUnicodeEscape);
}

std::string_view ScreenedJson::take(std::size_t length) {
  const std::string_view taken = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return taken;
}

// Leaves the closing quote, when there is one, as what comes next.
void ScreenedJson::drop_rest_of_string() {
  while (!rest_.empty() && rest_.front() != '"') {
    rest_.remove_prefix(rest_.front() == '\\' ? std::min<std::size_t>(2, rest_.size()) : 1);
  }
}

}  // namespace runneriq::gitlab
