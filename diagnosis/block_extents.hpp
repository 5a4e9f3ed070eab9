// How far a block reaches from the line that begins it. Internal to diagnosis.
#pragma once

#include "diagnosis/block.hpp"
#include "diagnosis/characters.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

struct Extent {
  static constexpr std::size_t kWhereItBegan = ~std::size_t{0};
  std::size_t first = 0, last = 0;   // indexes in ReadLog::lines, inclusive
  std::size_t head = kWhereItBegan;  // of the line that says it best, where it is not the one looked at
};

// ---- what lines are --------------------------------------------------------------------------

std::size_t indentation(std::string_view text);  // bytes of blanks before the first other
std::string_view unindented(std::string_view text);

// A line that no block goes across: the echo of a command, the word on how one ended, a gap in the log.
bool is_border(const LogLine& line);

// The text of the line at `at`; "" where that is a border, or beyond the end of the log.
std::string_view text_at(const ReadLog& log, std::size_t at);

// "        ^~~~", "  |   ^^^^^ help", "---^": marks that point into the line above.
bool is_pointer(std::string_view text);

// ---- extents ---------------------------------------------------------------------------------

inline constexpr std::size_t kLongestBlock = 40;  // lines

// The line, and those below that are indented deeper; blank ones in between count.
Extent with_indented(const ReadLog& log, std::size_t at, std::size_t longest = kLongestBlock);

// The line, and those below up to a blank one.
Extent with_paragraph(const ReadLog& log, std::size_t at, std::size_t longest = kLongestBlock);

// The line, and those below that begin with the same `label`: "npm ERR!".
Extent with_label(const ReadLog& log, std::size_t at, std::string_view label,
                  std::size_t longest = kLongestBlock);

// Adds a block; one of the same kind that it touches becomes one with it, as long as both together have at
// most `longest` lines.
void append(std::vector<Block>& blocks, const Block& block, std::size_t longest);

// The same, also where up to three lines part them that are blank or say nothing.
void append_across_blanks(const ReadLog& log, std::vector<Block>& blocks, const Block& block,
                          std::size_t longest);

}  // namespace runneriq::diagnosis
