// Time is always std::chrono; text becomes time, and time text, only here.
#pragma once

#include "core/result.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace runneriq {

using Duration = std::chrono::milliseconds;
using Time = std::chrono::sys_time<Duration>;  // UTC

// "30s", "10m", "2h", "1d", "250ms" or plain seconds; not negative, at most ten years.
Result<Duration> parse_duration(std::string_view text);

// The shortest text that parse_duration() reads back as the same value: "90s", "10m", "250ms".
std::string to_text(Duration duration);

// For people, rounded to seconds, at most two units: "0 s", "45 s", "4 min 10 s", "2 h 5 min".
// A negative duration reads as "0 s".
std::string to_reading(Duration duration);

// RFC 3339 ("2025-03-01T03:00:00.123+02:00") and the form of GitLab's webhooks
// ("2021-01-13 17:57:05 UTC", "2021-01-13 17:57:05 +0200"); years 0 to 9999. Digits behind the
// milliseconds are dropped, a leap second reads as the second after it. Error: invalid_argument.
Result<Time> parse_time(std::string_view text);

// RFC 3339 in UTC with milliseconds when there are any: "2025-03-01T03:00:00Z".
std::string to_text(Time time);

}  // namespace runneriq
