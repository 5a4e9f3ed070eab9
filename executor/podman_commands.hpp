// The podman driver's command lines, as argument vectors: a pod per attempt with the job's
// container and its services, one `podman exec` per sub-stage. Pure; no shell ever sees text
// of a job.
//
// What a job's container is:
// - It stays up on a keep-alive shell as PID 1, which also collects orphans. There is no
//   `--init`: below it the keep-alive would be an ordinary process, and the `kill -1` that
//   ends a stage would end the container. An entrypoint that the job names is run with the
//   keep-alive as its arguments, as GitLab's docker executor runs a shell.
// - User 0 in it is the account that podman runs as, which owns the checkout. All capabilities
//   are dropped but those that installing packages takes; nothing gains any by a set-user-id
//   program. `run_arguments` come last and can say otherwise.
// - The builds and cache directories are there at the same paths. PATH, HOME and the like are
//   the image's own.
// - Services share its network only: host name = alias, address 127.0.0.1. They are started
//   with the image's own environment and not waited for.
#pragma once

#include "core/result.hpp"
#include "executor/contract.hpp"
#include "executor/job_plan.hpp"
#include "executor/options.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::executor {

using CommandLine = std::vector<std::string>;

enum class ContainerSignal { terminate, kill };

class PodmanCommands {
 public:
  // Error: unavailable when the attempt's directory gives no safe name.
  static Result<PodmanCommands> make(const JobPlan& plan, const PodmanOptions& options, int pids_limit);

  // In this order: the pod, each service, the job's container, and all started.
  // Error: invalid_argument, the job's fault, for an image or alias that no argument may hold;
  // unavailable for a directory that cannot be mounted.
  [[nodiscard]] Result<std::vector<CommandLine>> prepare() const;

  // Starts the job's container if it stands still; harmless when it runs.
  [[nodiscard]] CommandLine start_again() const;
  // Whether the image's entrypoint may have ended with the stage before.
  [[nodiscard]] bool may_stand_still() const;

  // Runs `interpreter` in the container, with the script on its standard input; sh instead of bash where
  // the image has no bash.
  [[nodiscard]] CommandLine run(const CommandLine& interpreter) const;

  // To every process in the container but PID 1.
  [[nodiscard]] CommandLine signal_all(ContainerSignal signal) const;

  // The container's end, for when it has no room left for the process that signals.
  [[nodiscard]] CommandLine kill_container() const;

  // Prints how many processes the container has, this one included.
  [[nodiscard]] CommandLine count() const;
  // Ends with 0 when there are at most `idle` processes, this one included; with 1 when more.
  [[nodiscard]] CommandLine is_idle(std::size_t idle) const;
  // Idle with our own keep-alive: PID 1, its sleep and the process that counts.
  static constexpr std::size_t kIdle = 3;

  // Ends with 0 when the container runs.
  [[nodiscard]] CommandLine is_running() const;
  // Removes the pod with all containers; fine when there is none.
  [[nodiscard]] CommandLine remove() const;

 private:
  PodmanCommands(const JobPlan& plan, const PodmanOptions& options, int pids_limit, std::string name);
  [[nodiscard]] CommandLine exec(const CommandLine& command) const;
  [[nodiscard]] Result<CommandLine> create_pod() const;
  [[nodiscard]] CommandLine create(std::string_view name) const;
  [[nodiscard]] Result<CommandLine> create_service(const gitlab::ServiceImage& service,
                                                   std::size_t number) const;
  [[nodiscard]] Result<CommandLine> create_job() const;
  [[nodiscard]] CommandLine labels() const;

  const JobPlan& plan_;
  const PodmanOptions& options_;
  int pids_limit_;
  std::string name_;  // of the pod; the containers' begin with it
};

// An image that podman may be given: [registry[:port]/]path[:tag][@digest]. Refused is what
// podman would take for an option, or for a place on the host (`dir:/etc`, `oci-archive:x`).
// Error: invalid_argument.
Result<void> check_image(std::string_view image);

// The host names of a service: its aliases, else those that GitLab derives from the image
// ("tutum/wordpress:1" gives tutum__wordpress and tutum-wordpress).
// Error: invalid_argument for what is no host name.
Result<std::vector<std::string>> host_names(const gitlab::ServiceImage& service);

// What podman itself is started with: an allow-list of the runner's variables, as the user of
// the plan's account when privileges are dropped. `runtime_dir` is that user's XDG_RUNTIME_DIR,
// "" when there is none.
std::vector<std::string> podman_environment(EnvironmentBlock runner, const JobPlan& plan,
                                            std::string_view runtime_dir);

}  // namespace runneriq::executor
