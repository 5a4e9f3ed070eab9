#include "diagnosis/reaches_of_linters.hpp"

#include "diagnosis/characters.hpp"
#include "diagnosis/line_shapes.hpp"

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

bool is_ruler(std::string_view text) {
  text = unindented(text);
  return text.size() >= 5 && text.find_first_not_of("-+ ") == std::string_view::npos;
}

bool names_a_file(std::string_view text) {
  const std::string_view name = unindented(text);
  return !name.empty() && name.find(' ') == std::string_view::npos &&
         name.find('.') != std::string_view::npos && name.find("://") == std::string_view::npos;
}

// To the first of `count` lines below that `ends` accepts; to `at` if none does.
template <typename Ends>
std::size_t end_below(const ReadLog& log, std::size_t at, std::size_t count, Ends ends) {
  for (std::size_t i = at + 1; i < std::min(at + count, log.lines.size()) && !is_border(log.lines[i]); ++i) {
    if (ends(log.lines[i].text)) return i;
  }
  return at;
}

}  // namespace

Extent under_its_file(const ReadLog& log, std::size_t at) {
  Extent extent{at, at};
  const std::size_t depth = indentation(log.lines[at].text);
  for (std::size_t above = 1; above <= std::min<std::size_t>(at, 30); ++above) {
    const LogLine& line = log.lines[at - above];
    if (is_border(line) || is_blank_line(line.text)) break;
    if (names_a_file(line.text) && indentation(line.text) <= depth) return {at - above, at};
  }
  return extent;
}

Extent framed_finding(const ReadLog& log, std::size_t at) {
  const std::size_t pointer = end_below(log, at, 6, is_pointer);
  return {at, pointer};
}

Extent with_what_it_lists(const ReadLog& log, std::size_t at) {
  const std::size_t depth = indentation(log.lines[at].text);
  Extent extent{at, at};
  while (extent.last - at < 25) {
    const std::string_view next = text_at(log, extent.last + 1);
    const bool is_item = unindented(next).starts_with("- ") || unindented(next).starts_with("* ");
    if (is_blank_line(next) || (indentation(next) <= depth && !is_item)) break;
    if (indentation(next) <= depth && unindented(log.lines[at].text).starts_with("- ")) break;
    ++extent.last;
  }
  return extent;
}

Extent next_lines_of_pylint(const ReadLog& log, std::size_t at) {
  Extent extent{at, at};
  while (extent.last - at < 25 && text_at(log, extent.last + 1).find(": ") != std::string_view::npos)
    ++extent.last;
  return extent.last > at ? extent : Extent{1, 0};
}

Extent report_of_phpcs(const ReadLog& log, std::size_t at) {
  const std::size_t second = end_below(log, at, 4, is_ruler);
  if (second == at) return {at, at};
  std::size_t last = end_below(log, second, 30, is_ruler);
  const std::size_t third = end_below(log, last, 30, is_ruler);
  if (third > last && third - last > 1 && last - second <= 2) last = third;
  return {at, std::max(last, second)};
}

Extent table_of_phpstan(const ReadLog& log, std::size_t at) {
  const std::size_t header = end_below(log, at, 3, is_ruler);
  const std::size_t last = end_below(log, header, 30, is_ruler);
  return {at, last, std::min(header + 1, last)};
}

// "F401 `os` imported but unused", its place, and the source to the next blank line.
Extent finding_of_ruff(const ReadLog& log, std::size_t at) {
  const std::size_t said = at > 0 && !is_border(log.lines[at - 1]) ? at - 1 : at;
  return {said, with_paragraph(log, at, 15).last, said};
}

Extent list_of_awesome_bot(const ReadLog& log, std::size_t at) {
  return with_paragraph(log, at);
}

Extent diff_below(const ReadLog& log, std::size_t at) {
  Extent extent{at, at};
  while (extent.last - at < 30) {
    const std::string_view next = text_at(log, extent.last + 1);
    constexpr std::string_view kFirst = " +-@\\";
    const bool goes_on =
        !next.empty() &&
        (kFirst.find(next.front()) != std::string_view::npos || next.starts_with("index ") ||
         next.starts_with("new file ") || next.starts_with("deleted file ") || next.starts_with("old mode "));
    if (!goes_on) break;
    ++extent.last;
  }
  return extent;
}

}  // namespace runneriq::diagnosis
