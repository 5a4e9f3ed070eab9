#include "executor/bubblewrap/bubblewrap_driver.hpp"

#include "core/printable.hpp"
#include "executor/bubblewrap/sandbox_init.hpp"
#include "executor/contract.hpp"
#include "platform/cgroup.hpp"
#include "platform/child_process.hpp"
#include "platform/files.hpp"
#include "platform/pipe.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <memory>

namespace runneriq::executor {
namespace {

using platform::UniqueFd;

constexpr const char* kCommandNote = "command";
constexpr const char* kNetworkNote = "network";
// How much longer than the sandbox's own grace we wait before we end it from outside.
constexpr Duration kOuterGrace = std::chrono::milliseconds{500};

// PID 1 of the sandbox as seen from outside. bubblewrap writes {"child-pid": N, …} as soon as
// it exists; the init itself writes a byte once the interpreter runs.
class SandboxInit {
 public:
  SandboxInit(UniqueFd status, UniqueFd started) : status_(std::move(status)), started_(std::move(started)) {}

  // Ends the sandbox. Before the init listens a SIGTERM would be lost, and nothing of the job
  // runs yet. bubblewrap itself is never killed: a child that it has just made would survive.
  void signal(int number) {
    if (find() == 0) return;
    ::kill(pid_, has_started() ? number : SIGKILL);
  }

  bool has_started() {
    char byte = 0;
    started_seen_ = started_seen_ || ::read(started_.get(), &byte, 1) == 1;
    return started_seen_;
  }

 private:
  // The pid, waited for while bubblewrap is still making the sandbox; 0 when it never will be.
  int find() {
    constexpr int kLongestSetUp = 2000;  // ms
    char block[512];
    while (pid_ == 0) {
      pollfd wait{status_.get(), POLLIN, 0};
      if (::poll(&wait, 1, kLongestSetUp) <= 0) break;
      const ssize_t count = ::read(status_.get(), block, sizeof block);
      if (count <= 0) break;
      text_.append(block, static_cast<std::size_t>(count));
      parse();
    }
    return pid_;
  }

  void parse() {
    constexpr std::string_view kLabel = "\"child-pid\":";
    const std::size_t label = text_.find(kLabel);
    if (label == std::string::npos || text_.find_first_of(",}", label) == std::string::npos) return;
    const std::size_t digits = text_.find_first_not_of(' ', label + kLabel.size());
    std::from_chars(text_.data() + digits, text_.data() + text_.size(), pid_);
  }

  UniqueFd status_, started_;
  std::string text_;
  int pid_ = 0;
  bool started_seen_ = false;
};

// The kernel ends everything in the sandbox with its PID 1, and bubblewrap ends after that: so
// once the child is gone, all is.
platform::ProcessTree tree_of(SandboxInit& init) {
  return {[&init](int signal) { init.signal(signal); }, [] { return true; }};
}

struct Launch {
  std::vector<std::string> command;  // of bubblewrap, up to the program
  std::vector<std::string> interpreter;
  int standard_input = -1;
  const JobPlan& plan;
};

Result<platform::Supervised> run_in_sandbox(const Launch& launch, platform::Termination& termination) {
  auto status = platform::make_pipe(O_NONBLOCK);
  if (!status) return fail(status.error());
  auto started = platform::make_pipe(O_NONBLOCK);
  if (!started) return fail(started.error());
  auto lifeline = platform::make_pipe();
  if (!lifeline) return fail(lifeline.error());
  // By descriptor: the job's user may have no way to our program's path.
  const UniqueFd program{::open("/proc/self/exe", O_RDONLY | O_CLOEXEC)};
  if (!program) return fail(platform::system_error("cannot open our own program", errno));

  platform::ChildSpec spec;
  spec.argv = launch.command;
  spec.argv.insert(spec.argv.end(), {"--json-status-fd", std::to_string(status->write.get()), "--",
                                     "/proc/self/fd/" + std::to_string(program.get())});
  const auto init =
      to_arguments({started->write.get(), lifeline->read.get(), launch.plan.kill_grace, launch.interpreter});
  spec.argv.insert(spec.argv.end(), init.begin(), init.end());
  spec.environment = launch.plan.environment;
  spec.standard_input = launch.standard_input;
  spec.kept_open = {status->write.get(), started->write.get(), lifeline->read.get(), program.get()};
  spec.cgroups = launch.plan.cgroups;
  spec.on_our_death = platform::OnOurDeath::die;
  if (launch.plan.drop_privileges) spec.drop_to = launch.plan.account;

  auto child = platform::start(spec);
  if (!child) return fail(child.error());
  status->write = UniqueFd{};
  started->write = UniqueFd{};
  lifeline->read = UniqueFd{};
  SandboxInit sandbox{std::move(status->read), std::move(started->read)};
  const auto end =
      platform::supervise(*child, tree_of(sandbox), termination, launch.plan.kill_grace + kOuterGrace);
  if (!end.terminated && !sandbox.has_started()) {
    return fail(Errc::unavailable, "the sandbox could not be set up; see the line of " +
                                       launch.command.front() + " above, and `runneriq-executor doctor`");
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
  Launch launch{*command, stage.interpreter, stage.descriptor, plan};
  if (note(plan, kNetworkNote) != nullptr && is_user_script(stage.sub_stage)) {
    launch.command.emplace_back("--unshare-net");
  }
  const auto end = run_in_sandbox(launch, termination_);
  if (!end) return fail(end.error());
  if (end->terminated) return StageEnd{Terminated{end->status}};
  return StageEnd{ScriptEnded{end->status}};
}

Result<void> BubblewrapDriver::cleanup(const JobPlan&) {
  return {};
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
