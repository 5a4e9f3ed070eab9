// The host as a stage sees it: puts adapters to the ports of the stages.
#pragma once

#include "apps/executor/settings.hpp"
#include "executor/bubblewrap/bubblewrap_driver.hpp"
#include "executor/files/attempt_folder.hpp"
#include "executor/files/job_folders.hpp"
#include "executor/planning.hpp"
#include "executor/socket/socket_service.hpp"
#include "executor/stage_flow.hpp"
#include "platform/system_waiter.hpp"
#include "scheduler/sqlite/host_state.hpp"

#include <memory>
#include <optional>
#include <string>

namespace runneriq::app {

enum class LogTo { standard_output, standard_error };

class ConsoleLog final : public executor::JobLog {
 public:
  explicit ConsoleLog(LogTo to) : to_(to) {}
  void line(std::string_view text) override;

 private:
  LogTo to_;
};

// Whom jobs run as.
struct JobUser {
  Account account;
  bool drop_privileges = false;
  std::string warning;  // "" when all is as configured
};
// `run_as`, else for root the first of gitlab-runner, runneriq-job and nobody, else ourselves.
// Root only when `allow_root`.
JobUser job_user(const executor::ExecutorOptions& options);

// Which driver, and why.
struct DriverChoice {
  executor::DriverKind kind = executor::DriverKind::shell;
  std::string reason;
};
// Only `auto` tries, and takes the shell where bubblewrap is missing or namespaces are switched
// off. Error: it could not be tried, for example because the host is too busy. A driver that was asked for by
// name is used, and jobs fail where it does not work, since they must not run without the isolation that was
// asked for.
Result<DriverChoice> choose_driver(const executor::ExecutorOptions& options, const JobUser& user);

class Host {
 public:
  Host(executor::EnvironmentBlock environment, LogTo log);
  // Reads the configuration, once. The stages after prepare live by the plan and, but for some
  // drivers, never need it.
  void load();
  // Says in the log what is wrong with it.
  void report_configuration();
  // Says what was done to the state file so that it can be used, as far as it is news.
  void report_notices();
  // For the stages; refers to this object.
  executor::Session session();

 private:
  [[nodiscard]] executor::HostRoots roots() const;
  gitlab::JobResponse read_job();
  Result<executor::JobPlan> plan(const gitlab::JobResponse& job);
  std::optional<int> reserve_builds_number(const gitlab::JobResponse& job, const AttemptId& attempt);
  Result<executor::HostStatePorts> host_state();
  scheduler::AdmissionService* service(const executor::JobPlan& plan);
  Result<std::unique_ptr<executor::Driver>> driver(const executor::JobPlan& plan);

  executor::EnvironmentBlock environment_;
  executor::StageEnvironment stage_;
  ConsoleLog log_;
  platform::Termination termination_;
  platform::SystemWaiter waiter_{termination_};
  executor::AttemptFolder attempt_;
  std::string state_file_;
  Settings settings_;
  bool loaded_ = false;
  executor::HostJobFolders job_folders_;
  std::optional<scheduler::HostState> state_;
  std::optional<executor::SocketService> service_;
  std::size_t notices_said_ = 0;
};

}  // namespace runneriq::app
