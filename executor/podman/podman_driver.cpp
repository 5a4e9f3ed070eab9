#include "executor/podman/podman_driver.hpp"

#include "core/printable.hpp"
#include "platform/files.hpp"
#include "platform/memory_file.hpp"
#include "platform/pidfd.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <utility>

namespace runneriq::executor {
namespace {

constexpr Duration kShortCommand = std::chrono::seconds{20};
constexpr Duration kRemoval = std::chrono::seconds{120};
constexpr int kTroubleOfPodman = 125;

std::string last_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return printable(text.substr(text.rfind('\n') + 1), 600);
}

// A whole command of podman that does not end by itself when told to.
platform::ProcessTree group_of(int pid) {
  return {[pid](int signal) { ::kill(-pid, signal); }, [] { return true; }};
}

std::string runtime_dir_of(const Account& account) {
  std::string folder = "/run/user/" + std::to_string(account.uid);
  return platform::is_folder(folder) ? folder : "";
}

std::string in_words(const JobPlan& plan, const PodmanOptions& options) {
  const std::string& image = plan.image.empty() ? options.default_image : plan.image;
  std::string text = "preparing a container of " + printable(image);
  if (!plan.services.empty()) text += " with " + std::to_string(plan.services.size()) + " service(s)";
  return text;
}

}  // namespace

Result<ConfigAnswer> PodmanDriver::config(const JobPlan&) {
  return ConfigAnswer{};
}

Result<void> PodmanDriver::prepare(JobPlan& plan) {
  const auto commands = PodmanCommands::make(plan, options_, pids_limit_);
  if (!commands) return fail(commands.error());
  const auto steps = commands->prepare();
  if (!steps) return fail(steps.error());
  log_.line(in_words(plan, options_));
  for (const CommandLine& step : *steps) {
    if (auto done = call(plan, step); !done) return done;
  }
  if (succeeds(plan, commands->is_running())) return {};
  return fail(
      Errc::unavailable,
      "the container ended at once; its image needs a shell named sh" +
          std::string(commands->may_stand_still() ? ", and its entrypoint must start its arguments" : ""));
}

Result<StageEnd> PodmanDriver::run(const JobPlan& plan, const StageScript& script) {
  const auto commands = PodmanCommands::make(plan, options_, pids_limit_);
  if (!commands) return fail(commands.error());
  const std::size_t idle = processes_before(plan, *commands);
  platform::ChildSpec child_spec = spec(plan, commands->run(script.interpreter));
  child_spec.standard_input = script.descriptor;
  auto child = platform::start(child_spec);
  if (!child) return fail(child.error());
  auto tree = container(plan, *commands, idle, child->exit_fd());
  tree.each_round = script.each_round;
  const auto end = platform::supervise(*child, tree, termination_, plan.kill_grace);
  if (end.terminated) return StageEnd{Terminated{end.status}};
  if (end.status == ExitStatus::exited(kTroubleOfPodman) && !succeeds(plan, commands->is_running())) {
    return fail(Errc::unavailable, "podman could not run the script: the container is gone");
  }
  return StageEnd{ScriptEnded{end.status}};
}

Result<void> PodmanDriver::cleanup(const JobPlan& plan) {
  const auto commands = PodmanCommands::make(plan, options_, pids_limit_);
  if (!commands) return {};  // then prepare made nothing either
  const auto removed = platform::run_to_end(spec(plan, commands->remove()), kRemoval);
  if (!removed) return fail(removed.error());
  if (removed->status.success()) return {};
  return fail(Errc::unavailable, "podman could not remove the job's pod: " + last_line(removed->errors));
}

platform::ChildSpec PodmanDriver::spec(const JobPlan& plan, const CommandLine& command) const {
  platform::ChildSpec child;
  child.argv = command;
  child.environment =
      podman_environment(environment_, plan, plan.drop_privileges ? runtime_dir_of(plan.account) : "");
  if (const auto path = find_in(environment_, "PATH")) child.path = *path;
  child.working_directory = "/";  // TMPDIR is closed to the account
  if (plan.drop_privileges) child.drop_to = plan.account;
  return child;
}

// Its output goes to memory: what podman leaves running must not hold the runner's pipes.
Result<void> PodmanDriver::call(const JobPlan& plan, const CommandLine& command) {
  auto output = platform::MemoryFile::make();
  if (!output) return fail(output.error());
  platform::ChildSpec child_spec = spec(plan, command);
  child_spec.standard_output = output->fd();
  child_spec.standard_error = output->fd();
  auto child = platform::start(child_spec);
  if (!child) return fail(child.error());
  const auto end = platform::supervise(*child, group_of(child->pid()), termination_, plan.kill_grace);
  if (end.terminated) return fail(Errc::timed_out, "podman was ended by SIGTERM");
  if (end.status.success()) return {};
  return fail(Errc::unavailable, "podman: " + last_line(output->tail(4096)));
}

bool PodmanDriver::succeeds(const JobPlan& plan, const CommandLine& command) const {
  const auto end = platform::run_to_end(spec(plan, command), kShortCommand);
  return end && end->status.success();
}

// How many processes the container has while no stage runs.
std::size_t PodmanDriver::processes_before(const JobPlan& plan, const PodmanCommands& commands) const {
  if (!commands.may_stand_still()) return PodmanCommands::kIdle;
  (void)succeeds(plan, commands.start_again());
  const auto counted = platform::run_to_end(spec(plan, commands.count()), kShortCommand);
  std::size_t count = 0;
  if (counted)
    std::from_chars(counted->output.data(), counted->output.data() + counted->output.size(), count);
  return std::max(count, PodmanCommands::kIdle);
}

// Everything in the container that is not idle, and the `podman exec` outside that waits for
// it. A container that is gone has nothing left.
platform::ProcessTree PodmanDriver::container(const JobPlan& plan, const PodmanCommands& commands,
                                              std::size_t idle, int client) const {
  return {[this, &plan, &commands, client](int signal) {
            if (signal != SIGKILL) {
              (void)succeeds(plan, commands.signal_all(ContainerSignal::terminate));
              return;
            }
            kill_all(plan, commands);
            platform::signal_pidfd(client, SIGKILL);
          },
          [this, &plan, &commands, idle] {
            return succeeds(plan, commands.is_idle(idle)) || !succeeds(plan, commands.is_running());
          }};
}

void PodmanDriver::kill_all(const JobPlan& plan, const PodmanCommands& commands) const {
  if (succeeds(plan, commands.signal_all(ContainerSignal::kill))) return;
  // A container at its limit of processes has no room for one more.
  (void)succeeds(plan, commands.kill_container());
  (void)succeeds(plan, commands.start_again());
}

Result<std::string> probe_podman(const PodmanOptions& options, EnvironmentBlock environment,
                                 const Account& account, bool drop_privileges) {
  JobPlan plan;
  plan.account = account;
  plan.drop_privileges = drop_privileges;
  platform::ChildSpec child;
  child.argv = {options.command, "info", "--format",
                "podman {{.Version.Version}}, rootless: {{.Host.Security.Rootless}}"};
  child.environment = podman_environment(environment, plan, drop_privileges ? runtime_dir_of(account) : "");
  if (const auto path = find_in(environment, "PATH")) child.path = *path;
  child.working_directory = "/";
  if (drop_privileges) child.drop_to = account;
  const auto info = platform::run_to_end(child, kShortCommand);
  if (!info) return fail(info.error());
  if (info->status.success()) return last_line(info->output);
  return fail(Errc::unavailable, last_line(info->errors));
}

}  // namespace runneriq::executor
