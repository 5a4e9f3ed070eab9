#include "diagnosis/block_extents.hpp"

#include "diagnosis/characters.hpp"

#include <algorithm>
#include <array>

namespace runneriq::diagnosis {
namespace {

// Words on how a command or a job ended, as CI systems and shells write them.
constexpr std::array<std::string_view, 9> kEnds{
    "The command \"",       "The command '", "ERROR: Job failed", "Cleaning up project directory",
    "Running after_script", "Job succeeded", "##[error]Process",  "Done. Your build exited with",
    "Uploading artifacts",
};

// Of the line after `at`, whether a block may go on there.
bool goes_on(const ReadLog& log, std::size_t at) {
  return at < log.lines.size() && !is_border(log.lines[at]);
}

// Blank, or too short to say anything, as a closing brace.
bool is_nothing(std::string_view text) {
  return unindented(text).size() <= 2;
}

// The first of the lines above `at` that say nothing, at most three; `at` if there are none.
std::size_t above_nothing(const ReadLog& log, std::size_t at) {
  for (int lines = 0; lines < 3 && at > 0 && !is_border(log.lines[at]) && is_nothing(log.lines[at - 1].text);
       ++lines)
    --at;
  return at;
}

// Makes one of a block and the next, which begins at `start`; false if they stay two.
bool join(Block& block, const Block& next, std::size_t start, std::size_t longest) {
  if (block.kind != next.kind || start > block.last + 1 || next.first < block.first) return false;
  if (next.last <= block.last) return true;
  if (next.last >= block.first + longest) return false;
  const Extent both{block.first, next.last};
  if (next.weight > block.weight) block = next;
  block.first = both.first;
  block.last = both.last;
  return true;
}

}  // namespace

std::size_t indentation(std::string_view text) {
  return std::min(text.find_first_not_of(" \t"), text.size());
}

std::string_view unindented(std::string_view text) {
  return text.substr(indentation(text));
}

bool is_border(const LogLine& line) {
  if (line.after_gap || line.reading == Reading::verdict) return true;
  if (line.text.starts_with("$ ")) return true;
  return std::ranges::any_of(kEnds, [&](std::string_view end) { return line.text.starts_with(end); });
}

std::string_view text_at(const ReadLog& log, std::size_t at) {
  return goes_on(log, at) ? log.lines[at].text : std::string_view{};
}

bool is_pointer(std::string_view text) {
  text = unindented(text);
  if (text.starts_with('|') || text.starts_with("\xE2\x94\x82"))
    text = unindented(text.substr(text[0] == '|' ? 1 : 3));
  const std::size_t marks = std::min(text.find_first_not_of("^~-"), text.size());
  return marks > 0 && text.substr(0, marks).find('^') != std::string_view::npos;
}

Extent with_indented(const ReadLog& log, std::size_t at, std::size_t longest) {
  const std::size_t depth = indentation(log.lines[at].text);
  Extent extent{at, at};
  for (std::size_t i = at + 1; i < at + longest && goes_on(log, i); ++i) {
    const std::string_view text = log.lines[i].text;
    if (is_blank_line(text)) continue;
    if (indentation(text) <= depth) break;
    extent.last = i;
  }
  return extent;
}

Extent with_paragraph(const ReadLog& log, std::size_t at, std::size_t longest) {
  Extent extent{at, at};
  while (extent.last + 1 < at + longest && goes_on(log, extent.last + 1) &&
         !is_blank_line(log.lines[extent.last + 1].text))
    ++extent.last;
  return extent;
}

Extent with_label(const ReadLog& log, std::size_t at, std::string_view label, std::size_t longest) {
  Extent extent{at, at};
  while (extent.last + 1 < at + longest && goes_on(log, extent.last + 1) &&
         unindented(log.lines[extent.last + 1].text).starts_with(label))
    ++extent.last;
  return extent;
}

void append(std::vector<Block>& blocks, const Block& block, std::size_t longest) {
  if (blocks.empty() || !join(blocks.back(), block, block.first, longest)) blocks.push_back(block);
}

void append_across_blanks(const ReadLog& log, std::vector<Block>& blocks, const Block& block,
                          std::size_t longest) {
  const std::size_t start = above_nothing(log, block.first);
  if (blocks.empty() || !join(blocks.back(), block, start, longest)) blocks.push_back(block);
}

}  // namespace runneriq::diagnosis
