// The port to whatever isolates and runs a job's scripts. One object per stage call.
#pragma once

#include "core/exit_status.hpp"
#include "core/result.hpp"
#include "executor/job_plan.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace runneriq::executor {

struct StageScript {
  std::string path;       // on the host, readable by the runner's user only
  std::string sub_stage;  // "get_sources", "build_script", …, or one that we never heard of
  int descriptor = -1;    // the script opened for reading; stays open during the stage, owned by the opener
  std::vector<std::string> interpreter;   // reads the script from standard input, see interpreter.hpp
  std::function<void()> each_round = {};  // called about every 30 s while the script runs, when set
};

// The script ended by itself.
struct ScriptEnded {
  ExitStatus status;
};
// The script was ended by us, after SIGTERM or because gitlab-runner is gone.
struct Terminated {
  ExitStatus status;
};
// A chained driver answered in gitlab-runner's own terms; the exit code file is its own.
struct PassedOn {
  int exit_code;
};
using StageEnd = std::variant<ScriptEnded, Terminated, PassedOn>;

// What the driver wants `config` to say instead of ours; absent members keep ours.
struct ConfigAnswer {
  std::optional<std::string> driver_name, driver_version, builds_dir, cache_dir, hostname, shell;
  std::optional<bool> builds_dir_is_shared;
  std::map<std::string, std::string> job_env;
};

// Errors of a driver are the system's fault; only invalid_argument from config and prepare says that
// the job itself is at fault and is not to be tried again.
class Driver {
 public:
  virtual ~Driver() = default;
  [[nodiscard]] virtual Result<ConfigAnswer> config(const JobPlan& plan) = 0;
  // Makes what the job needs; may note things in plan.driver_notes. Directories exist already.
  [[nodiscard]] virtual Result<void> prepare(JobPlan& plan) = 0;
  // Returns when nothing that the stage started is left.
  [[nodiscard]] virtual Result<StageEnd> run(const JobPlan& plan, const StageScript& script) = 0;
  // Removes what prepare made and ends what is left of the job. Idempotent; also called when
  // prepare ran half or never.
  [[nodiscard]] virtual Result<void> cleanup(const JobPlan& plan) = 0;
};

// One line of our own in the job log: prefixed, escaped by the caller, ended by a newline.
class JobLog {
 public:
  virtual ~JobLog() = default;
  virtual void line(std::string_view text) = 0;
};

}  // namespace runneriq::executor
