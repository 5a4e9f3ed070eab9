#include "gitlab/rest/backoff.hpp"

#include "core/passing_error.hpp"
#include "platform/http_date.hpp"

#include <algorithm>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

constexpr Duration kFirstPause = 500ms;
constexpr Duration kLongestPause = 30s;
constexpr Duration kLongestWait = 1h;

}  // namespace

bool may_pass(const Result<platform::HttpReply>& outcome) {
  if (!outcome) return runneriq::may_pass(outcome.error());
  const int status = outcome->status;
  return status == 408 || status == 429 || (status >= 500 && status != 501);
}

std::optional<Duration> retry_after(const platform::HttpReply& reply, Time now) {
  return platform::retry_after(reply, now, kLongestWait);
}

Duration backoff(int attempt, double jitter) {
  const int doublings = std::clamp(attempt - 1, 0, 10);
  const Duration pause = std::min(kFirstPause * (1 << doublings), kLongestPause);
  const double kept = 1 - std::clamp(jitter, 0.0, 1.0) / 2;
  return std::chrono::round<Duration>(std::chrono::duration<double, std::milli>(pause) * kept);
}

}  // namespace runneriq::gitlab
