// Steering, as the loop and the commands see it: what is done with a tick's plan. The ports that it
// needs are here, too; the action bridge is the one that uses them.
#pragma once

#include "core/event_log.hpp"
#include "core/moment.hpp"
#include "gitlab/runner_tags.hpp"
#include "scheduler/audit.hpp"
#include "scheduler/fleet_watch.hpp"
#include "scheduler/gate.hpp"
#include "scheduler/leases.hpp"
#include "scheduler/trust.hpp"

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

// ---- ports --------------------------------------------------------------------------------

struct SteeringMemory {
  std::vector<Lease> leases;  // not ended
  std::vector<RestState> at_rest;
  std::vector<Proposal> proposals;  // open or approved, and those decided in the last 90 days
  TrustRecord trust;
  std::int64_t last_lease_id = 0;
};

// What steering keeps in the state file. Every change is durable when it returns.
class SteeringStore {
 public:
  virtual ~SteeringStore() = default;
  [[nodiscard]] virtual Result<SteeringMemory> load(Time now) = 0;
  [[nodiscard]] virtual Result<void> record(const LeaseChanges& changes, Time now) = 0;
  // Gives new proposals their ids.
  [[nodiscard]] virtual Result<void> record(ProposalChanges& changes, Time now) = 0;
  [[nodiscard]] virtual Result<void> record(const TrustRecord& trust) = 0;
  // Decided by others since: the CLI, the service.
  [[nodiscard]] virtual Result<std::vector<Proposal>> proposals(Time now) = 0;
  // Matchers seen in the jobs of the last 7 days; remembers those of now.
  [[nodiscard]] virtual Result<std::vector<Pool>> pools(std::span<const Pool> seen_now, Time now) = 0;
};

// Where the records of intents and outcomes go; durable when it returns.
class AuditSink {
 public:
  virtual ~AuditSink() = default;
  [[nodiscard]] virtual Result<void> append_all(std::span<const AuditEntry> entries) = 0;
};

// ---- what steering did --------------------------------------------------------------------

// One runner's write, or why there was none.
struct SteeringStep {
  enum class Kind { planned, applied, reverted, refused };
  Kind kind = Kind::planned;
  RunnerKey runner;
  std::string description;                  // of the runner
  std::vector<std::string> removed, added;  // our tags
  std::optional<JobKey> job;
  std::string reason;  // one sentence: why it is done, or why it is refused
};

// What a sentence says of a runner whose change outlived its lease: "runner 7" before it, why behind it.
inline constexpr std::string_view kNotAtRest = " could not be brought back to rest for too long: ";

struct SteeringReport {
  TrustMode mode = TrustMode::advisory;  // in force
  std::vector<SteeringStep> steps;
  std::vector<std::string> sentences;  // for the log: phantoms, persons' changes, demotions, trouble
  int writes = 0;                      // PUTs that left
  GatePlan plan;
  std::vector<Lease> leases;        // live after the step
  std::vector<Proposal> proposals;  // open after the step
};

// What people changed or what went wrong, ready for the tick's JSON and for `status`.
class Steering {
 public:
  virtual ~Steering() = default;
  // The snapshot as it would be with nothing withheld or granted: what decisions are made on.
  virtual void put_at_rest(FleetSnapshot& fleet) = 0;
  // Gate, trust, leases, writes. Never fails: trouble is in the report, and leads to reverts.
  virtual SteeringReport step(const Tick& tick) = 0;
  // No tick: GitLab gave nothing to decide on. Leases run out, what is over is reverted.
  virtual SteeringReport step_without_tick() = 0;
  // Everything back to rest, at once; for the end of the program.
  virtual SteeringReport revert_all(std::string_view why) = 0;
};

}  // namespace runneriq::scheduler
