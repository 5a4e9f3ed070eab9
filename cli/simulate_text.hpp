// What `simulate` found, for people: made from its document.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace runneriq::cli {

std::string simulation_text(const nlohmann::json& document);
// Waits by class, per load and policy, on a logarithmic axis: bars are means, ticks 95th percentiles.
std::string simulation_svg(const nlohmann::json& document);

}  // namespace runneriq::cli
