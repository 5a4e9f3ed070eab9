// How the commands `carbon …` write numbers and shades for people.
#pragma once

#include "cli/tick_text.hpp"
#include "core/time.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace runneriq::cli {

// "0.23 g", "12.3 g", "1.50 kg"; negative with a minus. "-" for null.
std::string grams_text(const nlohmann::json& grams);
// "0.58 Wh", "12.3 kWh"
std::string energy_text(double joules);
// "340", "58", "?" for null
std::string intensity_text(const nlohmann::json& g_per_kwh);
// "12.3 %"; "-" for null
std::string percent_text(const nlohmann::json& percent);

// The escape sequence for a shade ("green", "amber", "red"); "" without colour.
std::string_view paint_of_shade(std::string_view shade, Colour colour);

// "2025-03-01 03:00" in UTC.
std::string minute_text(Time time);
// The same of a member of a document that to_text(Time) made; "" for any other.
std::string minute_at(const nlohmann::json& object, const char* key);

}  // namespace runneriq::cli
