// Everything that `config` and `prepare` resolved about a job, for the stages after them:
// TMPDIR/runneriq-plan.json, mode 0600. `run` and `cleanup` read this and nothing else.
#pragma once

#include "core/account.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "executor/options.hpp"
#include "gitlab/job_response.hpp"
#include "scheduler/history.hpp"
#include "scheduler/host_state.hpp"
#include "scheduler/job_class.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::executor {

// What the driver noted for its own later stages; the keys are the driver's.
using DriverNotes = std::map<std::string, std::vector<std::string>>;

struct JobPlan {
  DriverKind driver = DriverKind::shell;  // never `automatic`
  AttemptId attempt;
  scheduler::JobKey key;
  scheduler::HistoryKey history;

  // Where the job lives on the host; absolute.
  std::string builds_dir;   // <builds root>/<project id>/<n, or the attempt where no number is reserved>
  std::string cache_dir;    // <cache root>/<GitLab>/<project id>/<protected|open>, or cache/ of private_dir
  std::string private_dir;  // <jobs root>/<attempt>, holds home/ and tmp/, gone after cleanup

  Account account;                       // whom the job's processes run as
  bool drop_privileges = false;          // the executor is root and the account is another
  std::vector<std::string> environment;  // "NAME=value", complete, for the job's processes
  Duration kill_grace{};
  std::vector<std::string> cgroups;  // directories of the job's own cgroups; empty = none
  DriverNotes driver_notes;
  EnergyOptions energy;

  // The image and services that the job asked for, for drivers that have any.
  std::string image;
  std::vector<std::string> image_entrypoint;
  std::vector<gitlab::ServiceImage> services;

  // The scheduler service: where it listens ("" = nowhere), what it is told of the host and on whose behalf,
  // and whether prepare has given it up.
  std::string service_socket;
  int slots = 0;
  RunnerId runner;
  bool service_given_up = false;

  // Admission, for the outcome.
  double score = 0;
  scheduler::JobClass job_class = scheduler::JobClass::low;
  Duration queued_in_gitlab{};
  Duration held{};
  std::optional<Time> admitted;  // none until prepare has admitted the job
};

std::string to_json(const JobPlan& plan);
// Reads what to_json() wrote, with defaults for missing members.
// Error: invalid_argument with what is wrong.
Result<JobPlan> parse_job_plan(std::string_view json);

}  // namespace runneriq::executor
