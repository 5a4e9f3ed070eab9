// Whether and when a call is made again.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"
#include "platform/http_client.hpp"

#include <optional>

namespace runneriq::gitlab {

inline constexpr int kMostAttempts = 3;

// Whether the same call may bring something else later: 408, 429, 5xx, a broken connection. Only
// asked for calls that change nothing.
bool may_pass(const Result<platform::HttpReply>& outcome);

// What Retry-After asks for: seconds, or a date, by the Date header's clock where there is one.
std::optional<Duration> retry_after(const platform::HttpReply& reply, Time now);

// The pause before attempt number `attempt` + 1: 0.5 s, 1 s, 2 s …, at most 30 s, of which
// `jitter` (0..1) takes up to half away.
Duration backoff(int attempt, double jitter);

}  // namespace runneriq::gitlab
