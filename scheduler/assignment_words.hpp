// The sentences of an assignment: why this runner, why none, what is odd about it. Printable.
#pragma once

#include "scheduler/assigner.hpp"
#include "scheduler/fleet.hpp"

#include <optional>
#include <span>
#include <string>

namespace runneriq::scheduler {

// "no runner can take it: 2 runners lack a tag of the job (gpu), 1 is paused".
std::string no_candidate_words(const Exclusions& exclusions, std::span<const std::string> lacking_tags);

// "runner 7 (docker-1) is the only one that can take it".
std::string only_candidate_words(const FleetRunner& runner);

// What decided between the two best runners when nobody was asked.
enum class DecidedBy { score, rounds_waiting, speed_limit, known_carbon, jobs_waiting, id };

struct Contest {
  const FleetRunner* better;
  const FleetRunner* second;
  double better_score = 0;
  double second_score = 0;
  double margin = 0;
  DecidedBy decided_by = DecidedBy::score;
  JobClass job_class = JobClass::low;
};

// "runner 7 (a) scores 81.2; runner 3 (b) is 23 % behind with 62.5".
std::string contest_words(const Contest& contest);

// "; all 4 slots are taken, 3 jobs wait ahead".
std::string waiting_words(int slots, int waiting_ahead);

std::string overload_words(const FleetRunner& runner, double load);

// When the runner's own average of the job is at least three times the p90 of the job.
std::optional<std::string> misfit_words(const FleetRunner& runner, const JobHistory& history);

}  // namespace runneriq::scheduler
