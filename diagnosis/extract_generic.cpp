#include "diagnosis/block_extents.hpp"
#include "diagnosis/extractors_of_tools.hpp"

#include <algorithm>
#include <optional>

namespace runneriq::diagnosis {
namespace {

constexpr std::size_t kLongestRun = 20;         // lines
constexpr std::size_t kLongestLastOutput = 10;  // lines
constexpr double kLeastWeight = 0.3;            // of a rule that makes a line worth a block

// What a line says by itself.
struct Word {
  double weight = 0;
  FailureClass failure_class = FailureClass::unknown;
  std::string_view why = "reads like an error";
};

double weight_of(Reading reading) {
  switch (reading) {
    case Reading::error:
      return 0.45;
    case Reading::assertion:
      return 0.35;
    case Reading::verdict:
      return 0.3;
    case Reading::complaint:
      return 0.3;
    case Reading::consequence:
      return 0.1;
    case Reading::plain:
    case Reading::runner:
      break;
  }
  return 0;
}

// A rule sees one line only, so it weighs less here than where a tool's own extractor knows the line.
double weight_of(const Rule& rule, Reading reading) {
  return reading == Reading::plain || reading == Reading::runner ? 0.5 * rule.weight
                                                                 : 0.2 + 0.5 * rule.weight;
}

Word word_of(const ReadLog& log, const LogLine& line) {
  Word word{.weight = weight_of(line.reading)};
  for (const RuleIndex index : log.hits_of(line)) {
    const Rule& rule = RuleBook::rule(index);
    const double weight = weight_of(rule, line.reading);
    if (rule.weight < kLeastWeight || weight < word.weight) continue;
    word = {.weight = weight, .failure_class = rule.failure_class, .why = rule.why};
  }
  return word;
}

// Of each line, whether one of the blocks has it.
std::vector<bool> covered(const ReadLog& log, const std::vector<Block>& blocks) {
  std::vector<bool> lines(log.lines.size(), false);
  for (const Block& block : blocks) {
    for (std::size_t i = block.first; i <= block.last && i < lines.size(); ++i) lines[i] = true;
  }
  return lines;
}

// What goes on below a line that reads like an error: deeper lines, and a pointer with the source above it.
Extent run_from(const ReadLog& log, std::size_t at) {
  Extent extent = with_indented(log, at, kLongestRun);
  for (std::size_t i = extent.last + 1; i <= extent.last + 2 && i < log.lines.size(); ++i) {
    if (is_border(log.lines[i]) || is_blank_line(log.lines[i].text)) break;
    if (is_pointer(log.lines[i].text)) return {at, i};
  }
  return extent;
}

void add_error_runs(const ReadLog& log, std::vector<Block>& blocks) {
  const std::vector<bool> known = covered(log, blocks);
  std::vector<Block> found;
  for (std::size_t i = 0; i < log.lines.size(); ++i) {
    if (known[i]) continue;
    const Word word = word_of(log, log.lines[i]);
    if (word.weight <= 0) continue;
    Extent extent = run_from(log, i);
    while (extent.last > i && known[extent.last]) --extent.last;
    append(found,
           {.first = i,
            .last = extent.last,
            .head = i,
            .extractor = Extractor::generic,
            .kind = "error-lines",
            .weight = word.weight,
            .failure_class = word.failure_class,
            .why = word.why},
           kLongestRun);
  }
  blocks.insert(blocks.end(), found.begin(), found.end());
}

// ---- the last output ---------------------------------------------------------------------------

bool tells_of_a_failed_command(const LogLine& line) {
  const std::string_view text = line.text;
  if (text.starts_with("The command \"")) return text.find("exited with 0") == std::string_view::npos;
  return text.starts_with("ERROR: Job failed") ||
         text.starts_with("##[error]Process completed with exit code");
}

// The paragraph that stands above the line, after the echo of the command.
std::optional<Extent> output_above(const ReadLog& log, std::size_t end) {
  std::size_t last = end;
  while (last > 0 && is_blank_line(log.lines[last - 1].text)) --last;
  std::size_t first = last;
  while (first > 0 && last - first < kLongestLastOutput && !is_border(log.lines[first - 1]) &&
         !is_blank_line(log.lines[first - 1].text) && log.lines[first - 1].part == LogPart::script)
    --first;
  if (first == last) return std::nullopt;
  return Extent{first, last - 1};
}

void add_last_output(const ReadLog& log, std::size_t end, std::vector<Block>& blocks) {
  const auto extent = output_above(log, end);
  if (!extent) return;
  blocks.push_back({.first = extent->first,
                    .last = extent->last,
                    .head = extent->last,
                    .extractor = Extractor::generic,
                    .kind = "last-output",
                    .weight = 0.2,
                    .failure_class = FailureClass::unknown,
                    .why = "the last output before it failed"});
}

void add_last_outputs(const ReadLog& log, std::vector<Block>& blocks) {
  const std::size_t before = blocks.size();
  for (std::size_t i = 0; i < log.lines.size(); ++i) {
    if (tells_of_a_failed_command(log.lines[i])) add_last_output(log, i, blocks);
  }
  if (blocks.size() == before) add_last_output(log, log.lines.size(), blocks);
}

}  // namespace

void add_generic_blocks(const ReadLog& log, std::vector<Block>& blocks) {
  add_error_runs(log, blocks);
  add_last_outputs(log, blocks);
}

}  // namespace runneriq::diagnosis
