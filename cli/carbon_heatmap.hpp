// The document of `carbon forecast` as a map in the terminal: a row per zone, a cell per hour.
#pragma once

#include "cli/tick_text.hpp"
#include "core/time.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <functional>
#include <string>

namespace runneriq::cli {

// What is added to UTC where the person is, at a moment; empty: only UTC is shown.
using LocalOffset = std::function<std::chrono::minutes(Time)>;

// At most 80 columns. Columns are hours that pass, so days on which clocks change have 23 or 25 of them.
// Each cell has a sign for its intensity, and with colour a background; without colour a shade.
std::string carbon_forecast_text(const nlohmann::json& document, Colour colour, const LocalOffset& offset);

}  // namespace runneriq::cli
