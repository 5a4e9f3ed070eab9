#include "diagnosis/private_key.hpp"

#include "diagnosis/characters.hpp"
#include "diagnosis/time_stamp.hpp"

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::string_view kLabel = "PRIVATE KEY";
constexpr std::size_t kLongestLabel = 40;
constexpr std::size_t kLeastBase64 = 16;

bool is_base64(char c) {
  return is_digit(c) || is_letter(c) || c == '+' || c == '/' || c == '=';
}

// Behind the dashes that end "PRIVATE KEY-----", "RSA PRIVATE KEY-----"; 0 = another label, or none.
std::size_t behind_label(std::string_view text, std::size_t at) {
  const std::string_view line = text.substr(at, kLongestLabel + kDashes.size());
  const std::string_view label = line.substr(0, line.find(kDashes));
  const bool of_capitals =
      std::ranges::all_of(label, [](char c) { return c == ' ' || is_digit(c) || (c >= 'A' && c <= 'Z'); });
  if (label.size() == line.size() || !of_capitals || label.find(kLabel) == std::string_view::npos) return 0;
  return at + label.size() + kDashes.size();
}

// Walks over the body of a key.
class Body {
 public:
  Body(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  // The end of the key; 0 = there is no base64.
  std::size_t end() {
    while (at_ < text_.size()) {
      skip_between();
      if (text_.substr(at_).starts_with(kEnd)) return behind_end_line();
      if (!take_base64() && !skip_header()) break;
    }
    return end_;
  }

 private:
  // Blanks, line ends, also as they are written in a string, and what else joins strings over lines.
  void skip_between() {
    while (at_ < text_.size()) {
      const std::string_view rest = text_.substr(at_);
      if (rest.starts_with("\\n") || rest.starts_with("\\r"))
        at_ += 2;
      else if (std::string_view{" \t\r\n\"'|>\\,"}.find(rest.front()) != std::string_view::npos)
        ++at_;
      else if (const std::size_t stamp = length_of_time_stamp(rest); stamp > 0)
        at_ += stamp;
      else
        return;
    }
  }

  // A long run, or the short one at the end of a key, which is alone in its line.
  bool take_base64() {
    std::size_t end = at_;
    while (end < text_.size() && (is_base64(text_[end]) || is_sign(end))) ++end;
    if (end - at_ < kLeastBase64 && (end == at_ || end_ == 0 || ended_ || !ends_a_line(end))) return false;
    ended_ = end - at_ < kLeastBase64;
    at_ = end_ = end;
    return true;
  }

  // Of base64url, or of a word that hangs on to the key.
  [[nodiscard]] bool is_sign(std::size_t at) const {
    return text_[at] == '_' || (text_[at] == '-' && !text_.substr(at).starts_with(kDashes));
  }

  [[nodiscard]] bool ends_a_line(std::size_t at) const {
    if (at == text_.size() || std::string_view{"\r\n\\\"'"}.find(text_[at]) != std::string_view::npos)
      return true;
    const std::size_t next = text_[at] == ' ' ? at + 1 : at;
    return text_.substr(next).starts_with(kEnd);
  }

  // "Proc-Type: 4,ENCRYPTED", "DEK-Info: …", "Version: …".
  bool skip_header() {
    if (end_ > 0) return false;
    const std::string_view rest = text_.substr(at_);
    const std::size_t name = static_cast<std::size_t>(
        std::ranges::find_if_not(rest, [](char c) { return is_letter(c) || c == '-'; }) - rest.begin());
    if (name == 0 || !rest.substr(name).starts_with(": ")) return false;
    const std::size_t line = std::min(rest.find('\n'), rest.find("\\n"));
    at_ += std::min(line, rest.size());
    return true;
  }

  [[nodiscard]] std::size_t behind_end_line() const {
    if (end_ == 0) return 0;
    return std::max(end_, behind_label(text_, at_ + kEnd.size()));
  }

  std::string_view text_;
  std::size_t at_;
  std::size_t end_ = 0;
  bool ended_ = false;  // the last run was a short one
};

// "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----" (RFC 4716); 0 = another, or none.
constexpr std::string_view kSshDashes = "---- ";
std::size_t behind_ssh_label(std::string_view text, std::size_t begin) {
  constexpr std::string_view kLine = "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----";
  return text.substr(begin).starts_with(kLine) ? begin + kLine.size() : 0;
}

// "Private-Lines: 8"; 0 = none.
std::size_t behind_putty_label(std::string_view text, std::size_t at) {
  constexpr std::string_view kName = "Private-Lines: ";
  const std::string_view here = text.substr(at, kName.size() + kLongestLabel);
  if (!here.starts_with(kName)) return 0;
  const std::size_t digits = here.find_first_not_of("0123456789", kName.size());
  return digits == std::string_view::npos || digits == kName.size() ? 0 : at + digits;
}

struct Opening {
  std::size_t begin = 0, body = 0;
};
// None: no body follows.
Opening opening_at(std::string_view text, std::size_t at, std::size_t floor) {
  for (const std::string_view dashes : {kBegin.substr(0, kDashes.size()), kSshDashes}) {
    if (at - floor < dashes.size() || !text.substr(0, at).ends_with(dashes)) continue;
    const std::size_t begin = at - dashes.size();
    const std::size_t body =
        dashes == kSshDashes ? behind_ssh_label(text, begin) : behind_label(text, begin + kBegin.size());
    return {.begin = begin, .body = text.substr(at).starts_with("BEGIN ") ? body : 0};
  }
  return {.begin = at, .body = behind_putty_label(text, at)};
}

}  // namespace

std::optional<Secret> private_key_at(std::string_view text, std::size_t at, std::size_t floor) {
  const auto [begin, body] = opening_at(text, at, floor);
  const std::size_t end = body == 0 ? 0 : Body{text, body}.end();
  if (end == 0) return std::nullopt;
  return Secret{.begin = begin, .end = end, .placeholder = "[PRIVATE-KEY]"};
}

}  // namespace runneriq::diagnosis
