// What steering keeps, on SQLite: leases, how runners are at rest, proposals, trust, pools.
#pragma once

#include "platform/state_file.hpp"
#include "scheduler/sqlite/fleet_state.hpp"
#include "scheduler/sqlite/gitlab_numbers.hpp"
#include "scheduler/steering.hpp"

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::scheduler {

// In the same file as FleetState; for one thread of one process, never carried across fork(). Several
// processes may use one file: what the command line or the service decides is seen by the daemon.
class SteeringState final : public SteeringStore {
 public:
  static Result<SteeringState> open(FleetStateSettings settings);

  [[nodiscard]] Result<SteeringMemory> load(Time now) override;
  [[nodiscard]] Result<void> record(const LeaseChanges& changes, Time now) override;
  // Errors beside those of the file: conflict, not_found, when a decision comes too late.
  [[nodiscard]] Result<void> record(ProposalChanges& changes, Time now) override;
  [[nodiscard]] Result<void> record(const TrustRecord& trust) override;
  [[nodiscard]] Result<std::vector<Proposal>> proposals(Time now) override;
  [[nodiscard]] Result<std::vector<Pool>> pools(std::span<const Pool> seen_now, Time now) override;

  // What was done to the file so that it can be used, and rows that had to be left out by the last load(), as
  // sentences for the log.
  [[nodiscard]] std::vector<std::string> notices() const;

 private:
  explicit SteeringState(platform::StateFile file) : file_(std::move(file)) {}

  using View = std::function<Result<void>(platform::Database&, GitLabNumbers&)>;
  Result<void> look(const View& view);
  Result<void> change(const View& work);

  platform::StateFile file_;
  std::vector<std::string> damaged_;
};

}  // namespace runneriq::scheduler
