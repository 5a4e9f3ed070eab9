#include "core/utf8.hpp"
#include "diagnosis/characters.hpp"
#include "diagnosis/failed_test.hpp"
#include "diagnosis/signature.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace runneriq::diagnosis {
namespace {

// What of a text stands for something that changes: its length and the placeholder; length 0 = nothing.
struct Found {
  std::size_t length = 0;
  std::string_view placeholder{};
};

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

template <class Predicate>
std::size_t length_of(std::string_view text, Predicate fits) {
  return static_cast<std::size_t>(std::ranges::find_if_not(text, fits) - text.begin());
}

bool ends_a_word(std::string_view text, std::size_t at) {
  return at >= text.size() || !is_word(text[at]);
}

// ---- addresses ----------------------------------------------------------------------------

bool is_of_url(char c) {
  return !is_blank(c) && std::string_view{"\"'<>`)]}|"}.find(c) == std::string_view::npos;
}

Found url(std::string_view text) {
  const std::size_t scheme = length_of(text.substr(0, 12), [](char c) { return is_letter(c) || c == '+'; });
  if (scheme < 2 || !text.substr(scheme).starts_with("://")) return {};
  std::size_t length = length_of(text, is_of_url);
  while (std::string_view{".,:;"}.find(text[length - 1]) != std::string_view::npos) --length;
  return {length, "<url>"};
}

// Four numbers of at most three digits with dots between.
Found ip4(std::string_view text) {
  std::size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (at >= text.size() || text[at++] != '.')) return {};
    const std::size_t digits = length_of(text.substr(at), is_digit);
    if (digits == 0 || digits > 3) return {};
    at += digits;
  }
  return ends_a_word(text, at) ? Found{at, "<ip>"} : Found{};
}

Found ip6(std::string_view text) {
  const std::size_t length =
      length_of(text.substr(0, 46), [](char c) { return is_hex_digit(c) || c == ':'; });
  const std::string_view address = text.substr(0, length);
  const auto colons = std::ranges::count(address, ':');
  const bool shortened =
      address.find("::") != std::string_view::npos && std::ranges::any_of(address, is_digit);
  if (colons < 2 || (!shortened && colons != 7) || !ends_a_word(text, length)) return {};
  return {length, "<ip>"};
}

// ---- ids ----------------------------------------------------------------------------------

Found uuid(std::string_view text) {
  constexpr std::array<std::size_t, 5> kGroups{8, 4, 4, 4, 12};
  std::size_t at = 0;
  for (std::size_t group = 0; group < kGroups.size(); ++group) {
    if (group > 0 && (at >= text.size() || text[at++] != '-')) return {};
    if (length_of(text.substr(at, kGroups.at(group)), is_hex_digit) != kGroups.at(group)) return {};
    at += kGroups.at(group);
  }
  return ends_a_word(text, at) ? Found{at, "<uuid>"} : Found{};
}

// "0x7ffe…", or seven digits and more of a hash, of which one is a letter and one none.
Found hex(std::string_view text) {
  constexpr std::size_t kShortestHash = 7;
  const bool prefixed = text.starts_with("0x") || text.starts_with("0X");
  const std::size_t length = (prefixed ? 2 : 0) + length_of(text.substr(prefixed ? 2 : 0), is_hex_digit);
  if (!ends_a_word(text, length)) return {};
  if (prefixed && length > 2) return {length, "<hex>"};
  const std::string_view hash = text.substr(0, length);
  const bool mixed = std::ranges::any_of(hash, is_digit) && std::ranges::any_of(hash, is_letter);
  return mixed && length >= kShortestHash ? Found{length, "<hex>"} : Found{};
}

// A word in which small letters and digits take turns, as no one names things: "5f7c9d", "x8z2q".
Found mixed_id(std::string_view text) {
  constexpr std::size_t kShortest = 5;
  constexpr int kFewestTurns = 3;
  const std::size_t length = length_of(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); });
  if (length < kShortest || !ends_a_word(text, length)) return {};
  int turns = 0;
  for (std::size_t i = 1; i < length; ++i) turns += is_digit(text[i]) != is_digit(text[i - 1]) ? 1 : 0;
  return turns >= kFewestTurns ? Found{length, "<id>"} : Found{};
}

// ---- times --------------------------------------------------------------------------------

// Reads along a pattern: '9' is a digit, '?' one that may be missing, everything else itself.
std::size_t length_along(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  for (const char wanted : pattern) {
    const bool digit = at < text.size() && is_digit(text[at]);
    if (wanted == '?' && !digit) continue;
    const bool fits = wanted == '9' || wanted == '?' ? digit : at < text.size() && text[at] == wanted;
    if (!fits) return 0;
    ++at;
  }
  return at;
}

// "11:59:14", with a fraction behind '.' or ','; "11:59".
std::size_t length_of_clock(std::string_view text) {
  std::size_t at = length_along("9?:99:99", text);
  if (at == 0) return length_along("9?:99", text);
  if (at + 1 < text.size() && (text[at] == '.' || text[at] == ',') && is_digit(text[at + 1]))
    at += 1 + length_of(text.substr(at + 1), is_digit);
  return at;
}

std::size_t length_of_zone(std::string_view text) {
  if (text.starts_with(" UTC") || text.starts_with(" GMT")) return 4;
  if (text.starts_with('Z')) return 1;
  const std::size_t blank = text.starts_with(' ') ? 1 : 0;
  const std::string_view rest = text.substr(blank);
  if (!rest.starts_with('+') && !rest.starts_with('-')) return 0;
  const std::size_t digits =
      std::max(length_along("99:99", rest.substr(1)), length_along("9999", rest.substr(1)));
  return digits == 0 ? 0 : blank + 1 + digits;
}

Found date_and_clock(std::string_view text) {
  std::size_t at = std::max(length_along("9999-99-99", text), length_along("9999/99/99", text));
  const bool dated = at > 0;
  if (dated && at < text.size() && (text[at] == 'T' || text[at] == ' ')) {
    const std::size_t clock = length_of_clock(text.substr(at + 1));
    at += clock == 0 ? 0 : 1 + clock;
  }
  if (!dated) at = length_of_clock(text);
  if (at == 0) return {};
  at += length_of_zone(text.substr(at));
  return ends_a_word(text, at) ? Found{at, "<time>"} : Found{};
}

bool starts_with_one_of(std::string_view text, std::string_view words_of_three) {
  if (text.size() < 3) return false;
  for (std::size_t at = 0; at < words_of_three.size(); at += 3) {
    if (text.starts_with(words_of_three.substr(at, 3))) return true;
  }
  return false;
}

// "Jun  5", "Fri Jun 05"; the clock behind it is one of its own.
Found day_of_month(std::string_view text) {
  std::size_t at = 0;
  if (starts_with_one_of(text, "MonTueWedThuFriSatSun")) at = text.substr(3).starts_with(", ") ? 5 : 4;
  if (at > text.size() || !starts_with_one_of(text.substr(at), "JanFebMarAprMayJunJulAugSepOctNovDec"))
    return {};
  if (at == 4 && text[3] != ' ') return {};
  at += 3;
  const std::size_t blanks = length_of(text.substr(at), is_blank);
  const std::size_t digits = length_of(text.substr(at + blanks), is_digit);
  at += blanks + digits;
  return blanks > 0 && digits > 0 && digits <= 2 && ends_a_word(text, at) ? Found{at, "<time>"} : Found{};
}

// ---- numbers ------------------------------------------------------------------------------

// Digits with single dots and commas between; an exponent.
std::size_t length_of_number(std::string_view text) {
  std::size_t at = length_of(text, is_digit);
  while (at > 0 && at + 1 < text.size() && (text[at] == '.' || text[at] == ',') && is_digit(text[at + 1]))
    at += 1 + length_of(text.substr(at + 1), is_digit);
  if (at > 0 && at + 2 < text.size() && (text[at] == 'e' || text[at] == 'E') &&
      (text[at + 1] == '-' || text[at + 1] == '+'))
    at += 2 + length_of(text.substr(at + 2), is_digit);
  return at;
}

// The unit of time behind a number, with a blank between them where `spelt_out`.
std::size_t length_of_unit(std::string_view text) {
  constexpr std::array<std::string_view, 24> kUnits{
      "milliseconds", "millisecond", "seconds", "minutes", "second", "minute", "hours", "msecs",
      "hour",         "secs",        "mins",    "days",    "msec",   "sec",    "min",   "day",
      "hrs",          "µs",          "ms",      "us",      "ns",     "s",      "m",     "h"};
  constexpr std::size_t kShortestApart = 3;  // "5 s", too
  const std::size_t blank = text.starts_with(' ') ? 1 : 0;
  for (const std::string_view unit : kUnits) {
    if (!text.substr(blank).starts_with(unit) ||
        (blank + unit.size() < text.size() && is_letter(text[blank + unit.size()])))
      continue;
    return blank == 0 || unit.size() >= kShortestApart || unit == "s" || unit == "ms" ? blank + unit.size()
                                                                                      : 0;
  }
  return 0;
}

// "3.2s", "5 seconds", "1m23s", "1h 2m".
Found number_or_duration(std::string_view text) {
  const std::size_t number = length_of_number(text);
  if (number == 0) return {};
  std::size_t at = 0;
  while (true) {
    const std::size_t blank = at > 0 && text.substr(at).starts_with(' ') ? 1 : 0;
    const std::size_t digits = length_of_number(text.substr(at + blank));
    const std::size_t unit = digits == 0 ? 0 : length_of_unit(text.substr(at + blank + digits));
    if (unit == 0) break;
    at += blank + digits + unit;
  }
  return at > 0 ? Found{at, "<duration>"} : Found{number, "<n>"};
}

// ---- the line -----------------------------------------------------------------------------

bool is_of_path(char c) {
  return is_word(c) || std::string_view{"/.-+@~#%="}.find(c) != std::string_view::npos ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_of_windows_path(char c) {
  return is_of_path(c) || c == '\\';
}

// Replaces from the left what changes; each recogniser looks at no more than it takes, or a bounded part
// ahead.
class Line {
 public:
  explicit Line(std::string_view text) : rest_(text), test_(failed_test_in(text).value_or("")) {
    out_.reserve(text.size() + 16);
  }

  std::string take() && {
    while (!rest_.empty()) step();
    if (out_.ends_with(' ')) out_.pop_back();
    return std::move(out_);
  }

 private:
  void step() {
    const char c = rest_.front();
    if (is_blank(c) || is_control(c)) return take_blanks();
    if (at_word_start() && (is_digit(c) || is_letter(c) || c == ':' || c == '/' || c == '~') &&
        (take_path() || take_found()))
      return;
    if (is_letter(c)) return take_letters();
    if (is_digit(c) && !at_word_start() && names_a_test()) return copy(length_of(rest_, is_digit));
    if (is_digit(c)) return put(number_or_duration(rest_));
    take_character();
  }

  [[nodiscard]] bool at_word_start() const { return !is_word(previous_); }

  // Whether what is next belongs to the name of a failed test.
  [[nodiscard]] bool names_a_test() const {
    const auto from_end = [&](std::string_view text) {
      return static_cast<std::size_t>(rest_.data() + rest_.size() - text.data());
    };
    return !test_.empty() && rest_.size() <= from_end(test_) && rest_.size() > from_end(test_) - test_.size();
  }

  void take_blanks() {
    rest_.remove_prefix(length_of(rest_, [](char c) { return is_blank(c) || is_control(c); }));
    if (!out_.empty() && !out_.ends_with(' ')) out_ += ' ';
    previous_ = ' ';
  }

  bool take_found() {
    const bool digit = is_digit(rest_.front());
    if (digit && keeps_code()) return true;
    for (const auto find : {url, uuid, ip4, date_and_clock, day_of_month, ip6, hex, mixed_id}) {
      if (const Found found = find(rest_); found.length > 0) {
        if (!put_missing(found)) put(found);
        return true;
      }
    }
    return false;
  }

  // "404 Not Found - GET https://registry.npmjs.org/left-pad": the last name of the address is what failed.
  bool put_missing(const Found& found) {
    const std::size_t slash = rest_.substr(0, found.length).rfind('/');
    if (slash == std::string_view::npos || !out_.ends_with(" Not Found - GET ")) return false;
    (out_ += found.placeholder) += '/';
    skip(slash + 1);
    return true;
  }

  // "exit code 137", "status 404": the number is what failed.
  bool keeps_code() {
    constexpr std::array<std::string_view, 4> kBefore{"code", "status", "signal", "HTTP"};
    constexpr std::size_t kMostDigits = 3;
    const std::size_t digits = length_of(rest_, is_digit);
    if (digits > kMostDigits || !ends_a_word(rest_, digits)) return false;
    std::string_view before = out_;
    while (before.ends_with(' ') || before.ends_with(':') || before.ends_with('=')) before.remove_suffix(1);
    if (std::ranges::none_of(kBefore, [&](std::string_view word) { return before.ends_with(word); }))
      return false;
    copy(digits);
    return true;
  }

  // An absolute path: its last name stays, if it holds no digits.
  bool take_path() {
    const bool windows = rest_.size() > 3 && is_letter(rest_[0]) && rest_[1] == ':' && rest_[2] == '\\';
    const bool absolute = rest_.front() == '/' || rest_.starts_with("~/");
    if (!windows &&
        (!absolute || rest_.size() < 2 || previous_ == '.' || previous_ == '<' || previous_ == ')'))
      return false;
    std::size_t length =
        windows ? 3 + length_of(rest_.substr(3), is_of_windows_path) : length_of(rest_, is_of_path);
    while (length > 1 && rest_[length - 1] == '.') --length;
    if (length < 2) return false;
    const std::string_view path = rest_.substr(0, length);
    const std::string_view last = path.substr(path.find_last_of("/\\") + 1);
    out_ += "<path>";
    if (!last.empty() && std::ranges::none_of(last, is_digit)) {
      out_ += '/';
      rest_.remove_prefix(length - last.size());
      copy(last.size());
    } else {
      skip(length);
    }
    return true;
  }

  void take_letters() { copy(length_of(rest_, is_letter)); }

  void take_character() {
    const std::size_t length = utf8_length(rest_);
    if (length > 0) return copy(length);
    out_ += kReplacement;
    skip(1);
  }

  void put(const Found& found) {
    out_ += found.placeholder;
    skip(found.length);
  }
  // What is copied is valid UTF-8 or is made so.
  void copy(std::size_t length) {
    while (length > 0) {
      const std::size_t character = utf8_length(rest_);
      out_ += character == 0 ? kReplacement : rest_.substr(0, character);
      const std::size_t taken = std::max<std::size_t>(character, 1);
      skip(taken);
      length -= std::min(taken, length);
    }
  }
  void skip(std::size_t length) {
    previous_ = rest_[length - 1];
    rest_.remove_prefix(length);
  }

  std::string_view rest_;
  std::string_view test_;  // the part that names a failed test
  std::string out_;
  char previous_ = ' ';
};

}  // namespace

std::string normalised(std::string_view line) {
  return Line{line}.take();
}

}  // namespace runneriq::diagnosis
