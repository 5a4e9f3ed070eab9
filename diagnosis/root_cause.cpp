#include "diagnosis/root_cause.hpp"

#include "diagnosis/block_extents.hpp"
#include "diagnosis/block_features.hpp"
#include "diagnosis/block_selection.hpp"
#include "diagnosis/candidates.hpp"
#include "diagnosis/decoys.hpp"
#include "diagnosis/failing_span.hpp"
#include "diagnosis/ranking.hpp"

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

constexpr std::size_t kLastLines = 10;
constexpr double kGuess = 0.05;  // score of the last lines, where nothing else is known

std::size_t end_of_text(const ReadLog& log, std::size_t begin, std::size_t end) {
  while (end > begin && is_blank_line(log.lines[end - 1].text)) --end;
  return end;
}

// The last lines of the failing command; of the log, when that says nothing. None of a log without any text.
std::vector<ShownBlock> last_lines(const ReadLog& log, FailingSpan span, std::size_t lines) {
  std::size_t end = end_of_text(log, span.begin, span.end);
  if (end == span.begin) span.begin = 0, end = end_of_text(log, 0, log.lines.size());
  if (end == 0 || lines == 0) return {};
  const std::size_t count = std::min({lines, kLastLines, end - span.begin});
  return {{.first = end - count,
           .last = end - 1,
           .head = end - 1,
           .score = kGuess,
           .extractor = Extractor::generic,
           .kind = "last-lines",
           .why = "the last lines before it failed",
           .failure_class = FailureClass::unknown}};
}

}  // namespace

RootCause root_cause_of(const ReadLog& log, const RootCauseTerms& terms) {
  const FailingSpan span = failing_span(log);
  const std::vector<Block> blocks = candidates_of(log, span, terms.extractors, terms.history);
  const std::vector<Features> features = features_of(log, span, blocks, terms.history);
  std::vector<double> scores;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    scores.push_back(after_decoys(likelihood(features[i]), log, span, blocks[i]));
  }
  RootCause cause{.blocks = selected(log, blocks, scores, terms.lines), .command = span.command};
  if (cause.blocks.empty()) cause.blocks = last_lines(log, span, terms.lines);
  return cause;
}

}  // namespace runneriq::diagnosis
