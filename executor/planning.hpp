// From what is known about a call to the plan of the job: the one maker of a JobPlan.
#pragma once

#include "executor/contract.hpp"
#include "executor/job_plan.hpp"
#include "gitlab/job_response.hpp"

#include <string>

namespace runneriq::executor {

// Where things of ours live on the host; absolute.
struct HostRoots {
  std::string builds, cache, jobs;
};

// Roots from the options; what is not set lies beside the state file: builds/, cache/, jobs/.
HostRoots host_roots(const ExecutorOptions& options, const std::string& state_folder);

struct PlanInput {
  const ExecutorOptions& options;
  const gitlab::JobResponse& job;
  EnvironmentBlock environment;  // of the call
  std::string attempt_dir;       // TMPDIR
  HostRoots roots;
  DriverKind driver = DriverKind::shell;  // resolved
  Account account;
  bool drop_privileges = false;
  std::optional<int> builds_number;  // none: not reserved, the checkout is then this attempt's alone
  std::string gitlab_digest;         // of gitlab_of(job), in hexadecimal digits
};

// Host paths hold only numbers of GitLab, digits of its digest, words of ours and the last part of TMPDIR.
JobPlan plan_job(const PlanInput& input);

// Whether later jobs may use what this one leaves in its checkout and cache: only where it is known
// of which GitLab and project it is.
bool leaves_for_others(const gitlab::JobResponse& job);

// The identity of a job; one whose id could not be read is only itself, as this attempt.
scheduler::JobKey key_of(const gitlab::JobResponse& job, const AttemptId& attempt);

// CI_RUNNER_ID as GitLab sets it; 0 when it does not say.
RunnerId runner_of(const gitlab::JobResponse& job);

// Which GitLab a job is of: CI_SERVER_URL as GitLab sets it; "" when it does not say.
GitLabUrl gitlab_of(const gitlab::JobResponse& job);

}  // namespace runneriq::executor
