// The rows of the tables of samples and forecasts.
#pragma once

#include "carbon/fetching.hpp"
#include "carbon/outlook.hpp"
#include "carbon/provider.hpp"
#include "platform/sqlite.hpp"

#include <vector>

namespace runneriq::carbon {

inline constexpr Duration kSamplesRead = std::chrono::days{28};
inline constexpr Duration kSamplesKept = std::chrono::days{100};

[[nodiscard]] Result<std::vector<ZoneRecord>> zone_records(platform::Database& database, Time now);

// `latest` and `history` are samples; a forecast takes the place of the one before on its basis.
[[nodiscard]] Result<void> put_answer(platform::Database& database, const ChannelKey& key, Want want,
                                      const ProviderAnswer& answer, Time now);

// Those that ended 100 days before `now` and before the newest: a clock that has jumped ahead does not take
// the past away.
[[nodiscard]] Result<void> forget_old_samples(platform::Database& database, Time now);

// What touches [from, to), of all sources; where two tell of the same time what is not estimated counts.
[[nodiscard]] Result<Series> samples_between(platform::Database& database, const ZoneKey& zone,
                                             const Basis& basis, Time from, Time to);

}  // namespace runneriq::carbon
