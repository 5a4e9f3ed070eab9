#include "apps/runneriq/carbon_file.hpp"

namespace runneriq::app {

using carbon::CarbonState;

Result<CarbonState*> CarbonFile::state() {
  return state_.get(log_, [this] { return CarbonState::open({.path = path_}); });
}

Result<std::vector<carbon::ZoneRecord>> CarbonFile::records(Time now) {
  return with([&](CarbonState& state) { return state.records(now); });
}

Result<std::vector<carbon::Channel>> CarbonFile::channels() {
  return with([](CarbonState& state) { return state.channels(); });
}

Result<void> CarbonFile::keep(const carbon::ChannelKey& key, carbon::Want want,
                              const carbon::ProviderAnswer& answer, Time now) {
  return with([&](CarbonState& state) { return state.keep(key, want, answer, now); });
}

Result<void> CarbonFile::keep(const carbon::Channel& channel) {
  return with([&](CarbonState& state) { return state.keep(channel); });
}

Result<carbon::Series> CarbonFile::samples(const carbon::ZoneKey& zone, const carbon::Basis& basis, Time from,
                                           Time to) {
  return with([&](CarbonState& state) { return state.samples(zone, basis, from, to); });
}

Result<void> CarbonFile::keep(std::span<const carbon::DecisionCarbon> decisions) {
  return with([&](CarbonState& state) { return state.keep(decisions); });
}

Result<std::optional<carbon::DecisionCarbon>> CarbonFile::decision(const GitLabUrl& gitlab, JobId job) {
  return with([&](CarbonState& state) { return state.decision(gitlab, job); });
}

Result<void> CarbonFile::keep_deferred(std::span<const carbon::Deferral> deferrals) {
  return with([&](CarbonState& state) { return state.keep_deferred(deferrals); });
}

Result<std::optional<Time>> CarbonFile::deferred_since(const GitLabUrl& gitlab, JobId job) {
  return with([&](CarbonState& state) { return state.deferred_since(gitlab, job); });
}

Result<std::vector<std::size_t>> CarbonFile::append(std::span<const carbon::LedgerRow> rows) {
  return with([&](CarbonState& state) { return state.append(rows); });
}

Result<void> CarbonFile::read(const carbon::LedgerQuery& query,
                              const std::function<bool(const carbon::LedgerRow&)>& take) {
  return with([&](CarbonState& state) { return state.read(query, take); });
}

Result<bool> CarbonFile::holds(const GitLabUrl& gitlab, JobId job) {
  return with([&](CarbonState& state) { return state.holds(gitlab, job); });
}

Result<void> CarbonFile::restate(std::span<const carbon::RestatedJob> jobs) {
  return with([&](CarbonState& state) { return state.restate(jobs); });
}

Result<std::vector<carbon::Deferral>> CarbonFile::deferrals() {
  return with([](CarbonState& state) { return state.deferrals(); });
}

Result<void> CarbonFile::keep(std::span<const carbon::Deferral> deferrals) {
  return with([&](CarbonState& state) { return state.keep(deferrals); });
}

}  // namespace runneriq::app
