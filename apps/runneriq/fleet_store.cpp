#include "apps/runneriq/fleet_store.hpp"

#include "platform/digest.hpp"

namespace runneriq::app {
Result<scheduler::FleetState*> FleetStore::state() {
  return state_.get(log_, [this] { return scheduler::FleetState::open({.path = path_}); });
}

Result<scheduler::AuditTrailFile*> FleetStore::trail() {
  return trail_.get(log_, [this] {
    return scheduler::AuditTrailFile::open({.path = path_, .digest = platform::sha256_hex});
  });
}

Result<scheduler::SteeringState*> FleetStore::steering() {
  return steering_.get(log_, [this] { return scheduler::SteeringState::open({.path = path_}); });
}

Result<void> FleetStore::claim_loop() {
  auto claim = scheduler::LoopClaim::take(path_);
  if (!claim) return fail(std::move(claim.error()));
  claim_.emplace(std::move(*claim));
  if (const auto opened = state(); !opened && opened.error().code == Errc::newer_schema) {
    return fail(opened.error());
  }
  return {};
}

Result<scheduler::Recollection> FleetStore::recall(Time now) {
  auto opened = state();
  if (!opened) return fail(std::move(opened.error()));
  return (*opened)->recall(now);
}

Result<std::vector<scheduler::JobHistory>> FleetStore::histories(
    std::span<const scheduler::HistoryKey> keys) {
  auto opened = state();
  if (!opened) return fail(std::move(opened.error()));
  return (*opened)->histories(keys);
}

Result<std::vector<scheduler::HeardJob>> FleetStore::finished_after(std::int64_t number, Time since,
                                                                    std::size_t most) {
  auto opened = state();
  if (!opened) return fail(std::move(opened.error()));
  return (*opened)->finished_after(number, since, most);
}

Result<void> FleetStore::remember(const scheduler::Observation& observation, Time now) {
  auto opened = state();
  if (!opened) return fail(std::move(opened.error()));
  return (*opened)->remember(observation, now);
}

Result<void> FleetStore::append(const scheduler::AuditEntry& entry) {
  return append_all({&entry, 1});
}

Result<void> FleetStore::append_all(std::span<const scheduler::AuditEntry> entries) {
  auto opened = trail();
  if (!opened) return fail(std::move(opened.error()));
  return (*opened)->append_all(entries);
}

Result<void> FleetStore::read(const std::function<bool(const scheduler::AuditRecord&)>& take) {
  auto opened = trail();
  if (!opened) return fail(std::move(opened.error()));
  return (*opened)->read(take);
}

Result<scheduler::AuditVerdict> FleetStore::verify() {
  auto opened = trail();
  if (!opened) return fail(std::move(opened.error()));
  return (*opened)->verify();
}

Result<scheduler::SteeringMemory> FleetStore::load(Time now) {
  auto opened = steering();
  if (!opened) return fail(std::move(opened.error()));
  return (*opened)->load(now);
}

Result<void> FleetStore::record(const scheduler::LeaseChanges& changes, Time now) {
  auto opened = steering();
  if (!opened) return fail(std::move(opened.error()));
  return (*opened)->record(changes, now);
}

Result<void> FleetStore::record(scheduler::ProposalChanges& changes, Time now) {
  auto opened = steering();
  if (!opened) return fail(std::move(opened.error()));
  return (*opened)->record(changes, now);
}

Result<void> FleetStore::record(const scheduler::TrustRecord& trust) {
  auto opened = steering();
  if (!opened) return fail(std::move(opened.error()));
  return (*opened)->record(trust);
}

Result<std::vector<scheduler::Proposal>> FleetStore::proposals(Time now) {
  auto opened = steering();
  if (!opened) return fail(std::move(opened.error()));
  return (*opened)->proposals(now);
}

Result<std::vector<scheduler::Pool>> FleetStore::pools(std::span<const scheduler::Pool> seen_now, Time now) {
  auto opened = steering();
  if (!opened) return fail(std::move(opened.error()));
  return (*opened)->pools(seen_now, now);
}

}  // namespace runneriq::app
