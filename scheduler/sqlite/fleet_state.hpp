// The fleet's state on SQLite: what the daemon remembers between ticks.
#pragma once

#include "platform/state_file.hpp"
#include "scheduler/fleet_memory.hpp"
#include "scheduler/sqlite/gitlab_numbers.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::scheduler {

struct FleetStateSettings {
  std::string path = "/var/lib/runneriq/state.db";
  Duration patience = std::chrono::seconds{5};  // longest wait of a call for other processes
};

// For one thread of one process; made after fork(), never carried across it. Several processes may
// use one file. Every error means: go on without the state file. See StateFile for what they say.
class FleetState final : public FleetMemory, public DecisionStore {
 public:
  static Result<FleetState> open(FleetStateSettings settings);

  [[nodiscard]] Result<Recollection> recall(Time now) override;
  // Runs of the 30 days up to the moment of the last recall() or remember() count.
  [[nodiscard]] Result<std::vector<JobHistory>> histories(std::span<const HistoryKey> keys) override;
  // See finished_jobs.hpp.
  [[nodiscard]] Result<std::vector<HeardJob>> finished_after(std::int64_t number, Time since,
                                                             std::size_t most);
  [[nodiscard]] Result<void> remember(const Observation& observation, Time now) override;

  [[nodiscard]] Result<void> keep(std::span<const KeptDecision> decisions) override;
  [[nodiscard]] Result<KeptDecision> decision(const GitLabUrl& gitlab, JobId job) override;

  // What was done to the file so that it can be used, as sentences for the log.
  [[nodiscard]] const std::vector<std::string>& notices() const { return file_.notices(); }

 private:
  explicit FleetState(platform::StateFile file) : file_(std::move(file)) {}

  using View = std::function<Result<void>(platform::Database&, const GitLabNumbers&)>;
  Result<void> look(const View& view);

  platform::StateFile file_;
  std::optional<Time> now_;
};

// What is removed of each table at most in one call, so that none takes long however old the file is.
inline constexpr int kPrunedPerCall = 2'000;

}  // namespace runneriq::scheduler
