#include "alerting/email/mail_format.hpp"

#include "core/printable.hpp"
#include "core/utf8.hpp"
#include "platform/base64.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace runneriq::alerting {
namespace {

constexpr std::size_t kLongestLine = 76;  // without CRLF
constexpr std::size_t kLongestValue = 2000;
// Of what an encoded word of 75 characters encodes: 75 − "=?utf-8?B?" − "?=", by base64.
constexpr std::size_t kWordBytes = 45;

bool is_plain(std::string_view text) {
  return text.find("=?") == std::string_view::npos &&
         std::ranges::all_of(text, [](char each) { return each >= ' ' && each < '\x7f'; });
}

std::string encoded_words(std::string_view text, std::size_t room) {
  std::string words;
  std::size_t limit = std::min(kWordBytes, room / 4 * 3);
  while (!text.empty()) {
    std::size_t end = 0;
    while (end < text.size() && end + utf8_length(text.substr(end)) <= limit)
      end += utf8_length(text.substr(end));
    words +=
        (words.empty() ? "=?utf-8?B?" : "\r\n =?utf-8?B?") + platform::to_base64(text.substr(0, end)) + "?=";
    text.remove_prefix(end);
    limit = kWordBytes;
  }
  return words;
}

// A line is broken before a blank only, so a word may make it longer.
std::string folded(std::string_view text, std::size_t column) {
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = text.find(' ', text.starts_with(' ') ? 1 : 0);
    const std::string_view word = text.substr(0, end);
    if (column + word.size() > kLongestLine && word.starts_with(' ') && word.size() > 1) {
      lines += "\r\n";
      column = 0;
    }
    lines += word;
    column += word.size();
    text.remove_prefix(word.size());
  }
  return lines;
}

void append_quoted(std::string& line, unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  line.append(1, '=').append(1, kDigits[byte >> 4U]).append(1, kDigits[byte & 0x0FU]);
}

}  // namespace

std::string header(std::string_view name, std::string_view value) {
  const std::string line = printable(value, kLongestValue);
  const std::string start = std::string(name) + ": ";
  const bool plain = is_plain(line) && std::ranges::all_of(line, [run = 0](char each) mutable {
                       run = each == ' ' ? 0 : run + 1;
                       return run < 900;  // a line of more than 998 characters is none (RFC 5322, 2.1.1)
                     });
  return start +
         (plain ? folded(line, start.size()) : encoded_words(line, kLongestLine - start.size() - 12)) +
         "\r\n";
}

std::string mail_date(Time time) {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
  std::array<char, 64> text{};
  const int size =
      std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
                    kDays.at(std::chrono::weekday{day}.c_encoding()), static_cast<unsigned>(date.day()),
                    kMonths.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
                    static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                    static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string quoted_printable(std::string_view text) {
  std::string body, line;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char each = text[at];
    if (each == '\n') {
      body += std::exchange(line, {}) + "\r\n";
      continue;
    }
    const bool ends_line = at + 1 == text.size() || text[at + 1] == '\n';
    const bool is_blank = each == ' ' || each == '\t';
    std::string next;
    if ((each > ' ' && each < '\x7f' && each != '=') || (is_blank && !ends_line)) {
      next = each;
    } else {
      append_quoted(next, static_cast<unsigned char>(each));
    }
    if (line.size() + next.size() >= kLongestLine) body += std::exchange(line, {}) + "=\r\n";
    line += next;
  }
  return line.empty() ? body : body + line + "\r\n";
}

bool is_mail_address(std::string_view text) {
  constexpr std::string_view kForbidden = "<>()[]\\,;:\"";
  return text.size() <= 254 && std::ranges::count(text, '@') == 1 && !text.starts_with('@') &&
         !text.ends_with('@') && std::ranges::all_of(text, [&](char each) {
           return each > ' ' && each < '\x7f' && kForbidden.find(each) == std::string_view::npos;
         });
}

}  // namespace runneriq::alerting
