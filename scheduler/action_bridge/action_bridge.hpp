// The one writer: brings runners' tags to what the leases say, by GET, PUT, GET.
#pragma once

#include "scheduler/lease_tags.hpp"
#include "scheduler/steering.hpp"

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace runneriq::scheduler {

// At most so many changes a minute that are no reverts, over all GitLabs.
class WriteBudget {
 public:
  explicit WriteBudget(int per_minute) : per_minute_(per_minute) {}
  [[nodiscard]] int left(const Moment& now);
  void take(const Moment& now);

 private:
  int per_minute_;
  std::vector<Duration> taken_;  // steady; within the last minute
};

// Beside what reads and writes GitLab all may be missing.
struct BridgePorts {
  std::map<GitLabUrl, gitlab::RunnerTagAccess*> gitlabs;  // not null
  SteeringStore* store = nullptr;                         // null: there is no state, so only reverts
  AuditSink* audit = nullptr;                             // null: as above
  std::function<Moment()> now;
  std::function<bool()> stopped_by_kill_switch;  // the file is there: no cuts, but reverts
  WriteBudget* budget = nullptr;                 // null: no limit
  // A revert that is owed for longer, with GitLab reachable, has failed: two polls.
  Duration revert_limit = std::chrono::seconds{60};
};

// What the bridge remembers of runners between rounds; may be lost at any time.
struct BridgeMemory {
  struct Over {
    std::string because;
    std::optional<JobKey> job;
  };
  // Of a write whose outcome was never learned. Should the users' tags turn into those that it held, it
  // arrived late and undid what a person had done since.
  struct LateWrite {
    TagSet users;    // users' tags of the write
    TagSet seen;     // as last read
    Duration until;  // steady
  };
  // Why leases have ended: the reason of the reverts that follow.
  void explain(const LeaseChanges& changes);
  void forget(const RunnerKey& runner);

  std::map<RunnerKey, Over> over;              // why its last lease ended
  std::map<RunnerKey, Duration> owed;          // a revert, since then (steady)
  std::map<RunnerKey, LateWrite> late_writes;  // that may yet come
};

// A round of reading and writing, over runners that may need it.
struct BridgeRound {
  std::vector<SteeringStep> steps;
  std::vector<Breach> breaches;
  std::vector<std::string> sentences;
  std::vector<RunnerKey> unread;  // could not be read: nothing is known of them
  std::vector<RunnerKey> gone;    // GitLab knows no such runner
  std::vector<RunnerKey> owed;    // differ from what the leases say, after all writes
  // Something was to be given back there and something else to be changed: only the first was done.
  std::vector<RunnerKey> halfway;
  int writes = 0;
};

// Laws 1, 2, 5, 6, 9 and 11 of architecture.md section 6 are kept here.
class ActionBridge {
 public:
  // `book` and what `ports` point to must outlive this.
  ActionBridge(BridgePorts ports, LeaseBook& book);

  // Reads the runners, and writes those that differ from what the book's leases say, reverts first. Verifies
  // with a further read. Leases were recorded before (see Steering). In advisory mode there are only
  // reverts, and where one of them is not certain nothing is changed in that GitLab: a pool's open
  // runner might not be open.
  BridgeRound settle(std::span<const RunnerKey> runners, TrustMode mode, Time deadline);

  [[nodiscard]] BridgeMemory& memory() { return memory_; }

 private:
  BridgePorts ports_;
  LeaseBook& book_;
  BridgeMemory memory_;
};

}  // namespace runneriq::scheduler
