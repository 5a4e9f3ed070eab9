// The fleet's state file as the commands and the ticks use it: opened when it is first needed, and
// tried again where it could not be.
#pragma once

#include "apps/runneriq/opened_file.hpp"
#include "cli/session.hpp"
#include "core/event_log.hpp"
#include "scheduler/sqlite/audit_trail_file.hpp"
#include "scheduler/sqlite/fleet_state.hpp"
#include "scheduler/sqlite/loop_claim.hpp"
#include "scheduler/sqlite/steering_state.hpp"
#include "scheduler/steering.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::app {

class FleetStore final : public scheduler::FleetMemory,
                         public cli::AuditTrail,
                         public scheduler::AuditSink,
                         public scheduler::SteeringStore {
 public:
  // `log` gets what was done to the file so that it can be used; must outlive this.
  FleetStore(std::string path, EventLog& log) : path_(std::move(path)), log_(log) {}

  [[nodiscard]] const std::string& path() const { return path_; }

  // Errors of all: see StateFile; they mean: go on without.
  [[nodiscard]] Result<scheduler::FleetState*> state();
  [[nodiscard]] Result<scheduler::AuditTrailFile*> trail();
  [[nodiscard]] Result<scheduler::SteeringState*> steering();
  // Further errors: conflict when another process loops on this file; newer_schema: do not begin.
  [[nodiscard]] Result<void> claim_loop();

  [[nodiscard]] Result<scheduler::Recollection> recall(Time now) override;
  [[nodiscard]] Result<std::vector<scheduler::JobHistory>> histories(
      std::span<const scheduler::HistoryKey> keys) override;
  [[nodiscard]] Result<std::vector<scheduler::HeardJob>> finished_after(std::int64_t number, Time since,
                                                                        std::size_t most);
  [[nodiscard]] Result<void> remember(const scheduler::Observation& observation, Time now) override;

  [[nodiscard]] Result<void> append(const scheduler::AuditEntry& entry) override;
  [[nodiscard]] Result<void> append_all(std::span<const scheduler::AuditEntry> entries) override;
  [[nodiscard]] Result<void> read(const std::function<bool(const scheduler::AuditRecord&)>& take) override;
  [[nodiscard]] Result<scheduler::AuditVerdict> verify() override;

  [[nodiscard]] Result<scheduler::SteeringMemory> load(Time now) override;
  [[nodiscard]] Result<void> record(const scheduler::LeaseChanges& changes, Time now) override;
  [[nodiscard]] Result<void> record(scheduler::ProposalChanges& changes, Time now) override;
  [[nodiscard]] Result<void> record(const scheduler::TrustRecord& trust) override;
  [[nodiscard]] Result<std::vector<scheduler::Proposal>> proposals(Time now) override;
  [[nodiscard]] Result<std::vector<scheduler::Pool>> pools(std::span<const scheduler::Pool> seen_now,
                                                           Time now) override;

 private:
  std::string path_;
  EventLog& log_;
  OpenedFile<scheduler::FleetState> state_;
  OpenedFile<scheduler::AuditTrailFile> trail_;
  OpenedFile<scheduler::SteeringState> steering_;
  std::optional<scheduler::LoopClaim> claim_;
};

}  // namespace runneriq::app
