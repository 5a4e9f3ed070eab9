// What POST /jobs/request answers: all that gitlab-runner needs to run a job.
#pragma once

#include "gitlab/simulator/entities.hpp"

#include <nlohmann/json_fwd.hpp>

namespace runneriq::gitlab::simulator {

// The job says its name, sleeps for as long as the scenario says that it takes, and ends as it
// says. It fetches nothing: there is no git server behind the simulator.
nlohmann::json job_handout(const View& view, const JobRecord& job, const RunnerRecord& runner);

}  // namespace runneriq::gitlab::simulator
