// The flags of runneriq-gitlab-sim: the one table that its help and its manual page are made from.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace runneriq::app {

inline constexpr std::string_view kSimulatorPurpose =
    "a small GitLab on loopback for demonstrations and tests";

struct SimulatorFlag {
  std::string_view name;
  std::string_view value;    // "" = a switch
  std::string_view summary;  // for help
  std::string_view text;     // for the manual page
};
std::span<const SimulatorFlag> simulator_flags();

std::string simulator_help();
// runneriq-gitlab-sim(1) as roff; no part of the program.
std::string simulator_man_page();

}  // namespace runneriq::app
