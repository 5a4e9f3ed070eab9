#include "executor/stage_flow.hpp"

#include "core/json_text.hpp"
#include "core/overloaded.hpp"
#include "core/printable.hpp"
#include "executor/admission_wait.hpp"
#include "executor/job_energy.hpp"
#include "executor/outcome_delivery.hpp"
#include "executor/planning.hpp"
#include "executor/service_desk.hpp"
#include "scheduler/analyzer.hpp"
#include "scheduler/explanation.hpp"

#include <nlohmann/json.hpp>

namespace runneriq::executor {
namespace {

using nlohmann::json;

bool told_to_end(Session& session) {
  const auto woken = session.waiter.sleep_until(session.waiter.now());
  return woken == Waiter::Woken::by_stop || woken == Waiter::Woken::by_orphaning;
}

// After SIGTERM a config or prepare must not count as done: gitlab-runner would go on.
int unless_told_to_end(Session& session, int exit_code) {
  return told_to_end(session) ? session.environment.system_failure : exit_code;
}

int system_failure(Session& session, const Error& error) {
  session.log.line(error.message);
  return session.environment.system_failure;
}

// A driver may say that the job itself is at fault (a chained driver's exit 1): no second try then.
int driver_failure(Session& session, const Error& error) {
  session.log.line(error.message);
  return error.code == Errc::invalid_argument ? session.environment.build_failure
                                              : session.environment.system_failure;
}

void warn(Session& session, const Result<void>& done) {
  if (!done) session.log.line(done.error().message);
}

// ---- config -------------------------------------------------------------------------------

std::string driver_name(const JobPlan& plan, const ConfigAnswer& answer) {
  std::string name = "RunnerIQ-" + std::string(to_text(plan.driver));
  if (answer.driver_name) name += "(" + *answer.driver_name + ")";
  return name;
}

template <class Value>
void put(json& document, const char* key, const std::optional<Value>& value) {
  if (value) document[key] = *value;
}

// What the driver leaves open is ours to say; but a chained driver's silence means what
// config.toml says, since its environment need not have our folders.
ConfigAnswer completed(const Session& session, const JobPlan& plan, ConfigAnswer answer) {
  if (!answer.shell && !session.options.shell.empty()) answer.shell = session.options.shell;
  if (plan.driver == DriverKind::chain) return answer;
  if (!answer.hostname) answer.hostname = session.hostname;
  if (!answer.builds_dir) answer.builds_dir = plan.builds_dir;
  if (!answer.cache_dir) answer.cache_dir = plan.cache_dir;
  if (!answer.builds_dir_is_shared) answer.builds_dir_is_shared = false;
  return answer;
}

json config_document(const Session& session, const JobPlan& plan, const ConfigAnswer& answer) {
  json document;
  document["driver"] = {{"name", driver_name(plan, answer)},
                        {"version", answer.driver_version.value_or(session.version)}};
  put(document, "hostname", answer.hostname);
  put(document, "builds_dir", answer.builds_dir);
  put(document, "cache_dir", answer.cache_dir);
  put(document, "builds_dir_is_shared", answer.builds_dir_is_shared);
  put(document, "shell", answer.shell);
  document["job_env"] = answer.job_env;
  return document;
}

// ---- prepare ------------------------------------------------------------------------------

scheduler::AdmissionRequest request_for(const JobPlan& plan, const Session& session,
                                        const gitlab::JobResponse& job) {
  scheduler::AdmissionRequest request;
  request.key = plan.key;
  request.attempt = plan.attempt;
  request.history = plan.history;
  request.score = plan.score;
  request.job_class = plan.job_class;
  request.queued_in_gitlab = plan.queued_in_gitlab;
  request.max_hold = scheduler::hold_bound(session.options.max_hold, job.timeout);
  return request;
}

void set_priority(Session& session, JobPlan& plan, const gitlab::JobResponse& job) {
  const scheduler::Priority priority = scheduler::analyze(scheduler::facts_of(job), session.rules);
  plan.score = priority.score;
  plan.job_class = priority.job_class;
  session.log.line(scheduler::describe(priority));
  for (const std::string& anomaly : priority.anomalies) session.log.line(printable(anomaly));
}

scheduler::HostReport report_of(const Session& session, const JobPlan& plan) {
  scheduler::HostReport report;
  report.host = session.host_identity();
  report.slots = plan.slots;
  report.runner = plan.runner;
  return report;
}

std::variant<Admitted, GaveUp> admit(Session& session, JobPlan& plan, const gitlab::JobResponse& job) {
  const auto state = session.host_state();
  if (!state) {
    session.log.line("admitted without a slot: " + state.error().message);
    return Admitted{session.waiter.now(), Duration::zero()};
  }
  const auto request = request_for(plan, session, job);
  scheduler::AdmissionService* const service = session.service(plan);
  if (service == nullptr) return wait_for_admission(state->desk, request, session.waiter, session.log);
  const scheduler::HostReport report = report_of(session, plan);
  ServiceDesk desk{*service, state->desk, report, session.log};
  auto end = wait_for_admission(desk, request, session.waiter, session.log);
  plan.service_given_up = desk.service_is_given_up();
  return end;
}

int make_ready(Session& session, JobPlan& plan) {
  if (auto made = session.folders.make(plan); !made) return system_failure(session, made.error());
  auto driver = session.driver(plan);
  if (!driver) return system_failure(session, driver.error());
  if (auto ready = (*driver)->prepare(plan); !ready) {
    (void)session.files.write_plan(plan);  // cleanup must know what there is to undo
    return driver_failure(session, ready.error());
  }
  if (auto written = session.files.write_plan(plan); !written)
    return system_failure(session, written.error());
  return 0;
}

// The plan of config; made now where gitlab-runner has no config_exec.
Result<JobPlan> plan_for_prepare(Session& session, const gitlab::JobResponse& job) {
  auto plan = session.files.read_plan();
  if (plan) return plan;
  session.log.line(plan.error().code == Errc::not_found
                       ? "the config stage did not run: set config_exec in config.toml, else the "
                         "builds and cache folders are not RunnerIQ's"
                       : plan.error().message + "; planned anew");
  return session.plan(job);
}

// ---- run ----------------------------------------------------------------------------------

// A job whose plan is lost runs all the same, as a job without admission.
Result<JobPlan> plan_for_run(Session& session) {
  auto plan = session.files.read_plan();
  if (plan) return plan;
  session.log.line(plan.error().message + "; planned anew");
  plan = session.plan(session.job());
  if (!plan) return plan;
  if (auto made = session.folders.make(*plan); !made) return fail(made.error());
  auto driver = session.driver(*plan);
  if (!driver) return fail(driver.error());
  if (auto ready = (*driver)->prepare(*plan); !ready) return fail(ready.error());
  warn(session, session.files.write_plan(*plan));
  return plan;
}

int script_failure(Session& session, ExitStatus status) {
  warn(session, session.files.report_exit_code(status.shell_code()));
  return session.environment.build_failure;
}

// Never success, even if the script's trap made it end with 0.
ExitStatus status_of(const Terminated& stopped) {
  constexpr ExitStatus kStopped = ExitStatus::exited(143);  // 128 + SIGTERM
  return stopped.status.success() ? kStopped : stopped.status;
}

int exit_code_of(Session& session, const StageEnd& end) {
  return std::visit(
      Overloaded{[&](const ScriptEnded& script) {
                   return script.status.success() ? 0 : script_failure(session, script.status);
                 },
                 [&](const Terminated& stopped) { return script_failure(session, status_of(stopped)); },
                 [&](const PassedOn& passed) { return passed.exit_code; }},
      end);
}

int recorded_code(const Session& session, const StageEnd& end) {
  const int job_failed = session.environment.build_failure;
  return std::visit(Overloaded{[](const ScriptEnded& script) { return script.status.shell_code(); },
                               [](const Terminated& stopped) { return status_of(stopped).shell_code(); },
                               [&](const PassedOn& passed) {
                                 const bool of_the_job =
                                     passed.exit_code == 0 || passed.exit_code == job_failed;
                                 return of_the_job ? passed.exit_code : kSystemFailure;
                               }},
                    end);
}

struct MeteredEnd {
  StageEnd end;
  std::optional<StageEnergy> energy;
};

// A job without a cgroup has no share of what the host uses that could be told.
ReadHostUse meter_of(const Session& session, const JobPlan& plan) {
  const bool wanted = plan.energy.measure == EnergyMeasure::automatic && !plan.cgroups.empty();
  return wanted ? session.host_use : [] { return std::nullopt; };
}

Result<MeteredEnd> run_metered(Session& session, Driver& driver, const JobPlan& plan, StageScript script) {
  StageMeter meter{meter_of(session, plan)};
  if (meter.measures()) script.each_round = [&meter] { meter.look(); };
  auto end = driver.run(plan, script);
  if (!end) return fail(end.error());
  return MeteredEnd{*end, meter.end()};
}

Result<MeteredEnd> run_script(Session& session, const std::string& path, const std::string& sub_stage) {
  auto plan = plan_for_run(session);
  if (!plan) return fail(plan.error());
  auto script = session.files.open_script(path, sub_stage);
  if (!script) return fail(script.error());
  auto driver = session.driver(*plan);
  if (!driver) return fail(driver.error());
  return run_metered(session, **driver, *plan, *std::move(script));
}

// ---- cleanup ------------------------------------------------------------------------------

// A job that was cancelled before its script has not failed by a sub-stage; but nor did it succeed.
bool ran_its_script(const std::vector<StageRecord>& records) {
  return std::ranges::any_of(records, [](const StageRecord& record) {
    return record.exit_code == 0 && is_user_script(record.sub_stage) && decides_the_job(record.sub_stage);
  });
}

scheduler::JobOutcome outcome_of(Session& session, const JobPlan& plan) {
  const std::vector<StageRecord> records = session.ledger.all();
  const JobResult result = result_of(records);
  const Time now = session.waiter.now();
  scheduler::JobOutcome outcome;
  outcome.key = plan.key;
  outcome.attempt = plan.attempt;
  outcome.history = plan.history;
  outcome.job_class = plan.job_class;
  outcome.score = plan.score;
  outcome.queued_in_gitlab = plan.queued_in_gitlab;
  outcome.held = plan.held;
  outcome.ran = plan.admitted ? std::max(now - *plan.admitted, Duration::zero()) : Duration::zero();
  outcome.cpu = session.folders.cpu_time(plan);
  const AttemptUse use{session.host_cores(), plan.slots, outcome.ran, outcome.cpu};
  outcome.energy = energy_of(records, use, plan.energy.power);
  outcome.succeeded = result.succeeded && ran_its_script(records);
  outcome.exit_code = result.exit_code;
  outcome.failed_stage = result.failed_stage;
  outcome.finished = now;
  return outcome;
}

void leave(Session& session, const scheduler::JobKey& key, const AttemptId& attempt) {
  const auto state = session.host_state();
  if (!state) return session.log.line(state.error().message);
  warn(session, state->desk.leave(key, attempt, session.waiter.now()));
}

void settle(Session& session, const JobPlan& plan) {
  const auto state = session.host_state();
  if (!state) return session.log.line(state.error().message);
  // The slot first. A state file that cannot be written is waited for once, not twice.
  const auto left = state->desk.leave(plan.key, plan.attempt, session.waiter.now());
  if (!left) return session.log.line(left.error().message);
  // A prepare that never admitted the job has no outcome to tell.
  if (plan.admitted) warn(session, state->outcomes.record(outcome_of(session, plan)));
}

// What the service has to know of a job that is over: that it waits no more, and how it and others
// before it ended.
void tell_service(Session& session, const JobPlan& plan) {
  if (plan.service_given_up) return;
  scheduler::AdmissionService* const service = session.service(plan);
  if (service == nullptr) return;
  const auto state = session.host_state();
  if (!state) return;
  if (!plan.admitted) {
    if (auto left = service->leave({plan.key, plan.attempt}); !left) return warn(session, left);
  }
  warn(session, deliver_outcomes(state->outcomes, *service, report_of(session, plan), session.log));
}

}  // namespace

int config_stage(Session& session, std::string& document) {
  const auto plan = session.plan(session.job());
  if (!plan) return system_failure(session, plan.error());
  auto driver = session.driver(*plan);
  if (!driver) return system_failure(session, driver.error());
  const auto answer = (*driver)->config(*plan);
  if (!answer) return unless_told_to_end(session, driver_failure(session, answer.error()));
  if (auto written = session.files.write_plan(*plan); !written)
    return system_failure(session, written.error());
  document = json_line(config_document(session, *plan, completed(session, *plan, *answer)));
  return unless_told_to_end(session, 0);
}

int prepare_stage(Session& session) {
  const gitlab::JobResponse job = session.job();
  auto plan = plan_for_prepare(session, job);
  if (!plan) return system_failure(session, plan.error());
  set_priority(session, *plan, job);
  const auto admission = admit(session, *plan, job);
  const auto* admitted = std::get_if<Admitted>(&admission);
  if (admitted == nullptr) return session.environment.system_failure;
  plan->admitted = admitted->at;
  plan->held = admitted->held;
  return unless_told_to_end(session, make_ready(session, *plan));
}

int run_stage(Session& session, const std::string& script_path, const std::string& sub_stage) {
  warn(session, session.files.report_exit_code(std::nullopt));
  warn(session, session.ledger.add({sub_stage, std::nullopt}));
  const auto ran = run_script(session, script_path, sub_stage);
  if (!ran) {
    warn(session, session.ledger.add({sub_stage, kSystemFailure}));
    return system_failure(session, ran.error());
  }
  warn(session, session.ledger.add({sub_stage, recorded_code(session, ran->end), ran->energy}));
  return exit_code_of(session, ran->end);
}

int cleanup_stage(Session& session) {
  auto plan = session.files.read_plan();
  if (!plan) {
    // config or prepare never came to write one: what they may have taken is still given back.
    const gitlab::JobResponse job = session.job();
    plan = session.plan(job);
    if (!plan) {
      const AttemptId attempt{session.environment.attempt_dir};
      leave(session, key_of(job, attempt), attempt);
      return system_failure(session, plan.error());
    }
  }
  const auto driver = session.driver(*plan);
  const Result<void> undone = driver ? (*driver)->cleanup(*plan) : Result<void>{fail(driver.error())};
  settle(session, *plan);
  const auto removed = session.folders.remove_private(*plan);
  tell_service(session, *plan);
  warn(session, undone);
  warn(session, removed);
  return undone && removed ? 0 : session.environment.system_failure;
}

}  // namespace runneriq::executor
