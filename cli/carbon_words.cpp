#include "cli/carbon_words.hpp"

#include "cli/json_text.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <cstdio>

namespace runneriq::cli {
namespace {

using nlohmann::json;

constexpr double kJoulesPerWattHour = 3600;
constexpr std::size_t kMinuteLength = std::string_view{"2025-03-01T03:00"}.size();

std::string formatted(const char* format, double number) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), format, number);
  return text.data();
}

// Three digits that count, of what is below 1000.
std::string three_digits(double number) {
  const double size = std::abs(number);
  return formatted(size < 9.995 ? "%.2f" : size < 99.95 ? "%.1f" : "%.0f", number);
}

std::string with_unit(double number, std::string_view unit, std::string_view thousands) {
  if (std::abs(number) < 999.5) return three_digits(number) + " " + std::string(unit);
  return three_digits(number / 1000) + " " + std::string(thousands);
}

}  // namespace

std::string grams_text(const json& grams) {
  return grams.is_number() ? with_unit(grams.get<double>(), "g", "kg") : "-";
}

std::string energy_text(double joules) {
  return with_unit(joules / kJoulesPerWattHour, "Wh", "kWh");
}

std::string intensity_text(const json& g_per_kwh) {
  return g_per_kwh.is_number() ? formatted("%.0f", g_per_kwh.get<double>()) : "?";
}

std::string percent_text(const json& percent) {
  return percent.is_number() ? formatted("%.1f %%", percent.get<double>()) : "-";
}

std::string_view paint_of_shade(std::string_view shade, Colour colour) {
  if (colour == Colour::off) return "";
  if (shade == "green") return "\x1b[32m";
  if (shade == "amber") return "\x1b[33m";
  return shade == "red" ? "\x1b[31m" : "";
}

std::string minute_text(Time time) {
  std::string text = to_text(time).substr(0, kMinuteLength);
  if (text.size() == kMinuteLength) text[text.find('T')] = ' ';
  return text;
}

std::string minute_at(const json& object, const char* key) {
  const auto time = parse_time(text_at(object, key));
  return time ? minute_text(*time) : "";
}

}  // namespace runneriq::cli
