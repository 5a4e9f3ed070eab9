// The documents of `carbon now` and `carbon summary` for people: at most 80 columns where texts allow it,
// colour only on a terminal.
#pragma once

#include "cli/tick_text.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace runneriq::cli {

std::string carbon_now_text(const nlohmann::json& document, Colour colour);
std::string carbon_summary_text(const nlohmann::json& document);

// "average, lifecycle; green below 150, red from 300 g/kWh", of any document of the grid.
std::string basis_line(const nlohmann::json& document);

}  // namespace runneriq::cli
