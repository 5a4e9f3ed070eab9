#include "core/manual_page.hpp"

#include "core/lines.hpp"
#include "core/utf8.hpp"
#include "core/version.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace runneriq {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";

bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_small(char c) {
  return c >= 'a' && c <= 'z';
}

std::uint32_t code_point(std::string_view character) {
  constexpr std::array<std::uint32_t, 5> kFirstBits{0, 0x7F, 0x1F, 0x0F, 0x07};
  std::uint32_t code = static_cast<std::uint8_t>(character.front()) & kFirstBits[character.size()];
  for (const char c : character.substr(1)) code = code << 6U | (static_cast<std::uint8_t>(c) & 0x3FU);
  return code;
}

// groff_char(7): at least four digits.
std::string by_number(std::uint32_t code) {
  std::string digits;
  for (; code != 0 || digits.size() < 4; code >>= 4U) digits.insert(digits.begin(), kHex[code & 0xFU]);
  return "\\[u" + digits + "]";
}

// Characters that troff reads as something else: an escape, a hyphen, typographic quotes and accents.
std::string_view escape_of(char c) {
  switch (c) {
    case '\\':
      return "\\e";
    case '-':
      return "\\-";
    case '\'':
      return "\\(aq";
    case '`':
      return "\\(ga";
    case '^':
      return "\\(ha";
    case '~':
      return "\\(ti";
    default:
      return "";
  }
}

std::string escaped(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    const std::string_view escape = escape_of(text.front());
    if (length > 1) {
      safe += by_number(code_point(text.substr(0, length)));
    } else {
      safe += escape.empty() ? text.substr(0, 1) : escape;
    }
    text.remove_prefix(length);
  }
  return safe;
}

// A line that begins with a point would be a request.
std::string line(std::string text) {
  return (text.starts_with('.') ? "\\&" : "") + std::move(text) + "\n";
}

std::string bold(std::string_view text) {
  return text.empty() ? "" : "\\fB" + escaped(text) + "\\fR";
}

std::string italic(std::string_view text) {
  return text.empty() ? "" : "\\fI" + escaped(text) + "\\fR";
}

// man(7): a sentence ends with its line, so that all of them are set apart alike.
std::string one_sentence_per_line(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const std::size_t stop = text.find(". ");
    const bool ends = stop != std::string_view::npos && stop + 2 < text.size() &&
                      (is_capital(text[stop + 2]) || text[stop + 2] == '`');
    if (stop == std::string_view::npos) return lines.append(text);
    lines.append(text.substr(0, stop + 1)) += ends ? '\n' : ' ';
    text.remove_prefix(stop + 2);
  }
  return lines;
}

std::string prose(std::string_view text) {
  std::string roff;
  while (!text.empty()) {
    const std::size_t open = text.find('`');
    roff += escaped(text.substr(0, open));
    if (open == std::string_view::npos) break;
    const std::size_t close = std::min(text.find('`', open + 1), text.size());
    roff += bold(text.substr(open + 1, close - open - 1));
    text.remove_prefix(std::min(close + 1, text.size()));
  }
  return roff;
}

std::string sentences(std::string_view text) {
  const std::string apart = one_sentence_per_line(text);
  std::string roff;
  for (const std::string_view sentence : lines_of(apart)) roff += line(prose(sentence));
  return roff;
}

bool is_of_a_word(char c) {
  return is_capital(c) || is_small(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool stands_for_another(std::string_view word) {
  return !word.starts_with('-') && std::ranges::any_of(word, is_capital) &&
         std::ranges::none_of(word, is_small);
}

// "[--output text|json] FILE": words in capitals stand for others; brackets, dots and bars are no words.
std::string usage_text(std::string_view text) {
  std::string roff;
  while (!text.empty()) {
    const auto length = static_cast<std::size_t>(std::ranges::find_if_not(text, is_of_a_word) - text.begin());
    const std::string_view word = text.substr(0, length);
    if (length == 0)
      roff += escaped(text.substr(0, 1));
    else
      roff += stands_for_another(word) ? italic(word) : bold(word);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return roff;
}

std::string upper_case(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (is_small(c)) c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

}  // namespace

ManualPage::ManualPage(std::string_view name, int section, std::string_view purpose)
    : roff_(".TH " + upper_case(name) + " " + std::to_string(section) +
            " \"\" \"RunnerIQ " RUNNERIQ_VERSION
            "\" \"RunnerIQ\"\n"
            // Neither hyphens in names that may be copied nor gaps between words.
            ".nh\n.ad l\n"
            ".SH NAME\n" +
            escaped(name) + " \\- " + prose(purpose) + "\n") {}

ManualPage& ManualPage::section(std::string_view title) {
  return heading(".SH " + escaped(title));
}

ManualPage& ManualPage::subsection(std::string_view title) {
  return heading(".SS " + escaped(title));
}

ManualPage& ManualPage::command(std::string_view name, std::string_view arguments) {
  return heading(".SS " + escaped(name) + (arguments.empty() ? "" : " " + usage_text(arguments)));
}

ManualPage& ManualPage::paragraph(std::string_view text) {
  return block(sentences(text));
}

ManualPage& ManualPage::usage(std::string_view words) {
  const bool follows = last_ == Last::usage;
  if (follows)
    roff_ += ".br\n" + line(usage_text(words));
  else
    block(line(usage_text(words)));
  last_ = Last::usage;
  return *this;
}

ManualPage& ManualPage::entry(std::string_view term, std::string_view argument, std::string_view text) {
  return tagged(bold(term) + (argument.empty() ? "" : " " + usage_text(argument)), text);
}

ManualPage& ManualPage::entries(std::span<const ManualEntry> all) {
  for (const auto& [term, text] : all) entry(term, "", text);
  return *this;
}

ManualPage& ManualPage::call(std::string_view words, std::string_view text) {
  return tagged(usage_text(words), text);
}

ManualPage& ManualPage::more(std::string_view text) {
  roff_ += ".br\n" + sentences(text);
  return *this;
}

ManualPage& ManualPage::example(std::string_view lines) {
  std::string text = ".RS 4\n.EX\n";
  for (const std::string_view one : lines_of(lines)) text += line(escaped(one));
  return block(text + ".EE\n.RE\n");
}

ManualPage& ManualPage::examples(std::span<const ManualEntry> all) {
  for (const auto& [words, lines] : all) paragraph(words).example(lines);
  return *this;
}

// Each in bold with its section plain, as man-pages(7) has it.
ManualPage& ManualPage::see_also(std::string_view pages) {
  roff_ += ".SH SEE ALSO\n";
  while (!pages.empty()) {
    const std::size_t end = std::min(pages.find(", "), pages.size());
    const std::string_view page = pages.substr(0, end);
    const std::size_t bracket = page.find('(');
    roff_ += bold(page.substr(0, bracket)) + std::string(page.substr(bracket));
    pages.remove_prefix(std::min(end + 2, pages.size()));
    roff_ += pages.empty() ? "\n" : ",\n";
  }
  return *this;
}

ManualPage& ManualPage::heading(const std::string& request) {
  last_ = Last::heading;
  roff_ += request + "\n";
  return *this;
}

// A heading sets off what follows it by itself.
ManualPage& ManualPage::block(const std::string& text) {
  roff_ += (last_ == Last::heading ? "" : ".PP\n") + text;
  last_ = Last::text;
  return *this;
}

ManualPage& ManualPage::tagged(const std::string& tag, std::string_view text) {
  last_ = Last::text;
  roff_ += ".TP\n" + line(tag) + sentences(text);
  return *this;
}

}  // namespace runneriq
