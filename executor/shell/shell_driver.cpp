#include "executor/shell/shell_driver.hpp"

#include "executor/job_environment.hpp"
#include "platform/cgroup.hpp"
#include "platform/child_process.hpp"
#include "platform/output_relay.hpp"
#include "platform/process_table.hpp"

#include <unistd.h>

#include <csignal>

namespace runneriq::executor {
namespace {

platform::ChildSpec spec_for(const JobPlan& plan, const StageScript& script) {
  platform::ChildSpec spec;
  spec.argv = script.interpreter;
  spec.environment = plan.environment;
  spec.working_directory = plan.builds_dir;
  spec.standard_input = script.descriptor;
  spec.cgroups = plan.cgroups;
  spec.keyring = platform::SessionKeyring::own;
  if (plan.drop_privileges) spec.drop_to = plan.account;
  return spec;
}

// All that descends from this process: as the parent of orphans we keep also those that
// forked twice and called setsid.
platform::ProcessTree everything_below_us(const std::vector<std::string>& cgroups,
                                          platform::OutputRelay& output,
                                          const std::function<void()>& each_round) {
  const platform::Pid self = ::getpid();
  return {.signal_all =
              [self, cgroups](int signal) {
                if (signal == SIGKILL) platform::kill_cgroups(cgroups);
                for (const platform::Pid pid : platform::descendants(self)) ::kill(pid, signal);
              },
          .is_gone = platform::has_no_children,
          .output = &output,
          .each_round = each_round};
}

}  // namespace

Result<ConfigAnswer> ShellDriver::config(const JobPlan&) {
  return ConfigAnswer{};
}

Result<void> ShellDriver::prepare(JobPlan&) {
  return {};
}

Result<StageEnd> ShellDriver::run(const JobPlan& plan, const StageScript& script) {
  auto output = platform::OutputRelay::make();
  if (!output) return fail(output.error());
  platform::ChildSpec spec = spec_for(plan, script);
  output->connect(spec);
  platform::adopt_orphans();
  auto child = platform::start(spec);
  if (!child) return fail(child.error());
  output->child_started();
  const auto end = platform::supervise(*child, everything_below_us(plan.cgroups, *output, script.each_round),
                                       termination_, plan.kill_grace);
  if (end.terminated) return StageEnd{Terminated{end.status}};
  return StageEnd{ScriptEnded{end.status}};
}

// A stage whose executor was killed leaves its processes behind.
Result<void> ShellDriver::cleanup(const JobPlan& plan) {
  return platform::end_processes_with(attempt_marker(plan.attempt));
}

}  // namespace runneriq::executor
