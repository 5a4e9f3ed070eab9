// A simulated runner host: what it takes from GitLab, and what it runs.
#pragma once

#include "gitlab/runner.hpp"
#include "scheduler/admission.hpp"
#include "simulation/fleet_model.hpp"
#include "simulation/job.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace runneriq::simulation {

class Host {
 public:
  Host(std::size_t index, const FleetModel& fleet, const scheduler::Lanes& lanes, Duration phase);

  [[nodiscard]] std::size_t index() const { return index_; }
  [[nodiscard]] const gitlab::RunnerTraits& traits() const { return traits_; }  // with the tags of now
  [[nodiscard]] bool takes_special() const { return takes_special_; }
  [[nodiscard]] int free_slots() const { return queue_.slots - static_cast<int>(queue_.running.size()); }
  // As GitLab counts it: what the host has accepted runs.
  [[nodiscard]] int accepted() const { return static_cast<int>(queue_.running.size() + queue_.held.size()); }
  [[nodiscard]] int most_accepted() const { return queue_.slots + window_; }
  [[nodiscard]] bool asks_for_jobs() const { return accepted() < most_accepted(); }
  // When it polls next, not before `now`, or strictly after it.
  [[nodiscard]] Duration poll_from(Duration now) const;
  [[nodiscard]] Duration poll_after(Duration now) const;

  // Withholds the lanes after `cut`; none: nothing.
  void put_cut(std::optional<std::size_t> cut);
  // Holds the job; release() then says what begins.
  void accept(std::size_t job, const SimulatedJob& facts, Duration now);
  void finish(std::size_t job);
  // The held jobs that scheduler::decide() lets run now; they are running from here on.
  std::vector<std::size_t> release(Duration now);

  bool poll_is_due = false;  // a poll is among the events to come

 private:
  std::size_t index_;
  bool takes_special_;
  int window_;
  Duration poll_, phase_;
  const scheduler::Lanes* lanes_;
  gitlab::RunnerTraits traits_;
  scheduler::HostQueue queue_;
};

// The tags of a host's runner when nothing is withheld; sorted.
std::vector<std::string> tags_at_rest(const scheduler::Lanes& lanes, PoolKind pool);

}  // namespace runneriq::simulation
