#include "diagnosis/shaped_blocks.hpp"

#include "diagnosis/characters.hpp"
#include "diagnosis/line_shapes.hpp"

#include <algorithm>
#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr std::array<std::string_view, 8> kPrefixes{"[error] ",  "[ERROR] ", "[javac] ",  "[exec] ",
                                                    "##[error]", "remote: ", "::error::", "ERROR: ::error::"};

std::string_view without_step_of_buildkit(std::string_view line) {
  if (!has_shape(line, "#<n> <n>.<n> ")) return line;
  const std::size_t blank = line.find(' ', line.find(' ') + 1);
  return unindented(line.substr(blank));
}

// ---- diagnostics -------------------------------------------------------------------------------

// What compilers write above a diagnostic, to say how they came there.
bool leads_to_a_diagnostic(std::string_view line) {
  const std::string_view text = unindented(line);
  if (text.starts_with("In file included from ") || text.starts_with("While building module ")) return true;
  if (text.starts_with("from ") && text.find(':') != std::string_view::npos && indentation(line) > 0)
    return true;
  const bool names_a_place = text.find(": In ") != std::string_view::npos ||
                             text.find(": At ") != std::string_view::npos ||
                             text.find("required from") != std::string_view::npos;
  return names_a_place && (text.ends_with(':') || text.ends_with("required from here"));
}

bool leads_to_an_error_of_git(std::string_view text) {
  return text.starts_with("Cloning into '") || text.starts_with("warning: ") || text.starts_with("error: ");
}

bool is_note(std::string_view text) {
  return text.find(": note: ") != std::string_view::npos || text.starts_with("note: ") ||
         text.find(": candidate: ") != std::string_view::npos;
}

bool is_pointed_at(const ReadLog& log, std::size_t at) {
  return at + 1 < log.lines.size() && !is_border(log.lines[at + 1]) && is_pointer(log.lines[at + 1].text);
}

struct Making {
  Extractor extractor = Extractor::generic;
  std::size_t longest = 0;  // lines of blocks that become one
};

void add_block(const ReadLog& log, std::size_t at, const ToolShape& shape, const Making& making,
               std::vector<Block>& blocks) {
  const Extent extent = shape.reach(log, at);
  if (extent.first > extent.last) return;
  append_across_blanks(
      log, blocks,
      {.first = extent.first,
       .last = extent.last,
       .head = extent.head == Extent::kWhereItBegan ? std::max(at, extent.first) : extent.head,
       .extractor = making.extractor,
       .kind = shape.kind,
       .weight = shape.weight,
       .failure_class = shape.failure_class,
       .why = shape.why},
      making.longest);
}

}  // namespace

Extent the_line(const ReadLog& /*log*/, std::size_t at) {
  return {at, at};
}

Extent deeper_lines(const ReadLog& log, std::size_t at) {
  const std::size_t depth = indentation(log.lines[at].text);
  Extent extent{at, at};
  while (extent.last + 1 < std::min(at + kLongestBlock, log.lines.size()) &&
         !is_border(log.lines[extent.last + 1]) && !is_blank_line(log.lines[extent.last + 1].text) &&
         indentation(log.lines[extent.last + 1].text) > depth)
    ++extent.last;
  return extent;
}

Extent paragraph(const ReadLog& log, std::size_t at) {
  return with_paragraph(log, at);
}

Extent two_paragraphs(const ReadLog& log, std::size_t at) {
  const Extent one = with_paragraph(log, at);
  std::size_t next = one.last + 1;
  while (next < log.lines.size() && next < one.last + 3 && !is_border(log.lines[next]) &&
         is_blank_line(log.lines[next].text))
    ++next;
  if (next >= log.lines.size() || is_border(log.lines[next]) || is_blank_line(log.lines[next].text))
    return one;
  return {at, with_paragraph(log, next).last};
}

Extent next_line(const ReadLog& log, std::size_t at) {
  return with_paragraph(log, at, 2);
}

Extent same_first_word(const ReadLog& log, std::size_t at) {
  const std::string_view text = unindented(log.lines[at].text);
  return with_label(log, at, text.substr(0, std::min(text.find_first_of(" \t"), text.size())));
}

Extent line_above(const ReadLog& /*log*/, std::size_t at) {
  return {at > 0 ? at - 1 : 0, at};
}

Extent no_lines(const ReadLog& /*log*/, std::size_t /*at*/) {
  return {1, 0};
}

Extent next_line_of_git(const ReadLog& log, std::size_t at) {
  const Extent next = next_line(log, at);
  const std::string_view text = log.lines[next.last].text;
  const bool belongs = text.starts_with("fatal: ") || text.starts_with("Please make sure") ||
                       text.starts_with("and the repository");
  Extent extent = belongs ? with_paragraph(log, at, 5) : Extent{at, at};
  while (extent.first > 0 && at - extent.first < 2 &&
         leads_to_an_error_of_git(log.lines[extent.first - 1].text))
    --extent.first;
  return extent;
}

Extent image_not_found(const ReadLog& log, std::size_t at) {
  const Extent next = next_line(log, at);
  const bool failed = log.lines[next.last].text.find("rror response from daemon") != std::string_view::npos;
  return failed ? next : Extent{1, 0};
}

Extent diagnostic(const ReadLog& log, std::size_t at) {
  Extent extent{at, at};
  while (extent.first > 0 && at - extent.first < 8 && leads_to_a_diagnostic(log.lines[extent.first - 1].text))
    --extent.first;
  const std::size_t depth = indentation(log.lines[at].text);
  for (std::size_t i = at + 1; i < at + kLongestBlock && i < log.lines.size(); ++i) {
    const std::string_view text = log.lines[i].text;
    if (is_border(log.lines[i]) || is_blank_line(text)) break;
    if (indentation(text) <= depth && !is_note(text) && !is_pointer(text) && !is_pointed_at(log, i)) break;
    extent.last = i;
  }
  return extent;
}

std::string_view what_is_said(std::string_view line) {
  line = without_step_of_buildkit(unindented(line));
  for (const std::string_view prefix : kPrefixes) {
    if (line.starts_with(prefix)) return unindented(line.substr(prefix.size()));
  }
  return line;
}

void add_blocks_of_shapes(const ReadLog& log, std::span<const std::span<const ToolShape>> families,
                          Extractor extractor, std::size_t longest, std::vector<Block>& blocks) {
  std::vector<const ToolShape*> shapes;
  std::vector<std::string_view> patterns;
  for (const std::span<const ToolShape> family : families) {
    for (const ToolShape& shape : family) {
      shapes.push_back(&shape);
      patterns.push_back(shape.pattern);
    }
  }
  ShapeFinder finder(patterns);
  std::vector<Block> found;
  for (std::size_t i = 0; i < log.lines.size(); ++i) {
    const std::size_t index = finder.find(what_is_said(log.lines[i].text));
    if (index != ShapeFinder::kNone)
      add_block(log, i, *shapes[index], {.extractor = extractor, .longest = longest}, found);
  }
  blocks.insert(blocks.end(), found.begin(), found.end());
}

}  // namespace runneriq::diagnosis
