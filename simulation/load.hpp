// Generated load: when jobs come, of which class, how long they run and what history says of it.
#pragma once

#include "simulation/job.hpp"

#include <cstdint>
#include <vector>

namespace runneriq::simulation {

enum class Arrivals {
  poisson,    // single jobs
  batches,    // pipelines of a geometric number of jobs of one class, all at once
  pipelines,  // pipelines of exactly so many jobs of one class, all at once
  diurnal,    // single jobs, a rate that swings by 60 % over 24 hours
  day,        // pipelines as batches within nine working hours, the busiest at 4.5 h; the night is empty
};

enum class LengthLaw { lognormal, exponential };

struct ClassLoad {
  scheduler::JobClass job_class = scheduler::JobClass::medium;
  double share = 0;  // of all jobs
  Duration mean{};
  double sigma = 0;  // of the logarithm
};

struct LoadModel {
  Arrivals arrivals = Arrivals::poisson;
  double load = 0.8;  // work that comes per slot and second; nothing to `day`
  int slots = 10;
  int jobs = 100'000;
  double pipeline_jobs = 6;  // mean number of jobs of a pipeline
  int jobs_a_day = 200;      // of `day`
  LengthLaw law = LengthLaw::lognormal;
  std::vector<ClassLoad> classes = {
      {scheduler::JobClass::critical, 0.10, std::chrono::seconds{240}, 1.0},
      {scheduler::JobClass::medium, 0.60, std::chrono::seconds{300}, 1.2},
      {scheduler::JobClass::low, 0.30, std::chrono::seconds{480}, 1.3},
  };
  double estimate_error = 0.35;  // deviation of log(expected / length)
  double special_share = 0;      // of the jobs, or pipelines
};

// The same model and seed give the same jobs.
Jobs make_load(const LoadModel& model, std::uint64_t seed);

double mean_seconds(const LoadModel& model);

}  // namespace runneriq::simulation
