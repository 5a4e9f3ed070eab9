// How well shown blocks meet a labelled chunk.
#pragma once

#include "diagnosis/root_cause.hpp"
#include "tests/evaluation/log_chunks.hpp"

#include <cstddef>
#include <string>

namespace runneriq::evaluation {

// Averages over logs, once finished() has divided them.
struct ChunkScores {
  double logs = 0, recall = 0, precision = 0, hit_1 = 0, hit_3 = 0, shown = 0;

  void add(const diagnosis::ReadLog& log, const std::vector<diagnosis::ShownBlock>& blocks,
           const LabelledLog& label);
  [[nodiscard]] ChunkScores averages() const;
};
std::string to_text(const ChunkScores& averages);

// Whether one of the block's lines is labelled.
bool meets(const diagnosis::ReadLog& log, std::size_t first, std::size_t last, const LabelledLog& label);
// How many are.
std::size_t common_lines(const diagnosis::ReadLog& log, std::size_t first, std::size_t last,
                         const LabelledLog& label);

}  // namespace runneriq::evaluation
