// Dates of HTTP headers.
#pragma once

#include "core/time.hpp"
#include "platform/http_client.hpp"

#include <optional>
#include <string_view>

namespace runneriq::platform {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, IMF-fixdate, the only form that is still sent).
std::optional<Time> parse_http_date(std::string_view text);

// How long the reply asks to wait (Retry-After, in seconds or as a date, which counts from the reply's own
// Date where there is one), 0..`longest`; none when it does not, or not in these forms.
std::optional<Duration> retry_after(const HttpReply& reply, Time now, Duration longest);

}  // namespace runneriq::platform
