#include "scheduler/carbon_assignment.hpp"

#include "core/printable.hpp"

#include <cmath>
#include <cstdio>

namespace runneriq::scheduler {
namespace {

constexpr std::size_t kLongestZone = 40;

std::string in_digits(double number, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

// "95 g/kWh", "9.5 g/kWh".
std::string words_of(carbon::Intensity intensity) {
  const double number = intensity.g_per_kwh();
  return in_digits(number, number < 10 ? 1 : 0) + " g/kWh";
}

// "0.10 g", "0.0012 g".
std::string words_of_grams(double grams) {
  return in_digits(grams, grams < 0.01 ? 4 : 2) + " g";
}

std::string words_of_zone(const CarbonSource& source) {
  return printable(source.zone.value(), kLongestZone);
}

std::string chosen_words(const FleetSnapshot& fleet, const RunnerCarbon& chosen) {
  const CarbonSource source = carbon_source(fleet, chosen.runner);
  if (chosen.intensity) {
    return words_of(*chosen.intensity) + " in " + words_of_zone(source) + " (" +
           std::string(to_text(source.rung)) + "), " + words_of_grams(chosen.grams);
  }
  if (source.zone.value().empty()) return "its zone, so its carbon, is not known";
  return "its carbon in " + words_of_zone(source) + " is not known";
}

std::string saved_words(double percent) {
  const long whole = std::lround(percent);
  if (whole == 0) return "as much";
  return std::to_string(std::labs(whole)) + " % " + (whole > 0 ? "saved" : "more");
}

std::string fifo_words(const AssignmentCarbon& carbon) {
  if (!carbon.fifo.intensity) return "FIFO's expectation is not known";
  std::string words =
      "FIFO's expectation " + words_of(*carbon.fifo.intensity) + ", " + words_of_grams(carbon.fifo.grams);
  if (carbon.saved_percent) words += ": " + saved_words(*carbon.saved_percent);
  return words;
}

}  // namespace

CarbonSource carbon_source(const FleetSnapshot& fleet, std::size_t runner) {
  CarbonSource source{.zone = fleet.runners[runner].zone};
  const carbon::Outlook* const outlook = fleet.carbon ? fleet.carbon->of(source.zone) : nullptr;
  if (outlook == nullptr) return source;
  const carbon::OutlookSlot& now = outlook->now();
  source.rung = now.rung;
  if (now.source < outlook->sources.size()) source.source = outlook->sources[now.source];
  source.age = now.age;
  source.estimated = now.estimated;
  return source;
}

std::string carbon_words(const FleetSnapshot& fleet, const AssignmentCarbon& carbon) {
  return chosen_words(fleet, carbon.chosen) + "; " + fifo_words(carbon);
}

}  // namespace runneriq::scheduler
