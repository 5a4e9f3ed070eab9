// From argv to an Invocation. The only place that knows CLI11.
#pragma once

#include "cli/command.hpp"
#include "core/result.hpp"

#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace runneriq::cli {

struct Answer {
  std::string text;  // help or version, for stdout
};

// Error: invalid_argument, with the bad word, a suggestion where one is near, and how to get help.
Result<std::variant<Invocation, Answer>> parse_command_line(std::span<const std::string_view> words);

}  // namespace runneriq::cli
