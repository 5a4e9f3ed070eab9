// Looks at the host to say what a sandbox must show and hide.
#pragma once

#include "executor/job_plan.hpp"
#include "executor/sandbox.hpp"

namespace runneriq::executor {

// Folders of ours on the host that no job may see, other than its own.
struct HostFolders {
  std::string state;  // of the state file
  std::string builds, cache, jobs;
};

// The system folders that exist, without what is ours or secret, and the job's own folders.
Sandbox sandbox_for(const JobPlan& plan, const BubblewrapOptions& options, const HostFolders& folders);

}  // namespace runneriq::executor
