// A daemon's disk: the state file and the audit trail. What was recorded when the process dies is there;
// a record under way is there or not, by where the crash falls.
#pragma once

#include "scheduler/steering.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace runneriq::scheduler::sim {

// What a disk holds: copied, it is an image that may be put back later.
struct DiskImage {
  std::map<std::int64_t, Lease> leases;
  std::map<RunnerKey, RestState> at_rest;
  std::vector<Proposal> proposals;
  TrustRecord trust;
  std::set<Pool> pools;
  std::int64_t last_lease = 0;
};

class Disk final : public SteeringStore, public AuditSink {
 public:
  // Runs an effect: gives it its number, and dies before or after it where that is asked for.
  using Effect = std::function<void(const std::string& what, const std::function<void()>& act)>;
  explicit Disk(Effect effect) : effect_(std::move(effect)) {}

  Result<SteeringMemory> load(Time now) override;
  Result<void> record(const LeaseChanges& changes, Time now) override;
  Result<void> record(ProposalChanges& changes, Time now) override;
  Result<void> record(const TrustRecord& trust) override;
  Result<std::vector<Proposal>> proposals(Time now) override;
  Result<std::vector<Pool>> pools(std::span<const Pool> seen_now, Time now) override;
  Result<void> append_all(std::span<const AuditEntry> entries) override;

  DiskImage image;
  std::map<std::int64_t, int> intents;         // in the audit trail, by runner
  std::map<std::int64_t, Time> true_renewals;  // of leases, by the world's clock
  std::function<Time()> true_time;
  bool store_fails = false, audit_fails = false;

  // Faults of wiring, for mutants.
  bool forgets_leases = false, forgets_audit = false, refreshes_leases = false, hides_leases = false;

 private:
  Result<void> durable(const std::string& what, bool fails, const std::function<void()>& act);
  Effect effect_;
};

}  // namespace runneriq::scheduler::sim
