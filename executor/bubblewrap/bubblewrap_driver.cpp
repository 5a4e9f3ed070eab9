#include "executor/bubblewrap/bubblewrap_driver.hpp"

#include "core/printable.hpp"
#include "executor/bubblewrap/sandbox_init.hpp"
#include "executor/contract.hpp"
#include "platform/cgroup.hpp"
#include "platform/child_process.hpp"
#include "platform/files.hpp"
#include "platform/pipe.hpp"

#include <fcntl.h>
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

// bubblewrap writes {"child-pid": N, …} once PID 1 of the sandbox exists.
class SandboxInit {
 public:
  explicit SandboxInit(UniqueFd status) : status_(std::move(status)) {}

  // Its pid outside; 0 while it does not exist yet.
  int pid() {
    constexpr std::string_view kLabel = "\"child-pid\":";
    char block[512];
    for (ssize_t count = 0; pid_ == 0 && (count = ::read(status_.get(), block, sizeof block)) > 0;) {
      text_.append(block, static_cast<std::size_t>(count));
      std::size_t at = text_.find(kLabel);
      if (at == std::string::npos) continue;
      at = text_.find_first_not_of(' ', at + kLabel.size());
      if (at != std::string::npos) std::from_chars(text_.data() + at, text_.data() + text_.size(), pid_);
    }
    return pid_;
  }

 private:
  UniqueFd status_;
  std::string text_;
  int pid_ = 0;
};

// The kernel ends everything in the sandbox with its PID 1, and bubblewrap ends after that: so
// once the child is gone, all is.
platform::ProcessTree tree_of(SandboxInit& init, const platform::Child& bubblewrap) {
  return {[&init, &bubblewrap](int signal) {
            if (init.pid() != 0) {
              ::kill(init.pid(), signal);
            } else {
              bubblewrap.signal(SIGKILL);  // nothing of the job runs yet
            }
          },
          [] { return true; }};
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
  // By descriptor: the job's user may have no way to our program's path.
  const UniqueFd program{::open("/proc/self/exe", O_RDONLY | O_CLOEXEC)};
  if (!program) return fail(platform::system_error("cannot open our own program", errno));

  platform::ChildSpec spec;
  spec.argv = launch.command;
  spec.argv.insert(spec.argv.end(), {"--json-status-fd", std::to_string(status->write.get()), "--",
                                     "/proc/self/fd/" + std::to_string(program.get())});
  const auto init = sandbox_init_arguments(started->write.get(), launch.plan.kill_grace, launch.interpreter);
  spec.argv.insert(spec.argv.end(), init.begin(), init.end());
  spec.environment = launch.plan.environment;
  spec.standard_input = launch.standard_input;
  spec.kept_open = {status->write.get(), started->write.get(), program.get()};
  spec.cgroups = launch.plan.cgroups;
  spec.on_our_death = platform::OnOurDeath::die;
  if (launch.plan.drop_privileges) spec.drop_to = launch.plan.account;

  auto child = platform::start(spec);
  if (!child) return fail(child.error());
  status->write = UniqueFd{};
  started->write = UniqueFd{};
  SandboxInit sandbox{std::move(status->read)};
  const auto end = platform::supervise(*child, tree_of(sandbox, *child), termination,
                                       launch.plan.kill_grace + kOuterGrace);
  char byte = 0;
  if (!end.terminated && ::read(started->read.get(), &byte, 1) != 1) {
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
