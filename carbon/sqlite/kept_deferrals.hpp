// The rows of the table of deferrals.
#pragma once

#include "carbon/deferral.hpp"
#include "platform/sqlite.hpp"

#include <span>
#include <vector>

namespace runneriq::carbon {

// By start.
[[nodiscard]] Result<std::vector<Deferral>> kept_deferrals(platform::Database& database);
[[nodiscard]] Result<void> replace_deferrals(platform::Database& database,
                                             std::span<const Deferral> deferrals);

}  // namespace runneriq::carbon
