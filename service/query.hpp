// The queries of reading routes.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace runneriq::service {

// The first value of that name, decoded; none when it is not there. Error: invalid_argument.
Result<std::optional<std::string>> value_in(std::string_view query, std::string_view name);
// A whole number in lowest..highest. Error: invalid_argument.
Result<std::int64_t> number_in(std::string_view query, std::string_view name, std::int64_t otherwise,
                               std::int64_t lowest, std::int64_t highest);
Result<std::int64_t> whole_number(std::string_view name, std::string_view text, std::int64_t lowest,
                                  std::int64_t highest);
// An RFC 3339 time, or how long ago; the beginning of time when it is not there.
Result<Time> since_in(std::string_view query, Time now);

}  // namespace runneriq::service
