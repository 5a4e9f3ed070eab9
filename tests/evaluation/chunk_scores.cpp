#include "tests/evaluation/chunk_scores.hpp"

#include <algorithm>
#include <cstdio>

namespace runneriq::evaluation {

using diagnosis::ReadLog;
using diagnosis::ShownBlock;

std::size_t common_lines(const ReadLog& log, std::size_t first, std::size_t last, const LabelledLog& label) {
  std::size_t common = 0;
  for (std::size_t i = first; i <= last; ++i) {
    common += log.lines[i].number >= label.first && log.lines[i].number <= label.last ? 1 : 0;
  }
  return common;
}

bool meets(const ReadLog& log, std::size_t first, std::size_t last, const LabelledLog& label) {
  return common_lines(log, first, last, label) > 0;
}

void ChunkScores::add(const ReadLog& log, const std::vector<ShownBlock>& blocks, const LabelledLog& label) {
  std::size_t lines = 0, common = 0, first_hit = blocks.size();
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const std::size_t met = common_lines(log, blocks[i].first, blocks[i].last, label);
    lines += blocks[i].last - blocks[i].first + 1;
    common += met;
    if (met > 0) first_hit = std::min(first_hit, i);
  }
  const bool any = first_hit < blocks.size();
  logs += 1;
  shown += static_cast<double>(lines);
  recall += static_cast<double>(common) / static_cast<double>(label.last - label.first + 1);
  precision += lines == 0 ? 0 : static_cast<double>(common) / static_cast<double>(lines);
  hit_1 += any && first_hit == 0 ? 1 : 0;
  hit_3 += any && first_hit < 3 ? 1 : 0;
}

ChunkScores ChunkScores::averages() const {
  if (logs == 0) return {};
  return {.logs = logs,
          .recall = recall / logs,
          .precision = precision / logs,
          .hit_1 = hit_1 / logs,
          .hit_3 = hit_3 / logs,
          .shown = shown / logs};
}

std::string to_text(const ChunkScores& averages) {
  char text[160];
  std::snprintf(text, sizeof text,
                "%5.0f logs  recall %.3f  precision %.3f  hit@1 %.3f  hit@3 %.3f  shown %5.1f", averages.logs,
                averages.recall, averages.precision, averages.hit_1, averages.hit_3, averages.shown);
  return text;
}

}  // namespace runneriq::evaluation
