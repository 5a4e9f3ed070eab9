// The four stages, from their ports to their exit codes. What goes wrong with RunnerIQ itself
// never fails a job that could run without it: the stage says so in one line and goes on.
#pragma once

#include "core/waiter.hpp"
#include "executor/attempt_files.hpp"
#include "executor/contract.hpp"
#include "executor/driver.hpp"
#include "executor/options.hpp"
#include "executor/stage_meter.hpp"
#include "gitlab/job_response.hpp"
#include "scheduler/admission_service.hpp"
#include "scheduler/host_state.hpp"
#include "scheduler/priority.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace runneriq::executor {

// The host's state, when it can be used.
struct HostStatePorts {
  scheduler::OrderedDesk& desk;
  scheduler::BuildsDirectories& builds;
  scheduler::OutcomeStore& outcomes;
};

// What a stage works with; all is owned by the caller.
struct Session {
  StageEnvironment environment;
  const ExecutorOptions& options;
  const scheduler::PriorityRules& rules;
  JobLog& log;
  Waiter& waiter;
  AttemptFiles& files;
  StageLedger& ledger;
  JobFolders& folders;
  // The job as JOB_RESPONSE_FILE tells it; what cannot be read is said in the log.
  std::function<gitlab::JobResponse()> job;
  // Resolves driver, account and folders of the job; warnings are said in the log.
  std::function<Result<JobPlan>(const gitlab::JobResponse&)> plan;
  // Opens the host's state at the first call. Error: why the job runs without it.
  std::function<Result<HostStatePorts>()> host_state;
  // The driver that the plan names, with the options that the plan holds.
  std::function<Result<std::unique_ptr<Driver>>(const JobPlan&)> driver;
  // The scheduler service that listens at the plan's socket; null when nothing is there.
  std::function<scheduler::AdmissionService*(const JobPlan&)> service = [](const JobPlan&) {
    return nullptr;
  };
  // A name of this host that is stable and no other host's.
  std::function<std::string()> host_identity = [] { return std::string(); };
  std::string hostname;
  std::string version;
  // What this host has used, by the processors' energy counters; none where they cannot be read.
  ReadHostUse host_use = [] { return std::nullopt; };
  // Logical processors of this host.
  std::function<int()> host_cores = [] { return 1; };
};

// Each returns the exit code for gitlab-runner.
// `config` fills `document` with the one JSON document for standard output.
int config_stage(Session& session, std::string& document);
int prepare_stage(Session& session);
int run_stage(Session& session, const std::string& script_path, const std::string& sub_stage);
int cleanup_stage(Session& session);

}  // namespace runneriq::executor
