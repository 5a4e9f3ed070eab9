#include "gitlab/rest/backoff.hpp"

#include "gitlab/rest/http_date.hpp"

#include <algorithm>
#include <charconv>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

constexpr Duration kFirstPause = 500ms;
constexpr Duration kLongestPause = 30s;
constexpr Duration kLongestWait = 1h;

}  // namespace

bool may_pass(const Result<platform::HttpReply>& outcome) {
  if (!outcome) return outcome.error().code == Errc::timed_out || outcome.error().code == Errc::unavailable;
  const int status = outcome->status;
  return status == 408 || status == 429 || (status >= 500 && status != 501);
}

std::optional<Duration> retry_after(const platform::HttpReply& reply, Time now) {
  const std::string_view text = reply.header("retry-after");
  if (const auto date = parse_http_date(text)) {
    const Duration wait = *date - parse_http_date(reply.header("date")).value_or(now);
    return std::clamp(wait, Duration{0}, kLongestWait);
  }
  unsigned long long number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || end != text.data() + text.size()) return std::nullopt;
  if (ec == std::errc::result_out_of_range || number > 3600) return kLongestWait;
  return std::chrono::seconds(number);
}

Duration backoff(int attempt, double jitter) {
  const int doublings = std::clamp(attempt - 1, 0, 10);
  const Duration pause = std::min(kFirstPause * (1 << doublings), kLongestPause);
  const double kept = 1 - std::clamp(jitter, 0.0, 1.0) / 2;
  return std::chrono::round<Duration>(std::chrono::duration<double, std::milli>(pause) * kept);
}

}  // namespace runneriq::gitlab
