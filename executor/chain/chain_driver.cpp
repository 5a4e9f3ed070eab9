#include "executor/chain/chain_driver.hpp"

#include "executor/chain_config.hpp"
#include "platform/memory_file.hpp"

#include <csignal>
#include <utility>

namespace runneriq::executor {
namespace {

// The group counts only once we had to end it.
class Group {
 public:
  explicit Group(int pid) : pid_(pid) {}
  platform::ProcessTree tree() {
    return {[this](int signal) {
              ending_ = true;
              ::kill(-pid_, signal);
            },
            [this] { return !ending_ || ::kill(-pid_, 0) != 0; }};
  }

 private:
  int pid_;
  bool ending_ = false;
};

// What a chained config or prepare that did not succeed means.
Error failure_of(std::string_view stage, const platform::Supervised& end,
                 const StageEnvironment& environment) {
  const std::string what = "the chained driver's " + std::string(stage);
  if (end.terminated) return {Errc::timed_out, what + " was ended by SIGTERM"};
  if (chained_exit_code(end.status, environment) == environment.build_failure) {
    return {Errc::invalid_argument, what + " says that the job is at fault"};
  }
  return {Errc::unavailable, what + " ended with exit code " + std::to_string(end.status.shell_code())};
}

}  // namespace

Result<ConfigAnswer> ChainDriver::config(const JobPlan& plan) {
  if (auto good = check(); !good) return fail(good.error());
  if (commands_.config.empty()) return ConfigAnswer{};
  auto output = platform::MemoryFile::make();
  if (!output) return fail(output.error());
  platform::ChildSpec child = spec(plan, commands_.config);
  child.standard_output = output->fd();
  const auto end = call(child, plan.kill_grace);
  if (!end) return fail(end.error());
  if (end->terminated || !end->status.success()) return fail(failure_of("config", *end, stage_));
  auto config = parse_chained_config(output->head(kLargestChainedConfig + 1));
  // Not the job's fault: gitlab-runner would try again.
  if (!config) return fail(Errc::unavailable, std::move(config.error().message));
  for (const std::string& line : config->ignored) log_.line(line);
  return std::move(config->answer);
}

Result<void> ChainDriver::prepare(JobPlan& plan) {
  if (auto good = check(); !good) return good;
  if (commands_.prepare.empty()) return {};
  const auto end = call(spec(plan, commands_.prepare), plan.kill_grace);
  if (!end) return fail(end.error());
  if (end->terminated || !end->status.success()) return fail(failure_of("prepare", *end, stage_));
  return {};
}

Result<StageEnd> ChainDriver::run(const JobPlan& plan, const StageScript& script) {
  if (auto good = check(); !good) return fail(good.error());
  std::vector<std::string> command = commands_.run;
  command.insert(command.end(), {script.path, script.sub_stage});
  const auto end = call(spec(plan, command), plan.kill_grace, script.each_round);
  if (!end) return fail(end.error());
  const int code = chained_exit_code(end->status, stage_);
  return StageEnd{PassedOn{end->terminated && code == 0 ? stage_.build_failure : code}};
}

Result<void> ChainDriver::cleanup(const JobPlan& plan) {
  if (commands_.cleanup.empty()) return {};
  platform::ChildSpec child = spec(plan, commands_.cleanup);
  child.group = platform::ProcessGroup::ours;
  auto started = platform::start(child);
  if (!started) return fail(started.error());
  const ExitStatus status = started->wait();
  if (status.success()) return {};
  return fail(Errc::unavailable,
              "the chained driver's cleanup ended with exit code " + std::to_string(status.shell_code()));
}

Result<void> ChainDriver::check() const {
  if (!commands_.run.empty()) return {};
  return fail(Errc::unavailable,
              "the chain driver has no run command; write it to the configuration, for example "
              "`executor.chain.run: [/path/to/driver, run]`");
}

platform::ChildSpec ChainDriver::spec(const JobPlan& plan, const std::vector<std::string>& command) const {
  platform::ChildSpec child;
  child.argv = command;
  child.environment.assign(environment_.begin(), environment_.end());
  if (const auto path = find_in(environment_, "PATH")) child.path = *path;
  if (rights_ == ChainRights::of_the_account && plan.drop_privileges) child.drop_to = plan.account;
  return child;
}

Result<platform::Supervised> ChainDriver::call(const platform::ChildSpec& spec, Duration grace,
                                               const std::function<void()>& each_round) {
  // Else the dead of the group count as living until init has collected them.
  platform::adopt_orphans();
  auto child = platform::start(spec);
  if (!child) return fail(Errc::unavailable, std::move(child.error().message));
  Group group(child->pid());
  platform::ProcessTree tree = group.tree();
  tree.each_round = each_round;
  return platform::supervise(*child, tree, termination_, grace);
}

}  // namespace runneriq::executor
