#include "diagnosis/written_bytes.hpp"

#include "diagnosis/characters.hpp"
#include "diagnosis/time_stamp.hpp"

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

constexpr unsigned kBase = 16, kOctal = 8, kDecimal = 10;

constexpr unsigned digit_of(char c) {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + kDecimal;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + kDecimal;
  return kBase;
}

struct Number {
  std::uint32_t value = 0;
  std::size_t digits = 0;
};
Number number_at(std::string_view text, unsigned base, std::size_t most) {
  Number number;
  while (number.digits < std::min(most, text.size()) && digit_of(text[number.digits]) < base)
    number.value = number.value * base + digit_of(text[number.digits++]);
  return number;
}

Written one(char byte, std::size_t length) {
  return {.bytes = {byte}, .count = 1, .length = length};
}
Written one_of_number(std::uint32_t value, std::size_t length) {
  constexpr std::uint32_t kByte = 0xFF;
  return one(static_cast<char>(static_cast<unsigned char>(value & kByte)), length);
}

// In UTF-8; what is no code point is written as if it were one.
Written code_point(std::uint32_t value, std::size_t length) {
  constexpr std::uint32_t kOneByte = 0x80, kTwoBytes = 0x800, kThreeBytes = 0x10000, kLow = 0x3F,
                          kNext = 0x80;
  constexpr unsigned kBits = 6;
  if (value < kOneByte) return one_of_number(value, length);
  Written written{.length = length};
  const unsigned tail = value < kTwoBytes ? 1 : value < kThreeBytes ? 2 : 3;
  constexpr std::array<std::uint32_t, 4> kLead{0, 0xC0, 0xE0, 0xF0};
  const auto put = [&](std::uint32_t byte) {
    written.bytes.at(written.count++) = static_cast<char>(static_cast<unsigned char>(byte));
  };
  put(kLead.at(tail) | (value >> (kBits * tail)));
  for (unsigned left = tail; left-- > 0;) put(kNext | ((value >> (kBits * left)) & kLow));
  return written;
}

Written percent(std::string_view text) {
  const Number number = number_at(text.substr(1), kBase, 2);
  return number.digits == 2 ? one_of_number(number.value, 3) : Written{};
}

// ---- escapes ------------------------------------------------------------------------------

// "\u00e4", "\ud83d\ude00", "\u{e4}".
Written unicode(std::string_view text) {
  constexpr std::size_t kDigits = 4, kSign = 6, kMostDigits = 6;
  constexpr std::uint32_t kHigh = 0xD800, kLow = 0xDC00, kAbove = 0xE000, kPlane = 0x10000;
  constexpr unsigned kBits = 10;
  if (text.substr(2).starts_with('{')) {
    const Number number = number_at(text.substr(3), kBase, kMostDigits);
    const bool closed = number.digits > 0 && text.substr(3 + number.digits).starts_with('}');
    return closed ? code_point(number.value, 4 + number.digits) : Written{};
  }
  const Number first = number_at(text.substr(2), kBase, kDigits);
  if (first.digits < kDigits) return {};
  if (first.value < kHigh || first.value >= kLow || !text.substr(kSign).starts_with("\\u"))
    return code_point(first.value, kSign);
  const Number second = number_at(text.substr(kSign + 2), kBase, kDigits);
  if (second.digits < kDigits || second.value < kLow || second.value >= kAbove)
    return code_point(first.value, kSign);
  return code_point(kPlane + ((first.value - kHigh) << kBits) + (second.value - kLow), 2 * kSign);
}

char of_letter(char letter) {
  constexpr std::string_view kLetters = "abefnrtv", kBytes = "\a\b\x1B\f\n\r\t\v";
  const std::size_t at = kLetters.find(letter);
  return at == std::string_view::npos ? '\0' : kBytes[at];
}

Written behind_backslash(std::string_view text) {
  constexpr std::size_t kOctalDigits = 3;
  if (text.size() < 2) return {};
  const char sign = text[1];
  if (sign == 'u') return unicode(text);
  if (sign == 'x') {
    const Number number = number_at(text.substr(2), kBase, 2);
    return number.digits > 0 ? one_of_number(number.value, 2 + number.digits) : Written{};
  }
  if (const Number number = number_at(text.substr(1), kOctal, kOctalDigits); number.digits > 0)
    return one_of_number(number.value, 1 + number.digits);
  if (const char byte = of_letter(sign); byte != '\0') return one(byte, 2);
  return is_letter(sign) || is_digit(sign) || is_control(sign) ? Written{} : one(sign, 2);
}

Written escaped(std::string_view text) {
  if (text.front() == '\\') return behind_backslash(text);
  if (text.starts_with("'\\''")) return one('\'', 4);
  if (text.starts_with("'\"'\"'")) return one('\'', 5);
  return {};
}

// ---- entities -----------------------------------------------------------------------------

struct Entity {
  std::string_view name;
  char byte;
};
constexpr std::array kEntities{Entity{"&amp;", '&'},    Entity{"&lt;", '<'},    Entity{"&gt;", '>'},
                               Entity{"&quot;", '"'},   Entity{"&apos;", '\''}, Entity{"&sol;", '/'},
                               Entity{"&equals;", '='}, Entity{"&num;", '#'},   Entity{"&commat;", '@'}};

Written entity(std::string_view text) {
  constexpr std::size_t kMostDigits = 7;
  for (const Entity& known : kEntities) {
    if (text.starts_with(known.name)) return one(known.byte, known.name.size());
  }
  if (!text.starts_with("&#")) return {};
  const bool hexadecimal = text.size() > 2 && (text[2] == 'x' || text[2] == 'X');
  const std::size_t begin = hexadecimal ? 3 : 2;
  const Number number = number_at(text.substr(begin), hexadecimal ? kBase : kDecimal, kMostDigits);
  const std::size_t end = begin + number.digits;
  return number.digits > 0 && text.substr(end).starts_with(';') ? code_point(number.value, end + 1)
                                                                : Written{};
}

// ---- lines and hexadecimal ----------------------------------------------------------------

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  constexpr std::size_t kMost = 32;
  const std::size_t limit = std::min(text.size(), at + kMost);
  while (at < limit && is_blank(text[at])) ++at;
  return at;
}

// With what stands at the begin of the next line before its text.
Written end_of_line(std::string_view text) {
  std::size_t at = 0;
  const auto skip = [&](std::string_view sign) {
    const bool there = text.substr(at).starts_with(sign);
    if (there) at += sign.size();
    return there;
  };
  if (skip("\\r\\n") || skip("\\n")) return {.length = at};
  if (text.starts_with("\\\n") || text.starts_with("\\\r\n")) ++at;
  while (skip("\r")) {
  }
  if (!skip("\n") && at == 0) return {};
  at = skip_blanks(text, at);
  if (const std::size_t stamp = length_of_time_stamp(text.substr(at)); stamp > 0) {
    at += stamp;
    if (!skip(" ")) skip("+");
    at = skip_blanks(text, at);
  }
  return {.length = at};
}

constexpr bool is_between(char c) {
  return c == ' ' || c == ':' || c == '-' || c == ',' || c == '\n' || c == '\r';
}

// "41", ":41", " 41", ", 0x41", "-41"; also in the next line.
Written hexadecimal(std::string_view text) {
  constexpr std::size_t kMostBetween = 3;
  std::size_t at = 0;
  while (at < std::min(kMostBetween, text.size()) && is_between(text[at])) ++at;
  if (at + 1 < text.size() && text[at] == '0' && text[at + 1] == 'x') at += 2;
  if (at + 1 >= text.size()) return {};
  const unsigned high = digit_of(text[at]), low = digit_of(text[at + 1]);
  if (high >= kBase || low >= kBase) return {};
  return one_of_number(high * kBase + low, at + 2);
}

Written sign_at(std::string_view text, Writing writing) {
  switch (writing) {
    case Writing::percent:
      return percent(text);
    case Writing::escapes:
      return escaped(text);
    case Writing::entities:
      return entity(text);
    case Writing::wrapped:
      return end_of_line(text);
    case Writing::hexadecimal:
      return hexadecimal(text);
  }
  return {};
}

}  // namespace

bool may_begin(Writing writing, char c) {
  switch (writing) {
    case Writing::percent:
      return c == '%';
    case Writing::escapes:
      return c == '\\' || c == '\'';
    case Writing::entities:
      return c == '&';
    case Writing::wrapped:
      return c == '\n' || c == '\r' || c == '\\';
    case Writing::hexadecimal:
      return false;
  }
  return false;
}

Written written_at(std::string_view text, std::size_t at, Writing writing) {
  if (writing == Writing::hexadecimal) return hexadecimal(text.substr(at));
  if (!may_begin(writing, text[at])) return one(text[at], 1);
  const Written written = sign_at(text.substr(at), writing);
  return written.length > 0 ? written : one(text[at], 1);
}

}  // namespace runneriq::diagnosis
