// What a provider's HTTP reply means for when it is asked again.
#pragma once

#include "carbon/fetching.hpp"
#include "platform/http_client.hpp"

namespace runneriq::carbon {

inline constexpr Duration kCallLimit = std::chrono::seconds{10};
inline constexpr std::size_t kLargestReply = std::size_t{4} << 20;

platform::HttpCall call_of(ProviderQuestion question);

// Of everything but a 200.
FetchOutcome outcome_of(const Result<platform::HttpReply>& reply, Time now);

}  // namespace runneriq::carbon
