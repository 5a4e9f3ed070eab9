// What a policy did to waits, pipelines, slots and GitLab, over all seeds.
#pragma once

#include "simulation/outcome.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace runneriq::simulation {

// Seconds.
struct Spread {
  std::size_t count = 0;
  double mean = 0, p50 = 0, p95 = 0, p99 = 0, max = 0;
};

// Percentiles by nearest rank.
Spread spread_of(std::vector<double> values);

struct Measures {
  std::array<Spread, scheduler::kJobClasses.size()> wait_by_class;  // by class; count 0: no such jobs
  std::array<Spread, 2> wait_by_pool;                               // by PoolKind
  Spread wait;                                                      // of all jobs
  // From its creation to the end of its last job, those of a single job included; count 0: there are only
  // those.
  Spread pipeline;
  double idle_share = 0;  // of the slots' time
  double idle_with_work_share = 0;
  double idle_with_work_seconds = 0;  // of slots, per hour
  double writes_per_hour = 0;
  double looks_per_hour = 0;
  std::size_t refused_cuts = 0;
  std::size_t never_started = 0;  // must be 0
};

class MeasuresOfSeeds {
 public:
  // The first `warm_up` jobs are not measured: the fleet starts empty.
  void add(const Jobs& jobs, const RunOutcome& outcome, std::size_t warm_up);
  [[nodiscard]] Measures measures() const;

 private:
  void add_pipelines(const Jobs& jobs, const RunOutcome& outcome, std::size_t warm_up);

  std::array<std::vector<double>, scheduler::kJobClasses.size()> by_class_;
  std::array<std::vector<double>, 2> by_pool_;
  std::vector<double> all_, pipelines_;
  RunTotals totals_;
  bool has_pipelines_ = false;
  std::size_t never_started_ = 0;
};

}  // namespace runneriq::simulation
