// Dates of HTTP headers.
#pragma once

#include "core/time.hpp"

#include <optional>
#include <string_view>

namespace runneriq::gitlab {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, IMF-fixdate, the only form that is still sent).
std::optional<Time> parse_http_date(std::string_view text);

}  // namespace runneriq::gitlab
