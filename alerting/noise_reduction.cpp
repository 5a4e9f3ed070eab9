#include "alerting/noise_reduction.hpp"

#include "alerting/noise_stages.hpp"

#include <utility>

namespace runneriq::alerting {

struct NoiseReduction::State : NoiseStages {
  using NoiseStages::NoiseStages;
};

NoiseReduction::NoiseReduction(NoiseRules rules, const TimeZones& zones, NoiseSink& sink)
    : state_(std::make_unique<State>(std::move(rules), zones, sink)) {}
NoiseReduction::~NoiseReduction() = default;
NoiseReduction::NoiseReduction(NoiseReduction&&) noexcept = default;

std::int64_t NoiseReduction::take(Event event, Time now) {
  return state_->take(std::move(event), now);
}

void NoiseReduction::advance(Time now) {
  state_->advance(now);
}

void NoiseReduction::finish(Time now) {
  state_->finish(now);
}

std::optional<Time> NoiseReduction::due() const {
  return state_->due();
}

void NoiseReduction::test_ended(const Event& job, std::string_view test, bool failed) {
  state_->test_ended(job, test, failed);
}

void NoiseReduction::set_silences(std::vector<Silence> silences) {
  state_->set_silences(std::move(silences));
}

void NoiseReduction::set_rules(NoiseRules rules) {
  state_->set_rules(std::move(rules));
}

const Totals& NoiseReduction::totals() const {
  return state_->totals();
}

std::vector<FlakyRecord> NoiseReduction::flaky(std::size_t most, Time now) const {
  return state_->flaky(most, now);
}

std::vector<NoiseReduction::Firing> NoiseReduction::firing() const {
  return state_->firing();
}

std::vector<NoiseReduction::Kept> NoiseReduction::take_changes() {
  return state_->take_changes();
}

std::vector<std::string> NoiseReduction::restore(const std::vector<Kept>& rows) {
  return state_->restore(rows);
}

}  // namespace runneriq::alerting
