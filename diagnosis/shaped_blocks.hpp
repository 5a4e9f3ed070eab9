// Blocks that begin with a line of a known shape: what tools write, as data. Internal to diagnosis.
#pragma once

#include "diagnosis/block_extents.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

// How far a block reaches from the line at `at`.
using Reach = Extent (*)(const ReadLog& log, std::size_t at);

// ---- reaches of many tools -------------------------------------------------------------------

Extent the_line(const ReadLog& log, std::size_t at);
Extent deeper_lines(const ReadLog& log, std::size_t at);  // the line, and those indented deeper
Extent paragraph(const ReadLog& log, std::size_t at);     // to the next blank line
Extent two_paragraphs(const ReadLog& log, std::size_t at);
Extent next_line(const ReadLog& log, std::size_t at);        // the line and the one below it
Extent same_first_word(const ReadLog& log, std::size_t at);  // lines that begin with the same word
Extent line_above(const ReadLog& log, std::size_t at);       // and the line itself
Extent no_lines(const ReadLog& log, std::size_t at);  // never a block: a shape that only looks like one
Extent next_line_of_git(const ReadLog& log, std::size_t at);  // with the advice of Git below "fatal: "
Extent image_not_found(const ReadLog& log, std::size_t at);   // none if the image was then pulled
// A diagnostic: "In file included from" above it, below it its source line, pointers and notes.
Extent diagnostic(const ReadLog& log, std::size_t at);

struct ToolShape {
  std::string_view pattern;  // of line_shapes; of the line as what_is_said() gives it
  std::string_view kind;
  double weight = 0.5;
  std::string_view why;
  FailureClass failure_class = FailureClass::unknown;
  Reach reach = the_line;
};

// A line without what build tools and CI systems put in front of what the tool under them said: blanks,
// "[error] " of sbt and Maven, "[javac] " of Ant, "#12 0.345 " of BuildKit, "##[error]", "remote: ".
std::string_view what_is_said(std::string_view line);

// Adds a block for each line that has one of the shapes, of the first family and the first in it that fits.
// Blocks of the same kind that touch become one of at most `longest` lines.
void add_blocks_of_shapes(const ReadLog& log, std::span<const std::span<const ToolShape>> families,
                          Extractor extractor, std::size_t longest, std::vector<Block>& blocks);

}  // namespace runneriq::diagnosis
