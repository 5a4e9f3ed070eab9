// Runs scripts in a container of the job's image, in a pod with its services, by podman as the
// plan's account: rootless unless that account is root. What the container is and may do stands
// in executor/podman_commands.hpp. git, and gitlab-runner for cache and artifacts, must be in
// the image.
//
// Podman answers 125 when it fails itself: such an end is the system's fault unless the
// container still runs, for then the script ended with 125.
#pragma once

#include "executor/contract.hpp"
#include "executor/driver.hpp"
#include "executor/podman_commands.hpp"
#include "platform/child_process.hpp"
#include "platform/termination.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace runneriq::executor {

class PodmanDriver final : public Driver {
 public:
  // All must outlive the driver. `environment` is that of the stage.
  PodmanDriver(const PodmanOptions& options, int pids_limit, EnvironmentBlock environment,
               platform::Termination& termination, JobLog& log)
      : options_(options),
        pids_limit_(pids_limit),
        environment_(environment),
        termination_(termination),
        log_(log) {}

  Result<ConfigAnswer> config(const JobPlan& plan) override;
  // Error: invalid_argument for an image or alias that no podman may see, else unavailable with
  // podman's own words, timed_out after SIGTERM.
  Result<void> prepare(JobPlan& plan) override;
  Result<StageEnd> run(const JobPlan& plan, const StageScript& script) override;
  Result<void> cleanup(const JobPlan& plan) override;

 private:
  [[nodiscard]] platform::ChildSpec spec(const JobPlan& plan, const CommandLine& command) const;
  [[nodiscard]] Result<void> call(const JobPlan& plan, const CommandLine& command);
  [[nodiscard]] bool succeeds(const JobPlan& plan, const CommandLine& command) const;
  [[nodiscard]] std::size_t processes_before(const JobPlan& plan, const PodmanCommands& commands) const;
  [[nodiscard]] platform::ProcessTree container(const JobPlan& plan, const PodmanCommands& commands,
                                                std::size_t idle, int client) const;
  void kill_all(const JobPlan& plan, const PodmanCommands& commands) const;

  const PodmanOptions& options_;
  int pids_limit_;
  EnvironmentBlock environment_;
  platform::Termination& termination_;
  JobLog& log_;
};

// Podman's version when it works for `account`. Error: why not, with the remedy.
Result<std::string> probe_podman(const PodmanOptions& options, EnvironmentBlock environment,
                                 const Account& account, bool drop_privileges);

}  // namespace runneriq::executor
