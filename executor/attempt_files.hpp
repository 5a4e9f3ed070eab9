// Ports to the host's files: the attempt's TMPDIR, and the folders that a job lives in.
#pragma once

#include "core/result.hpp"
#include "executor/driver.hpp"
#include "executor/job_plan.hpp"
#include "executor/stage_records.hpp"

#include <optional>
#include <string>
#include <vector>

namespace runneriq::executor {

// TMPDIR of the attempt and the files that gitlab-runner names.
class AttemptFiles {
 public:
  virtual ~AttemptFiles() = default;
  // Error: not_found when no stage wrote one; invalid_argument when damaged.
  [[nodiscard]] virtual Result<JobPlan> read_plan() = 0;
  [[nodiscard]] virtual Result<void> write_plan(const JobPlan& plan) = 0;
  // The script stays open, and its descriptor valid, as long as this object lives.
  [[nodiscard]] virtual Result<StageScript> open_script(const std::string& path, std::string sub_stage) = 0;
  // Empties BUILD_EXIT_CODE_FILE (none), which gitlab-runner never does, or writes the code.
  [[nodiscard]] virtual Result<void> report_exit_code(std::optional<int> code) = 0;
};

class StageLedger {
 public:
  virtual ~StageLedger() = default;
  [[nodiscard]] virtual Result<void> add(const StageRecord& record) = 0;
  [[nodiscard]] virtual std::vector<StageRecord> all() = 0;
};

// Folders and cgroups of a job on this host.
class JobFolders {
 public:
  virtual ~JobFolders() = default;
  // Makes the plan's builds, cache and private folders, owned by its account, and its cgroups.
  [[nodiscard]] virtual Result<void> make(JobPlan& plan) = 0;
  // CPU time of the job so far, where a cgroup accounts it.
  [[nodiscard]] virtual std::optional<Duration> cpu_time(const JobPlan& plan) = 0;
  // Ends what is left in the cgroups and removes all but builds and cache. Idempotent.
  [[nodiscard]] virtual Result<void> remove_private(const JobPlan& plan) = 0;
};

}  // namespace runneriq::executor
