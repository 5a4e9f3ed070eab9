// The environment that a job's processes start with: an allow-list. The job's own variables
// come from the scripts themselves, which export them.
#pragma once

#include "core/account.hpp"
#include "core/id.hpp"
#include "executor/contract.hpp"
#include "executor/options.hpp"

#include <string>
#include <vector>

namespace runneriq::executor {

// The entry that marks every process of an attempt, so that cleanup finds what a killed
// executor left behind: RUNNERIQ_ATTEMPT=<last part of TMPDIR>.
std::string attempt_marker(const AttemptId& attempt);

struct JobHome {
  std::string home;  // absolute, as the job sees it
  std::string tmp;
};

// PATH, HOME, USER, LOGNAME, SHELL, TMPDIR and the marker are ours; language, time zone and
// proxy settings come from `runner`, and whatever `options.pass_environment` names.
std::vector<std::string> job_environment(EnvironmentBlock runner, const ExecutorOptions& options,
                                         const Account& account, const JobHome& where,
                                         const AttemptId& attempt);

}  // namespace runneriq::executor
