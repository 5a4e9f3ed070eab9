// The carbon of an assignment: what the job would bring on each candidate, and what GitLab's own order would
// have led to.
#pragma once

#include "carbon/outlook.hpp"
#include "scheduler/fleet.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace runneriq::scheduler {

struct RunnerCarbon {
  std::size_t runner = 0;  // index in the snapshot
  // The mean over the job's expected duration from now on, 10 min when that is not known; none: nothing is
  // known of the runner's zone.
  std::optional<carbon::Intensity> intensity = {};
  // Of the job's energy on this runner, at its expected duration there; 0 without intensity.
  double grams = 0;
};

// The mean over the candidates that have a free slot (over all when none has), each runner once, as far as
// their carbon is known: GitLab gives the job to whichever of them asks first.
struct FifoExpectation {
  std::optional<carbon::Intensity> intensity = {};
  double grams = 0;
  int known = 0;  // runners that this is the mean of
};

struct AssignmentCarbon {
  RunnerCarbon chosen;
  std::optional<RunnerCarbon> runner_up = {};
  // The cleanest first, equal ones by key, those without intensity last; kCandidatesShown at most.
  std::vector<RunnerCarbon> candidates = {};
  int further_candidates = 0;  // that are not in the list
  FifoExpectation fifo = {};
  // Of FIFO's grams, 0..100; negative when the choice is dirtier; none when one of the two is not known.
  std::optional<double> saved_percent = {};
};

inline constexpr std::size_t kCandidatesShown = 20;

// What an intensity rests on.
struct CarbonSource {
  carbon::ZoneKey zone = {};  // "" = not known
  carbon::Rung rung = carbon::Rung::none;
  std::string source = {};  // "electricity_maps"
  Duration age{};
  bool estimated = false;
};

// Of a runner's zone now; rung none where nothing is known. The fleet's carbon is on.
CarbonSource carbon_source(const FleetSnapshot& fleet, std::size_t runner);

// "95 g/kWh in DK-DK1 (live), 0.10 g; FIFO's expectation 217 g/kWh, 0.22 g: 56 % saved". Printable.
std::string carbon_words(const FleetSnapshot& fleet, const AssignmentCarbon& carbon);

}  // namespace runneriq::scheduler
