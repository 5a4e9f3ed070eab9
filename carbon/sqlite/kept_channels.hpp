// The rows of the tables of channels and wants: how asking has gone.
#pragma once

#include "carbon/fetching.hpp"
#include "platform/sqlite.hpp"

#include <vector>

namespace runneriq::carbon {

[[nodiscard]] Result<std::vector<Channel>> kept_channels(platform::Database& database);
[[nodiscard]] Result<void> put_channel(platform::Database& database, const Channel& channel);

}  // namespace runneriq::carbon
