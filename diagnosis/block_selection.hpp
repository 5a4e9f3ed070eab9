// From scored blocks to what a person reads. Pure. Internal to diagnosis.
#pragma once

#include "diagnosis/root_cause.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace runneriq::diagnosis {

// The best blocks first, cut to `lines` lines in all; they do not overlap. `scores` are those of `blocks`.
std::vector<ShownBlock> selected(const ReadLog& log, std::span<const Block> blocks,
                                 std::span<const double> scores, std::size_t lines);

}  // namespace runneriq::diagnosis
