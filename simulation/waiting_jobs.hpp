// The jobs that wait in GitLab, grouped by what its matcher looks at.
#pragma once

#include "gitlab/matcher.hpp"
#include "simulation/fleet_model.hpp"
#include "simulation/job.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

namespace runneriq::simulation {

// What GitLab's matcher sees of the job; equal for equal lane and pool.
gitlab::JobTraits traits_of(const SimulatedJob& job, const scheduler::Lanes& lanes);

class WaitingJobs {
 public:
  WaitingJobs(const Jobs& jobs, const scheduler::Lanes& lanes, Policy policy);

  void add(std::size_t job);
  // The one to be given to a runner with these tags, by the policy: for GitLab the oldest that it may take.
  [[nodiscard]] std::optional<std::size_t> next_for(const gitlab::RunnerTraits& runner) const;
  // `job` as next_for() gave it.
  void remove(std::size_t job);
  [[nodiscard]] std::size_t count(PoolKind pool) const { return count_[static_cast<std::size_t>(pool)]; }
  [[nodiscard]] std::size_t count() const { return count_[0] + count_[1]; }

 private:
  using GroupKey = std::tuple<int, PoolKind, std::optional<std::size_t>>;  // rank of the policy, pool, lane
  struct Group {
    gitlab::JobTraits traits;
    std::deque<std::size_t> jobs;
  };
  [[nodiscard]] GroupKey key_of(std::size_t job) const;

  const Jobs& jobs_;
  const scheduler::Lanes& lanes_;
  Policy policy_;
  std::map<GroupKey, Group> groups_;
  std::size_t count_[2] = {0, 0};
};

}  // namespace runneriq::simulation
