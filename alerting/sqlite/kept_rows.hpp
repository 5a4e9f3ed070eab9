// The rows in which the stages keep what they know over a restart.
#pragma once

#include "alerting/noise_reduction.hpp"
#include "platform/sqlite.hpp"

#include <span>
#include <vector>

namespace runneriq::alerting {

// A document of "" takes the row away.
[[nodiscard]] Result<void> put_stage_rows(platform::Database& database,
                                          std::span<const NoiseReduction::Kept> rows);
[[nodiscard]] Result<std::vector<NoiseReduction::Kept>> stage_rows(platform::Database& database);

}  // namespace runneriq::alerting
