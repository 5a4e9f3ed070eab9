// Two runners that are close, for tests of what a model is asked of them.
#pragma once

#include "scheduler/advisor.hpp"
#include "tests/support/fleet_maker.hpp"

#include <optional>
#include <string>
#include <utility>

namespace runneriq::advisor {

// Runner 7 has the better score and is A, runner 3 is B.
struct CloseCall {
  CloseCall() {
    fleet = scheduler::fleet_of({scheduler::runner_with(3, {}, 1), scheduler::runner_with(7, {}, 2)},
                                {scheduler::job_with(1)});
    fleet.runners[0].description = "docker-3";
    fleet.runners[1].description = "docker-7";
    fleet.jobs[0].facts.stage = "test";
  }
  [[nodiscard]] static scheduler::RunnerScore score_of(std::size_t runner, double score) {
    return {.runner = runner,
            .score = score,
            .factors = {{.factor = scheduler::RunnerFactor::utilisation, .value = 62.4, .weight = 0.4},
                        {.factor = scheduler::RunnerFactor::capacity, .value = 100, .weight = 0.2}}};
  }
  // The fleet must outlive it.
  [[nodiscard]] scheduler::AdvisorQuestion question() const {
    return {.fleet = &fleet,
            .job = fleet.jobs.data(),
            .better = &better,
            .second = &second,
            .margin = margin,
            .is_close = is_close,
            .carbon = carbon,
            .job_class = scheduler::JobClass::medium,
            .second_may_win = second_may_win};
  }
  scheduler::FleetSnapshot fleet;
  scheduler::RunnerScore better = score_of(1, 81.2), second = score_of(0, 79.1);
  double margin = 0.026;
  bool is_close = true, second_may_win = true;
  std::optional<scheduler::CarbonOfTwo> carbon = {};
};

}  // namespace runneriq::advisor
