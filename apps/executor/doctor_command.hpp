#pragma once

#include <span>
#include <string_view>

namespace runneriq::app {

// `runneriq-executor doctor`: findings on standard output, exit code 1 when one failed, 2 when
// the words are wrong. With --config-toml it prints the blocks for config.toml instead.
int doctor_command(std::span<const std::string_view> arguments,
                   std::span<const std::string_view> environment);

}  // namespace runneriq::app
