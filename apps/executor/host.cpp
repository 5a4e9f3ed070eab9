#include "apps/executor/host.hpp"

#include "apps/executor/host_use.hpp"
#include "core/path.hpp"
#include "core/printable.hpp"
#include "core/version.hpp"
#include "executor/chain/chain_driver.hpp"
#include "executor/podman/podman_driver.hpp"
#include "executor/shell/shell_driver.hpp"
#include "platform/accounts.hpp"
#include "platform/digest.hpp"
#include "platform/files.hpp"
#include "platform/host_load.hpp"
#include "platform/process_table.hpp"

#include <unistd.h>

#include <array>

namespace runneriq::app {
namespace {

using executor::DriverKind;

constexpr std::array kUsualJobUsers{"gitlab-runner", "runneriq-job", "nobody"};
constexpr std::uint32_t kOverflowUid = 65534;  // what the kernel takes for nobody

JobUser lesser_user_for_root() {
  for (const char* name : kUsualJobUsers) {
    if (auto account = platform::find_account(name); account && account->uid != 0)
      return {*account, true, ""};
  }
  return {*platform::find_account(std::to_string(kOverflowUid)), true, ""};
}

JobUser instead(JobUser user, std::string why) {
  user.warning = std::move(why) + "; jobs run as " + user.account.name;
  return user;
}

JobUser user_for_root(const executor::ExecutorOptions& options) {
  if (options.run_as.empty()) return lesser_user_for_root();
  auto account = platform::find_account(options.run_as);
  if (!account) return instead(lesser_user_for_root(), "executor.run_as: " + account.error().message);
  if (account->uid != 0) return {*account, true, ""};
  if (options.allow_root) return {*account, false, ""};
  return instead(lesser_user_for_root(), "executor.run_as: root needs executor.allow_root: true");
}

// What the drivers that start other programs need in every stage goes with the plan: the
// configuration may change while a job runs.
void note_driver_options(executor::JobPlan& plan, const executor::ExecutorOptions& options) {
  if (plan.driver == DriverKind::podman) {
    plan.driver_notes["podman"] = {options.podman.command, options.podman.default_image};
  }
  if (plan.driver != DriverKind::chain) return;
  plan.driver_notes["chain.config"] = options.chain.config;
  plan.driver_notes["chain.prepare"] = options.chain.prepare;
  plan.driver_notes["chain.run"] = options.chain.run;
  plan.driver_notes["chain.cleanup"] = options.chain.cleanup;
  if (!options.run_as.empty()) plan.driver_notes["chain.run_as"] = {options.run_as};
}

void restore_driver_options(const executor::JobPlan& plan, executor::ExecutorOptions& options) {
  const auto noted = [&](const char* key) {
    const auto found = plan.driver_notes.find(key);
    return found == plan.driver_notes.end() ? std::vector<std::string>{} : found->second;
  };
  if (const auto podman = noted("podman"); podman.size() == 2) {
    options.podman.command = podman[0];
    options.podman.default_image = podman[1];
  }
  if (plan.driver == DriverKind::chain) {
    options.chain = {noted("chain.config"), noted("chain.prepare"), noted("chain.run"),
                     noted("chain.cleanup")};
  }
}

// Who names a user for jobs means the chained driver too; else it keeps the rights it had.
executor::ChainRights chain_rights(const executor::JobPlan& plan) {
  return plan.driver_notes.contains("chain.run_as") ? executor::ChainRights::of_the_account
                                                    : executor::ChainRights::ours;
}

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "localhost";
}

// Other hosts have other machine ids; what is told of this one is not the id itself (machine-id(5)).
std::string host_identity() {
  constexpr std::size_t kLongestMachineId = 4096;
  const auto machine = platform::read_file("/etc/machine-id", kLongestMachineId);
  const std::string id = machine ? machine->substr(0, machine->find('\n')) : std::string();
  if (id.empty()) return printable(host_name());
  constexpr std::size_t kDigits = 32;
  return platform::sha256_hex(id + "runneriq").substr(0, kDigits);
}

std::string describe(const JobUser& user) {
  return user.account.name.empty() ? "uid " + std::to_string(user.account.uid) : user.account.name;
}

}  // namespace

void ConsoleLog::line(std::string_view text) {
  std::string line = std::string(executor::kOurLinePrefix) + std::string(text) + "\n";
  const int fd = to_ == LogTo::standard_output ? STDOUT_FILENO : STDERR_FILENO;
  // One write, so that lines of several processes do not mix; a runner that is gone reads none.
  (void)!::write(fd, line.data(), line.size());
}

JobUser job_user(const executor::ExecutorOptions& options) {
  if (platform::is_root()) return user_for_root(options);
  JobUser user{platform::current_account(), false, ""};
  const bool as_asked = options.run_as.empty() || options.run_as == user.account.name ||
                        options.run_as == std::to_string(user.account.uid);
  if (as_asked) return user;
  return instead(std::move(user), "executor.run_as: only root can run jobs as " + printable(options.run_as));
}

Result<DriverChoice> choose_driver(const executor::ExecutorOptions& options, const JobUser& user) {
  if (options.driver != DriverKind::automatic) return DriverChoice{options.driver, "executor.driver"};
  const auto works = executor::probe_bubblewrap(options.bubblewrap, user.account, user.drop_privileges);
  if (works) return DriverChoice{DriverKind::bubblewrap, "a sandbox can be made here"};
  const Errc code = works.error().code;
  if (code != Errc::not_found && code != Errc::permission) return fail(works.error());
  return DriverChoice{DriverKind::shell, works.error().message};
}

Host::Host(executor::EnvironmentBlock environment, LogTo log)
    : environment_(environment),
      stage_(executor::stage_environment(environment)),
      log_(log),
      attempt_(stage_),
      state_file_(app::state_file(environment)),
      job_folders_(settings_.executor) {}

void Host::load() {
  if (std::exchange(loaded_, true)) return;
  settings_ = load_settings(environment_);
}

void Host::report_configuration() {
  load();
  for (const config::Problem& problem : settings_.problems) {
    log_.line("configuration: " + problem.where + ": " + printable(problem.message, 400) + " (ignored)");
  }
}

void Host::report_notices() {
  for (; state_ && notices_said_ < state_->notices().size(); ++notices_said_) {
    log_.line(state_->notices()[notices_said_]);
  }
}

gitlab::JobResponse Host::read_job() {
  if (stage_.job_response_file.empty()) {
    log_.line(
        "gitlab-runner sets no JOB_RESPONSE_FILE, as versions before 14.1; the job runs with default "
        "priority "
        "and shares no folder with others");
    return {};
  }
  const auto file = platform::MappedFile::open(stage_.job_response_file);
  if (!file) {
    log_.line(file.error().message + "; the job runs with default priority");
    return {};
  }
  auto parsed = gitlab::parse_job_response(file->view());
  if (parsed.trouble) log_.line(*parsed.trouble + "; the job runs with what could be read");
  return std::move(parsed.job);
}

std::optional<int> Host::reserve_builds_number(const gitlab::JobResponse& job, const AttemptId& attempt) {
  if (!executor::leaves_for_others(job)) return std::nullopt;
  const auto state = host_state();
  if (!state) return std::nullopt;
  const auto number = state->builds.reserve(executor::gitlab_of(job), job.project, attempt);
  return number ? std::optional(*number) : std::nullopt;
}

Result<executor::JobPlan> Host::plan(const gitlab::JobResponse& job) {
  load();
  const JobUser user = job_user(settings_.executor);
  if (!user.warning.empty()) log_.line(user.warning);
  const auto driver = choose_driver(settings_.executor, user);
  if (!driver) return fail(driver.error());
  if (driver->kind == DriverKind::shell) {
    log_.line("driver shell, for trusted jobs only: jobs see what user " + describe(user) + " sees (" +
              printable(driver->reason, 300) + ")");
  }
  const AttemptId attempt{stage_.attempt_dir};
  auto plan =
      executor::plan_job({settings_.executor, job, environment_, attempt.value(), roots(), driver->kind,
                          user.account, user.drop_privileges, reserve_builds_number(job, attempt),
                          platform::sha256_hex(executor::gitlab_of(job).value())});
  note_driver_options(plan, settings_.executor);
  return plan;
}

executor::HostRoots Host::roots() const {
  return executor::host_roots(settings_.executor, platform::parent_folder(state_file_));
}

Result<executor::HostStatePorts> Host::host_state() {
  if (!state_) {
    auto runner = platform::calling_runner();
    if (!runner) return fail(runner.error());
    auto self = platform::identify(::getpid());
    if (!self) return fail(self.error());
    auto opened = scheduler::HostState::open(
        {.path = state_file_, .slots = settings_.executor.slots, .runner = *runner, .prepare = *self});
    if (!opened) return fail(opened.error());
    state_.emplace(std::move(*opened));
    waiter_.watch(platform::parent_folder(state_file_), std::string(last_part(state_file_)));
  }
  return executor::HostStatePorts{*state_, *state_, *state_};
}

scheduler::AdmissionService* Host::service(const executor::JobPlan& plan) {
  if (plan.service_socket.empty() || !platform::exists(plan.service_socket)) return nullptr;
  if (!service_) service_.emplace(plan.service_socket);
  return &*service_;
}

Result<std::unique_ptr<executor::Driver>> Host::driver(const executor::JobPlan& plan) {
  executor::ExecutorOptions& options = settings_.executor;
  restore_driver_options(plan, options);
  switch (plan.driver) {
    case DriverKind::bubblewrap: {
      const executor::HostRoots ours = roots();
      return std::make_unique<executor::BubblewrapDriver>(
          options.bubblewrap,
          executor::HostFolders{platform::parent_folder(state_file_), ours.builds, ours.cache, ours.jobs},
          termination_);
    }
    case DriverKind::shell:
      return std::make_unique<executor::ShellDriver>(termination_);
    case DriverKind::podman:
      return std::make_unique<executor::PodmanDriver>(options.podman, options.pids_limit, environment_,
                                                      termination_, log_);
    case DriverKind::chain:
      return std::make_unique<executor::ChainDriver>(options.chain, environment_, chain_rights(plan),
                                                     termination_, log_);
    case DriverKind::automatic:
      break;
  }
  return fail(Errc::invalid_argument, "the plan names no driver; it was written by another program");
}

executor::Session Host::session() {
  return {.environment = stage_,
          .options = settings_.executor,
          .rules = settings_.rules,
          .log = log_,
          .waiter = waiter_,
          .files = attempt_,
          .ledger = attempt_,
          .folders = job_folders_,
          .job = [this] { return read_job(); },
          .plan = [this](const gitlab::JobResponse& job) { return plan(job); },
          .host_state = [this] { return host_state(); },
          .driver = [this](const executor::JobPlan& plan) { return driver(plan); },
          .service = [this](const executor::JobPlan& plan) { return service(plan); },
          .host_identity = host_identity,
          .hostname = host_name(),
          .version = RUNNERIQ_VERSION,
          .host_use = [] { return read_host_use(); },
          .host_cores = platform::online_processors};
}

}  // namespace runneriq::app
