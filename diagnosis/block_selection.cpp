#include "diagnosis/block_selection.hpp"

#include "diagnosis/block_extents.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace runneriq::diagnosis {
namespace {

// Chosen on the tuning part of LogChunks with projects left out (tests/evaluation/fit_ranking.cpp): more
// lines raise recall by less than they cost in precision.
constexpr std::array<std::size_t, 4> kMostLines{30, 16, 4, 3};  // of the best block, the second, …
constexpr double kLeastShare = 0.15;  // of the best block's score, with which another is shown, too
constexpr std::size_t kRunGap = 2;    // lines between blocks of one run
constexpr std::size_t kMostRun = 60;  // blocks of one run
// Lines of the same paragraph that are shown above and below a block. Only what no tool is known for has no
// end of its own.
constexpr std::size_t kAbove = 2, kBelow = 0;
constexpr std::size_t kGenericAbove = 10, kGenericBelow = 10;

// Whether a block may go on there: in a paragraph of the same command.
bool goes_on(const ReadLog& log, const Block& block, std::size_t i) {
  const LogLine& line = log.lines[i];
  const LogLine& head = log.lines[block.head];
  return line.part == head.part && line.command == head.command && !is_border(line) &&
         !is_blank_line(line.text);
}

// Whether nothing but indented lines stands between: the rest of a stack trace.
bool is_indented_between(const ReadLog& log, std::size_t behind, std::size_t before) {
  if (before - behind > kMostShownLines) return false;
  for (std::size_t i = behind; i < before; ++i) {
    const std::string_view text = log.lines[i].text;
    if (is_border(log.lines[i]) || (!is_blank_line(text) && indentation(text) == 0)) return false;
  }
  return true;
}

// With what touches it, as long as an extractor of the same kind found it: failures that are listed one after
// the other. Not further than can be shown.
Block with_run(const ReadLog& log, std::span<const Block> blocks, std::size_t index) {
  Block run = blocks[index];
  for (std::size_t i = index + 1; i < blocks.size(); ++i) {
    const bool is_enough = run.last - run.first >= 2 * kMostShownLines || i - index > kMostRun;
    if (is_enough) break;
    if (blocks[i].first > run.last + 1 + kRunGap && !is_indented_between(log, run.last + 1, blocks[i].first))
      break;
    if (log.lines[blocks[i].head].part != log.lines[run.head].part) break;
    if (blocks[i].last > run.last && blocks[i].extractor == run.extractor) run.last = blocks[i].last;
  }
  return run;
}

// With the lines beside it in the same paragraph.
Block extended(const ReadLog& log, Block block) {
  const bool generic = block.extractor == Extractor::generic;
  std::size_t above = generic ? kGenericAbove : kAbove;
  std::size_t below = generic ? kGenericBelow : kBelow;
  for (; above > 0 && block.first > 0 && goes_on(log, block, block.first - 1); --above) --block.first;
  for (; below > 0 && block.last + 1 < log.lines.size() && goes_on(log, block, block.last + 1); --below)
    ++block.last;
  return block;
}

// A block that is to be shown, and how much of it.
struct Choice {
  Block block;  // all that would be worth showing
  double score = 0;
  std::size_t first = 0, last = 0;  // what is shown

  [[nodiscard]] bool overlaps(const Block& other) const {
    return block.first <= other.last && other.first <= block.last;
  }
  [[nodiscard]] std::size_t lines() const { return last - first + 1; }
};

// The part of a block that is shown: from its first line, or up to its head where that is far below.
Choice cut(const Block& block, double score, std::size_t lines) {
  std::size_t first = block.first;
  if (block.head >= first + lines) first = block.head + 1 - lines;
  return {.block = block, .score = score, .first = first, .last = std::min(block.last, first + lines - 1)};
}

std::vector<std::size_t> best_first(std::span<const double> scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>{}, [&](std::size_t i) { return scores[i]; });
  return order;
}

std::vector<Choice> chosen(const ReadLog& log, std::span<const Block> blocks, std::span<const double> scores,
                           std::size_t lines) {
  std::vector<Choice> choices;
  for (const std::size_t i : best_first(scores)) {
    if (lines == 0 || choices.size() >= kMostLines.size()) break;
    if (!choices.empty() && scores[i] < kLeastShare * choices.front().score) break;
    const auto is_taken = [&](const Block& b) {
      return std::ranges::any_of(choices, [&](const Choice& c) { return c.overlaps(b); });
    };
    if (is_taken(blocks[i])) continue;
    const Block block = extended(log, with_run(log, blocks, i));
    if (is_taken(block)) continue;
    choices.push_back(cut(block, scores[i], std::min(lines, kMostLines.at(choices.size()))));
    lines -= choices.back().lines();
  }
  return choices;
}

// Lines that are left go to the blocks that are cut, the best first.
void grow(std::vector<Choice>& choices, std::size_t lines) {
  for (const Choice& c : choices) lines -= c.lines();
  for (Choice& c : choices) {
    const std::size_t behind = std::min(lines, c.block.last - c.last);
    c.last += behind;
    lines -= behind;
    const std::size_t before = std::min(lines, c.first - c.block.first);
    c.first -= before;
    lines -= before;
  }
}

}  // namespace

std::vector<ShownBlock> selected(const ReadLog& log, std::span<const Block> blocks,
                                 std::span<const double> scores, std::size_t lines) {
  std::vector<Choice> choices = chosen(log, blocks, scores, lines);
  grow(choices, lines);
  std::vector<ShownBlock> shown;
  for (const Choice& c : choices) {
    shown.push_back({.first = c.first,
                     .last = c.last,
                     .head = c.block.head,
                     .score = c.score,
                     .extractor = c.block.extractor,
                     .kind = c.block.kind,
                     .why = c.block.why,
                     .failure_class = c.block.failure_class});
  }
  return shown;
}

}  // namespace runneriq::diagnosis
