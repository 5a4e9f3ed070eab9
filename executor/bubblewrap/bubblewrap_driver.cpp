#include "executor/bubblewrap/bubblewrap_driver.hpp"

#include "core/printable.hpp"
#include "executor/contract.hpp"
#include "executor/job_environment.hpp"
#include "platform/cgroup.hpp"
#include "platform/child_process.hpp"
#include "platform/files.hpp"
#include "platform/pipe.hpp"
#include "platform/process_table.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <memory>

namespace runneriq::executor {
namespace {

using platform::UniqueFd;

constexpr const char* kCommandNote = "command";
constexpr const char* kNetworkNote = "network";

// What bubblewrap tells of a sandbox, one JSON object a line: {"child-pid": N, …} once its PID 1
// exists, {"exit-code": N} only if the program inside was started.
class SandboxStatus {
 public:
  explicit SandboxStatus(UniqueFd pipe) : pipe_(std::move(pipe)) {}

  // PID 1 as seen from outside, waited for while bubblewrap is still making the sandbox; 0 when
  // there never will be one.
  int init() {
    while (number_after(kChild) == 0 && read_more()) {
    }
    return number_after(kChild);
  }

  // To be asked when bubblewrap has ended.
  bool program_was_started() {
    while (read_more()) {
    }
    return text_.find("\"exit-code\"") != std::string::npos;
  }

 private:
  static constexpr std::string_view kChild = "\"child-pid\":";
  static constexpr int kLongestSetUp = 2000;  // ms

  bool read_more() {
    pollfd wait{pipe_.get(), POLLIN, 0};
    if (::poll(&wait, 1, kLongestSetUp) <= 0) return false;
    char block[512];
    const ssize_t count = ::read(pipe_.get(), block, sizeof block);
    if (count > 0) text_.append(block, static_cast<std::size_t>(count));
    return count > 0;
  }

  [[nodiscard]] int number_after(std::string_view label) const {
    const std::size_t at = text_.find(label);
    if (at == std::string::npos || text_.find_first_of(",}", at) == std::string::npos) return 0;
    const std::size_t digits = text_.find_first_not_of(' ', at + label.size());
    int number = 0;
    std::from_chars(text_.data() + digits, text_.data() + text_.size(), number);
    return number;
  }

  UniqueFd pipe_;
  std::string text_;
};

// SIGTERM to every process below PID 1, which is bubblewrap's own; again for those forked while
// we looked. Where there is none yet, nothing of the job runs, and the sandbox is ended at once.
void terminate_below(int init) {
  constexpr int kRounds = 5;
  std::vector<platform::Pid> told;
  for (int round = 0; round < kRounds; ++round) {
    const std::size_t before = told.size();
    for (const platform::Pid pid : platform::descendants(init)) {
      if (std::ranges::find(told, pid) != told.end()) continue;
      ::kill(pid, SIGTERM);
      told.push_back(pid);
    }
    if (told.empty()) ::kill(init, SIGKILL);
    if (told.size() == before) return;
  }
}

// bubblewrap's PID 1 ends with the script, and the kernel then ends everything else at once: too
// early for traps of other processes. So it is stopped until they are through.
class SandboxTree {
 public:
  explicit SandboxTree(SandboxStatus& status) : status_(status) {}

  // bubblewrap itself is never signalled: a PID 1 that it has just made would survive it.
  void signal(int number) {
    init_ = status_.init();
    if (init_ == 0) return;
    if (number == SIGTERM) {
      ::kill(init_, SIGSTOP);
      terminate_below(init_);
    } else {
      ::kill(init_, number);
    }
  }

  void release_when_empty() const {
    if (init_ != 0 && platform::descendants(init_).empty()) ::kill(init_, SIGCONT);
  }

  platform::ProcessTree tree() {
    return {[this](int number) { signal(number); }, [] { return true; }, [this] { release_when_empty(); }};
  }

 private:
  SandboxStatus& status_;
  int init_ = 0;
};

Result<platform::Supervised> run_in_sandbox(const JobPlan& plan, std::vector<std::string> command,
                                            const StageScript& script, platform::Termination& termination) {
  auto pipe = platform::make_pipe();
  if (!pipe) return fail(pipe.error());
  platform::ChildSpec spec;
  spec.argv = std::move(command);
  spec.argv.insert(spec.argv.end(), {"--json-status-fd", std::to_string(pipe->write.get()), "--"});
  spec.argv.insert(spec.argv.end(), script.interpreter.begin(), script.interpreter.end());
  spec.environment = plan.environment;
  spec.standard_input = script.descriptor;
  spec.kept_open = {pipe->write.get()};
  spec.cgroups = plan.cgroups;
  spec.on_our_death = platform::OnOurDeath::die;
  if (plan.drop_privileges) spec.drop_to = plan.account;

  auto child = platform::start(spec);
  if (!child) return fail(child.error());
  pipe->write = UniqueFd{};
  SandboxStatus status{std::move(pipe->read)};
  SandboxTree sandbox{status};
  const auto end = platform::supervise(*child, sandbox.tree(), termination, plan.kill_grace);
  if (!end.terminated && !status.program_was_started()) {
    return fail(Errc::unavailable, "the sandbox could not be set up; see the line of " + spec.argv.front() +
                                       " above, and `runneriq-executor doctor`");
  }
  return end;
}

const std::vector<std::string>* note(const JobPlan& plan, const char* key) {
  const auto found = plan.driver_notes.find(key);
  return found == plan.driver_notes.end() ? nullptr : &found->second;
}

}  // namespace

Result<ConfigAnswer> BubblewrapDriver::config(const JobPlan&) {
  return ConfigAnswer{};
}

Result<void> BubblewrapDriver::prepare(JobPlan& plan) {
  plan.driver_notes[kCommandNote] = sandbox_command(sandbox_for(plan, options_, folders_));
  if (options_.network == Network::off) plan.driver_notes[kNetworkNote] = {"off"};
  return {};
}

Result<StageEnd> BubblewrapDriver::run(const JobPlan& plan, const StageScript& stage) {
  const auto* command = note(plan, kCommandNote);
  if (command == nullptr)
    return fail(Errc::invalid_argument, "the plan has no sandbox command: prepare did not run");
  std::vector<std::string> sandbox = *command;
  if (note(plan, kNetworkNote) != nullptr && is_user_script(stage.sub_stage)) {
    sandbox.emplace_back("--unshare-net");
  }
  const auto end = run_in_sandbox(plan, std::move(sandbox), stage, termination_);
  if (!end) return fail(end.error());
  if (end->terminated) return StageEnd{Terminated{end->status}};
  return StageEnd{ScriptEnded{end->status}};
}

// A sandbox dies with its executor, but for one that was being made at that moment.
Result<void> BubblewrapDriver::cleanup(const JobPlan& plan) {
  return platform::end_processes_with(attempt_marker(plan.attempt));
}

Result<void> probe_bubblewrap(const BubblewrapOptions& options, const Account& account,
                              bool drop_privileges) {
  platform::ChildSpec spec;
  spec.argv = {options.command,
               "--unshare-user",
               "--unshare-pid",
               "--unshare-ipc",
               "--unshare-uts",
               "--die-with-parent",
               "--cap-drop",
               "ALL",
               "--ro-bind",
               "/",
               "/",
               "--proc",
               "/proc",
               "--dev",
               "/dev",
               "--tmpfs",
               "/tmp",
               "true"};
  if (options.network == Network::off) spec.argv.insert(spec.argv.end() - 1, "--unshare-net");
  if (drop_privileges) spec.drop_to = account;
  const auto ran = platform::run_to_end(std::move(spec), std::chrono::seconds{10});
  if (!ran) return fail(ran.error());
  if (ran->status.success()) return {};
  return fail(Errc::unavailable,
              "bubblewrap cannot make a sandbox here: " + printable(ran->errors) +
                  " (it needs unprivileged user namespaces: sysctl kernel.unprivileged_userns_clone=1 "
                  "or user.max_user_namespaces above 0)");
}

}  // namespace runneriq::executor
