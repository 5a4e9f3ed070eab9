// Numbers of the command line.
#pragma once

#include "core/result.hpp"

#include <cstdint>
#include <string_view>

namespace runneriq::cli {

// Ids of GitLab: positive, of 64 bit. Error: invalid_argument; `what` begins its sentence ("--pipeline").
Result<std::int64_t> parse_id(std::string_view what, std::string_view text);

}  // namespace runneriq::cli
