#include "tests/evaluation/hindsight.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace runneriq::evaluation {
namespace {

using carbon::Series;
using carbon::Step;
using carbon::ZoneKey;
using carbon::ZoneRecord;

constexpr Duration kRemembered = std::chrono::days{28};

// The steps that begin within [from, to].
std::vector<Step> beginning_within(const Series& series, Time from, Time to) {
  const auto& steps = series.steps();
  const auto begins_before = [](const Step& step, Time when) { return step.from < when; };
  const auto first = std::lower_bound(steps.begin(), steps.end(), from, begins_before);
  return {first, std::lower_bound(first, steps.end(), to + Duration{1}, begins_before)};
}

ZoneRecord record_of(const ZoneKey& zone) {
  ZoneRecord record;
  record.source = "recording";
  record.zone = zone;
  return record;
}

}  // namespace

PerfectForecast::PerfectForecast(const Intensities& truth, const std::vector<ZoneKey>& zones)
    : zones_(zones) {
  for (const ZoneKey& zone : zones) {
    records_.push_back(record_of(zone));
    records_.back().forecast = truth.at(zone);
  }
}

carbon::GridOutlook PerfectForecast::at(Time now, Duration horizon) {
  for (ZoneRecord& record : records_) record.forecast_made = now;
  return carbon::grid_outlook(zones_, records_, {}, now, horizon);
}

PastSamples::PastSamples(const Intensities& truth, const std::vector<ZoneKey>& zones, Duration age)
    : truth_(truth), zones_(zones), age_(age) {}

// Samples are told with the start of their hour.
carbon::GridOutlook PastSamples::at(Time now, Duration horizon) {
  look(std::chrono::floor<std::chrono::hours>(now - age_));
  return carbon::grid_outlook(zones_, records_, {}, now, horizon);
}

void PastSamples::look(Time newest) {
  if (newest_ == newest) return;
  newest_ = newest;
  records_.clear();
  for (const ZoneKey& zone : zones_) {
    records_.push_back(record_of(zone));
    std::vector<Step> steps = beginning_within(truth_.at(zone), newest - kRemembered, newest);
    if (!steps.empty()) records_.back().latest = steps.back();
    records_.back().past = Series{std::move(steps)};
  }
}

double grams(const Series& truth, Time from, Time to) {
  const auto mean = truth.mean(from, to);
  if (!mean) throw std::out_of_range{"nothing is recorded at " + runneriq::to_text(from)};
  return mean->g_per_kwh() * std::chrono::duration<double, std::ratio<3600>>(to - from).count();
}

}  // namespace runneriq::evaluation
