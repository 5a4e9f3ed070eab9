// A daemon: the writer under test over ports to the world, with its own disk, clock and faults.
#pragma once

#include "scheduler/action_bridge/bridge_steering.hpp"
#include "tests/simulation/disk.hpp"
#include "tests/simulation/world.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler::sim {

inline constexpr std::string_view kGitLab{"https://gitlab.example.com"};
inline constexpr Duration kSweep = std::chrono::seconds{30};
inline constexpr Duration kTtl = std::chrono::minutes{5};
// A call that was given up arrives within this, or never.
inline constexpr Duration kLongestCall = std::chrono::minutes{5};
inline constexpr int kCutsPerMinute = 3;
inline constexpr std::size_t kMostCut = 4;

// The process is gone. Thrown by effects through the code under test.
struct Crash {};

// Faults of the wiring: what a careless change of the writer would do. Each must be caught.
enum class Mutant {
  none,
  forgets_intents,
  audit_lies,
  cached_get,
  ghost_runner_covers_all_pools,
  cuts_fleet_wide,
  cuts_before_opens,
  no_phantom_rule,
  no_sweep,
  clock_stands_still,
  verification_lies,
  marker_stripped,
  leases_refreshed_at_start,
  no_budget,
  writes_in_advisory,
  drops_users_tag,
  no_left_alone,
  touches_managed,
};
inline constexpr int kMutants = 18;

enum class Fault {
  crash_before,
  crash_after,
  stop,         // SIGSTOP for `number` seconds
  edit,         // by a person: `number` = runner * 100 + edit * 10 + which
  other_steps,  // another daemon, from end to end
  // Of the first PUT from there on.
  reply_lost,
  comes_late,  // by `number` seconds
  is_lost,
  is_refused,
  crash_and_late,  // of the process, while the PUT is under way
  // Of the first GET from there on.
  get_fails,
};
inline constexpr int kFaults = 11;

struct Arm {
  int effect = 0;  // of the next step
  Fault fault = Fault::crash_before;
  int number = 0;
};

enum class Look { fresh, stale, no_jobs, nothing };

class Daemon final : public gitlab::RunnerTagAccess {
 public:
  Daemon(World& world, int number, Mutant mutant);

  void start();  // a new process over what the disk holds
  void kill() { steering_.reset(); }
  // Starts, if there is no process. True: a step without any disturbance.
  bool step(Look look);
  bool revert_all();
  void decide_proposals(Verdict verdict);
  void set_mode(std::optional<TrustMode> mode);  // none: without --execute; a new process

  void set_clock(Duration by);  // the wall clock
  [[nodiscard]] Moment now() const;
  [[nodiscard]] bool executes() const { return executes_; }
  [[nodiscard]] bool is_alive() const { return steering_ != nullptr; }
  [[nodiscard]] int effects() const { return effect_; }  // of this step
  [[nodiscard]] const SteeringReport& report() const { return report_; }

  std::vector<Result<gitlab::RunnerTags>> read(std::span<const RunnerId> runners, Time deadline) override;
  std::vector<gitlab::WriteOutcome> write(std::span<const gitlab::TagWrite> writes, Time deadline) override;

  Disk disk;
  std::vector<Arm> arms;
  std::function<void()> other_steps;
  bool killed_by_file = false;
  bool alone = true;  // has the only memory of this GitLab
  DiskImage saved;

 private:
  struct Get {
    TagSet tags;
    std::uint64_t version = 0;
    long step = -1;
  };
  void effect(const std::string& what, const std::function<void()>& act);
  void strike(bool before);
  std::optional<Arm> take_arm(std::initializer_list<Fault> faults);
  bool run(const std::function<void()>& act);
  gitlab::WriteOutcome send(const gitlab::TagWrite& write, Time deadline);
  gitlab::WriteOutcome answered(const Put& put);
  gitlab::TagWrite mutated(gitlab::TagWrite write);
  void judge(const Put& put, bool in_time);
  void judge_change(const Put& put, const TagSet& changes);
  void judge_settled();
  void judge_bound(const SimRunner& runner, const Lease& lease);
  void leave_alone();
  [[nodiscard]] FleetSnapshot snapshot() const;
  [[nodiscard]] SteeringSettings settings() const;
  [[nodiscard]] std::optional<Lease> lease_on_disk(RunnerId runner, const std::string& tag) const;

  World& world_;
  int number_;
  Mutant mutant_;
  TrustMode mode_ = TrustMode::autonomous;
  bool executes_ = true;
  std::unique_ptr<BridgeSteering> steering_;
  SteeringReport report_;
  int effect_ = 0;
  long steps_ = 0;
  bool disturbed_ = false;  // this step
  bool fresh_ = false;      // the snapshot of this step
  int clean_in_a_row_ = 0;
  Time last_step_;
  Duration wall_offset_{};
  bool was_set_back_ = false;  // since the last step that got to its end
  Time bound_from_;
  std::map<RunnerId, Get> gets_, first_gets_;
  std::map<RunnerId, int> intents_used_;
  std::map<RunnerId, TagSet> believed_;  // by a mutant
  std::vector<gitlab::TagWrite> postponed_;
  std::vector<Duration> changes_;  // steady
  std::optional<FleetSnapshot> last_;
  std::optional<Moment> frozen_;
};

}  // namespace runneriq::scheduler::sim
