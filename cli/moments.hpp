// Moments and stretches of time of the command line.
#pragma once

#include "cli/command.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

#include <optional>
#include <string_view>

namespace runneriq::cli {

// An RFC 3339 time, or an age such as 2h; none when the flag was not given. Error: invalid_argument.
Result<std::optional<Time>> moment_at(const Invocation& invocation, std::string_view flag, Time now);

struct Stretch {
  Time from, to;  // from ≤ t < to
};
// "FROM..TO", each an RFC 3339 time or a date in UTC; a date behind the dots counts with its whole day.
// Error: invalid_argument; `flag` begins its sentence.
Result<Stretch> parse_stretch(std::string_view flag, std::string_view text);

}  // namespace runneriq::cli
