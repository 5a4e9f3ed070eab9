// Puts RunnerIQ in front of another custom executor: calls its four commands as gitlab-runner
// would, with our whole environment (CUSTOM_ENV_… included), TMPDIR and working directory.
// Standard output and error are passed through, config's output is read as its JSON.
//
// No privileges are dropped unless executor.run_as is set: the chained driver decides whom
// jobs run as, and owns files with mode 0600 that it made before RunnerIQ came.
//
// SIGTERM goes to the command's process group, SIGKILL after the plan's grace. A command that
// ends by itself may leave daemons behind, as it may under gitlab-runner: they are its own.
#pragma once

#include "executor/contract.hpp"
#include "executor/driver.hpp"
#include "executor/options.hpp"
#include "platform/child_process.hpp"
#include "platform/termination.hpp"

#include <optional>
#include <string>
#include <vector>

namespace runneriq::executor {

enum class ChainRights { ours, of_the_account };  // the plan's account: where executor.run_as is set

class ChainDriver final : public Driver {
 public:
  // All but `rights` must outlive the driver. `environment` is that of the stage.
  ChainDriver(const ChainOptions& commands, EnvironmentBlock environment, ChainRights rights,
              platform::Termination& termination, JobLog& log)
      : commands_(commands),
        environment_(environment),
        stage_(stage_environment(environment)),
        rights_(rights),
        termination_(termination),
        log_(log) {}

  // Errors of config and prepare: invalid_argument when the chained driver blames the job
  // (its build failure exit code, no second try), else unavailable or timed_out.
  Result<ConfigAnswer> config(const JobPlan& plan) override;
  Result<void> prepare(JobPlan& plan) override;
  // The script's path and sub-stage follow the command's own arguments. Always PassedOn, and
  // never 0 after SIGTERM.
  Result<StageEnd> run(const JobPlan& plan, const StageScript& script) override;
  // Ended only by gitlab-runner's own signals, which reach it directly.
  Result<void> cleanup(const JobPlan& plan) override;

 private:
  [[nodiscard]] Result<void> check() const;
  [[nodiscard]] platform::ChildSpec spec(const JobPlan& plan, const std::vector<std::string>& command) const;
  [[nodiscard]] Result<platform::Supervised> call(const platform::ChildSpec& spec, Duration grace,
                                                  const std::function<void()>& each_round = {});

  const ChainOptions& commands_;
  EnvironmentBlock environment_;
  StageEnvironment stage_;
  ChainRights rights_;
  platform::Termination& termination_;
  JobLog& log_;
};

}  // namespace runneriq::executor
