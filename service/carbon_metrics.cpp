#include "service/carbon_metrics.hpp"

#include "core/printable.hpp"

#include <chrono>
#include <string>

namespace runneriq::service {
namespace {

using enum MetricType;
using carbon::Rung;

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::string label(const carbon::ZoneKey& zone) {
  return printable(zone.value(), 60);
}

template <class Put>
void for_known_zones(const carbon::GridOutlook& grid, Put put) {
  std::size_t zones = 0;
  for (const auto& [zone, outlook] : grid.zones) {
    if (outlook.slots.empty() || !outlook.now().intensity) continue;
    if (++zones > kMostZonesMeasured) return;
    put(zone, outlook.now());
  }
}

void put_grid(PrometheusText& text, const carbon::GridOutlook& grid) {
  const std::string basis = to_text(grid.basis);
  text.family("runneriq_carbon_intensity_g_per_kwh", gauge,
              "Carbon intensity of each zone now, by what it is known by.");
  for_known_zones(grid, [&](const carbon::ZoneKey& zone, const carbon::OutlookSlot& now) {
    text.sample(now.intensity->g_per_kwh(),
                {{"zone", label(zone)}, {"rung", to_text(now.rung)}, {"basis", basis}});
  });
  text.family("runneriq_carbon_data_age_seconds", gauge,
              "Age of the sample or forecast that each zone is known by.");
  for_known_zones(grid, [&](const carbon::ZoneKey& zone, const carbon::OutlookSlot& now) {
    if (now.rung != Rung::live && now.rung != Rung::forecast) return;
    text.sample(seconds(now.age), {{"zone", label(zone)}});
  });
}

void put_ended(PrometheusText& text, const carbon::Sums& ended) {
  text.family("runneriq_carbon_grams_total", counter, "Grams of CO2e of jobs that have ended.");
  text.sample(ended.grams);
  text.family("runneriq_carbon_saved_grams", gauge,
              "Grams that jobs have saved against their home zone at submit; may sink.");
  text.sample(ended.saved_by_time, {{"part", "time"}});
  text.sample(ended.saved_by_place, {{"part", "place"}});
  if (const auto rate = ended.green_routing_rate()) {
    text.family("runneriq_carbon_green_routing_ratio", gauge,
                "Share of jobs that emitted less than FIFO's expectation.");
    text.sample(*rate);
  }
  text.family("runneriq_carbon_jobs_deferred_total", counter, "Jobs that have ended whose hour was chosen.");
  text.sample(ended.deferred);
}

void put_failures(PrometheusText& text, const CarbonState& state) {
  if (state.fetch_failures.empty()) return;
  text.family("runneriq_carbon_fetch_failures_total", counter,
              "Calls of a source that gave nothing usable, by source and zone.");
  std::size_t channels = 0;
  for (const auto& [key, count] : state.fetch_failures) {
    if (++channels > kMostZonesMeasured) return;
    text.sample(static_cast<double>(count),
                {{"source", printable(key.source, 60)}, {"zone", label(key.zone)}});
  }
}

}  // namespace

void put_carbon(PrometheusText& text, const CarbonKnowledge& knowledge) {
  if (!knowledge.grid) return;
  put_grid(text, *knowledge.grid);
  put_ended(text, knowledge.state.ended);
  put_failures(text, knowledge.state);
}

}  // namespace runneriq::service
