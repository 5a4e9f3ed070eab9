#include "executor/bubblewrap/bubblewrap_driver.hpp"

#include "core/printable.hpp"
#include "executor/contract.hpp"
#include "executor/job_environment.hpp"
#include "platform/cgroup.hpp"
#include "platform/child_process.hpp"
#include "platform/files.hpp"
#include "platform/pidfd.hpp"
#include "platform/pipe.hpp"
#include "platform/process_table.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>

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

  // PID 1 as seen from outside; 0 when bubblewrap has not made it within `patience`.
  int init(Duration patience) {
    while (number_after(kChild) == 0 && read_more(patience)) {
    }
    return number_after(kChild);
  }

  // To be asked when bubblewrap has ended.
  bool program_was_started() {
    while (read_more(Duration{0})) {
    }
    return text_.find("\"exit-code\"") != std::string::npos;
  }

 private:
  static constexpr std::string_view kChild = "\"child-pid\":";

  bool read_more(Duration patience) {
    pollfd wait{pipe_.get(), POLLIN, 0};
    if (::poll(&wait, 1, static_cast<int>(patience.count())) <= 0) return false;
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
  SandboxTree(SandboxStatus& status, const platform::Child& bubblewrap)
      : status_(status), bubblewrap_(bubblewrap) {}

  // bubblewrap itself is ended only where no PID 1 is to be seen: one that it has just made would
  // survive it.
  void signal(int number) {
    if (init_ == 0) init_ = status_.init(number == SIGTERM ? kLongestSetUp : kNow);
    if (number == SIGTERM) {
      if (init_ == 0) return;
      ::kill(init_, SIGSTOP);
      terminate_below(init_);
    } else {
      if (init_ != 0) ::kill(init_, number);
      bubblewrap_.signal(init_ != 0 ? SIGCONT : number);  // it may have been stopped
    }
  }

  void release_when_empty() const {
    if (init_ != 0 && platform::descendants(init_).empty()) ::kill(init_, SIGCONT);
  }

  // bubblewrap may end a moment before its PID 1, which the kernel lets end only after all others in there.
  bool has_ended() {
    if (init_ == 0) init_ = status_.init(kNow);
    if (init_ != 0 && !handle_) handle_ = platform::open_pidfd(init_);
    pollfd ended{handle_.get(), POLLIN, 0};
    return !handle_ || ::poll(&ended, 1, static_cast<int>(kEndTakes.count())) > 0;
  }

  platform::ProcessTree tree() {
    return {.signal_all = [this](int number) { signal(number); },
            .is_gone = [this] { return has_ended(); },
            .while_ending = [this] { release_when_empty(); }};
  }

 private:
  static constexpr Duration kLongestSetUp = std::chrono::seconds{1};
  static constexpr Duration kNow{0};
  static constexpr Duration kEndTakes{5};

  SandboxStatus& status_;
  const platform::Child& bubblewrap_;
  int init_ = 0;
  UniqueFd handle_;  // of it, once its end is waited for; none where it is gone or the kernel has no pidfd
};

// Why there is no word of how the program inside ended.
std::string why_silent(SandboxStatus& status, ExitStatus end, const std::string& command) {
  if (end.signal() != 0 && status.init(Duration{0}) != 0) {
    return command + " was killed by signal " + std::to_string(end.signal()) +
           " while the job ran; did the host run out of memory?";
  }
  return "the sandbox could not be set up; see the line of " + command +
         " above, and `runneriq-executor doctor`";
}

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
  spec.keyring = platform::SessionKeyring::own;
  spec.on_our_death = platform::OnOurDeath::die;
  if (plan.drop_privileges) spec.drop_to = plan.account;

  auto child = platform::start(spec);
  if (!child) return fail(child.error());
  pipe->write = UniqueFd{};
  SandboxStatus status{std::move(pipe->read)};
  SandboxTree sandbox{status, *child};
  platform::ProcessTree tree = sandbox.tree();
  tree.each_round = script.each_round;
  const auto end = platform::supervise(*child, tree, termination, plan.kill_grace);
  if (!end.terminated && !status.program_was_started()) {
    return fail(Errc::unavailable, why_silent(status, end.status, spec.argv.front()));
  }
  return end;
}

// Whether the host does not permit sandboxes, rather than being short of something that a job
// may have used up.
bool is_lasting(std::string_view errors) {
  if (platform::read_file("/proc/sys/user/max_user_namespaces", 64).value_or("") == "0\n") return true;
  return errors.find("Operation not permitted") != std::string_view::npos ||
         errors.find("Permission denied") != std::string_view::npos ||
         errors.find("No permissions") != std::string_view::npos;
}

bool knows(const std::string& command, std::string_view option) {
  platform::ChildSpec spec;
  spec.argv = {command, "--help"};
  const auto ran = platform::run_to_end(spec, std::chrono::seconds{10});
  return ran && ran->output.find(option) != std::string::npos;
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
  std::vector<std::string> command = sandbox_command(sandbox_for(plan, options_, folders_));
  // Namespaces inside would be one more way to attack the kernel, and to use up the host's.
  constexpr const char* kNoMore = "--disable-userns";
  if (options_.user_namespaces == UserNamespaces::off && knows(options_.command, kNoMore)) {
    command.emplace_back(kNoMore);  // since bubblewrap 0.8
  }
  plan.driver_notes[kCommandNote] = std::move(command);
  if (options_.network == Network::off) plan.driver_notes[kNetworkNote] = {"off"};
  return {};
}

Result<StageEnd> BubblewrapDriver::run(const JobPlan& plan, const StageScript& stage) {
  const auto* command = note(plan, kCommandNote);
  if (command == nullptr)
    return fail(Errc::invalid_argument, "the plan has no sandbox command: prepare did not come to its end");
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
  return fail(is_lasting(ran->errors) ? Errc::permission : Errc::unavailable,
              "bubblewrap cannot make a sandbox here: " + printable(ran->errors) +
                  " (it needs unprivileged user namespaces: sysctl kernel.unprivileged_userns_clone=1 "
                  "and user.max_user_namespaces above 0)");
}

}  // namespace runneriq::executor
