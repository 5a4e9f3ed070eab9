#include "executor/stage_flow.hpp"

#include "core/json_text.hpp"
#include "tests/support/fakes.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

namespace runneriq::executor {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using scheduler::Admission;
using scheduler::Granted;
using scheduler::Held;
using Woken = Waiter::Woken;

const Time kNow{std::chrono::milliseconds{1'700'000'000'000}};
// Not 1 and 2, so that a code of ours cannot be mistaken for gitlab-runner's.
constexpr int kBuildFailureCode = 11;
constexpr int kSystemFailureCode = 12;

Error trouble(std::string message = "the disk is full", Errc code = Errc::unavailable) {
  return {code, std::move(message)};
}

JobPlan plan_of_the_job() {
  JobPlan plan;
  plan.driver = DriverKind::shell;
  plan.attempt = AttemptId{"/tmp/custom-executor1"};
  plan.key = {GitLabUrl{"https://gitlab.example.com"}, JobId{4711}};
  plan.history = {plan.key.gitlab, ProjectId{7}, "unit", "test"};
  plan.builds_dir = "/b/7/0";
  plan.cache_dir = "/c/7/open";
  plan.private_dir = "/j/custom-executor1";
  plan.queued_in_gitlab = 90s;
  return plan;
}

Held next_in_line() {
  Held standing;
  standing.hold_until = kNow + 10min;
  return standing;
}

// A host on which all goes well, until a test says otherwise.
class StageFlow : public testing::Test {
 protected:
  Session session() {
    return {.environment = {"/tmp/custom-executor1", "/tmp/custom-executor1/response.json",
                            "/tmp/custom-executor1/build_exit_code", kBuildFailureCode, kSystemFailureCode},
            .options = options,
            .rules = rules,
            .log = log,
            .waiter = waiter,
            .files = attempt,
            .ledger = attempt,
            .folders = folders,
            .job = [this] { return (journal.emplace_back("read job"), job); },
            .plan = [this](const gitlab::JobResponse&) { return (journal.emplace_back("plan"), planned); },
            .host_state = [this]() -> Result<HostStatePorts> {
              if (state_closed) return fail(*state_closed);
              return HostStatePorts{desk, builds, outcomes};
            },
            .driver = [this](const JobPlan&) -> Result<std::unique_ptr<Driver>> {
              if (no_driver) return fail(*no_driver);
              return std::make_unique<ScriptedDriver>(driver, journal);
            },
            .service = [this](const JobPlan&) -> scheduler::AdmissionService* {
              return service_listens ? &service : nullptr;
            },
            .host_identity = [] { return std::string("host-1"); },
            .hostname = "ci-host",
            .version = "1.2.3",
            .host_use = [this] { return (++readings, host_use); },
            .host_cores = [] { return 4; }};
  }

  int config() {
    Session parts = session();
    return config_stage(parts, document);
  }
  int prepare() {
    Session parts = session();
    return prepare_stage(parts);
  }
  int run(const std::string& sub_stage = "build_script") {
    Session parts = session();
    return run_stage(parts, "/tmp/custom-executor1/script1/script", sub_stage);
  }
  int cleanup() {
    Session parts = session();
    return cleanup_stage(parts);
  }

  [[nodiscard]] bool happened(const std::string& what) const {
    return std::ranges::find(journal, what) != journal.end();
  }
  [[nodiscard]] std::ptrdiff_t when(const std::string& what) const {
    EXPECT_TRUE(happened(what)) << what;
    return std::ranges::find(journal, what) - journal.begin();
  }
  // The plan is as prepare leaves it.
  void admitted_ago(Duration ago) {
    attempt.plan = plan_of_the_job();
    attempt.plan->admitted = kNow - ago;
  }

  Journal journal;
  ExecutorOptions options;
  scheduler::PriorityRules rules = scheduler::PriorityRules::defaults();
  FakeWaiter waiter{kNow};
  RecordingLog log{&waiter};
  MemoryAttempt attempt{journal};
  RecordingFolders folders{journal};
  scheduler::ScriptedDesk desk{journal};
  scheduler::NumberedBuilds builds;
  scheduler::RecordingOutcomes outcomes{journal};
  scheduler::ScriptedService service{journal};
  bool service_listens = false;
  DriverScript driver;
  gitlab::JobResponse job;
  Result<JobPlan> planned = plan_of_the_job();
  std::optional<Error> state_closed, no_driver;
  std::string document;
  std::optional<HostUse> host_use;  // none: no counters
  int readings = 0;
};

// ---- the scheduler service ----------------------------------------------------------------

using WithService = StageFlow;

TEST_F(WithService, PrepareAsksItWhoIsNextAndThePlanSaysNothingSpecial) {
  service_listens = true;
  service.standing->score = 82.5;
  EXPECT_EQ(prepare(), 0);
  EXPECT_TRUE(happened("submit"));
  EXPECT_EQ(desk.requests.at(0).score, 82.5);
  EXPECT_FALSE(attempt.plan->service_given_up);
}

TEST_F(WithService, PrepareThatGivesItUpSaysSoInThePlan) {
  service_listens = true;
  service.standing = Result<scheduler::AdmissionStanding>{fail(Errc::timed_out, "no answer in time")};
  EXPECT_EQ(prepare(), 0);
  EXPECT_TRUE(attempt.plan->service_given_up);
  EXPECT_EQ(log.count("no answer in time"), 1U);
}

TEST_F(WithService, IsNotAskedWhereTheHostsStateCannotBeUsed) {
  service_listens = true;
  state_closed = trouble();
  EXPECT_EQ(prepare(), 0);
  EXPECT_FALSE(happened("submit"));
}

// ---- config -------------------------------------------------------------------------------

std::set<std::string> keys_of(const json& object) {
  std::set<std::string> keys;
  for (const auto& item : object.items()) keys.insert(item.key());
  return keys;
}

using Config = StageFlow;

TEST_F(Config, PrintsTheDocumentOfTheContract) {
  ASSERT_EQ(config(), 0);
  const json printed = json_in(document);
  EXPECT_EQ(keys_of(printed), (std::set<std::string>{"driver", "hostname", "builds_dir", "cache_dir",
                                                     "builds_dir_is_shared", "job_env"}));
  EXPECT_EQ(printed["driver"], (json{{"name", "RunnerIQ-shell"}, {"version", "1.2.3"}}));
  EXPECT_EQ(printed["hostname"], "ci-host");
  EXPECT_EQ(printed["builds_dir"], "/b/7/0");
  EXPECT_EQ(printed["cache_dir"], "/c/7/open");
  EXPECT_EQ(printed["builds_dir_is_shared"], false);
  EXPECT_EQ(printed["job_env"], json::object());
  EXPECT_EQ(document.find('\n'), std::string::npos);
}

TEST_F(Config, NamesTheDriver) {
  for (const DriverKind kind :
       {DriverKind::bubblewrap, DriverKind::shell, DriverKind::podman, DriverKind::chain}) {
    planned->driver = kind;
    ASSERT_EQ(config(), 0);
    EXPECT_EQ(json_in(document)["driver"]["name"], "RunnerIQ-" + std::string(to_text(kind)));
  }
}

TEST_F(Config, NamesTheShellOnlyWhenOneIsSet) {
  options.shell = "sh";
  ASSERT_EQ(config(), 0);
  EXPECT_EQ(json_in(document)["shell"], "sh");
}

TEST_F(Config, WhatTheDriverAnswersStandsBeforeOurs) {
  options.shell = "sh";
  planned->driver = DriverKind::chain;
  driver.config = ConfigAnswer{.driver_name = "tart",
                               .driver_version = "9",
                               .builds_dir = "/vm/builds",
                               .cache_dir = "/vm/cache",
                               .hostname = "vm-1",
                               .shell = "bash",
                               .builds_dir_is_shared = true,
                               .job_env = {{"VM", "1"}}};
  ASSERT_EQ(config(), 0);
  const json printed = json_in(document);
  const std::string name = printed["driver"]["name"];
  EXPECT_TRUE(name.starts_with("RunnerIQ-chain")) << name;
  EXPECT_NE(name.find("tart"), std::string::npos) << name;
  EXPECT_EQ(printed["driver"]["version"], "9");
  EXPECT_EQ(printed["builds_dir"], "/vm/builds");
  EXPECT_EQ(printed["cache_dir"], "/vm/cache");
  EXPECT_EQ(printed["hostname"], "vm-1");
  EXPECT_EQ(printed["shell"], "bash");
  EXPECT_EQ(printed["builds_dir_is_shared"], true);
  EXPECT_EQ(printed["job_env"], (json{{"VM", "1"}}));
}

TEST_F(Config, WhatAChainedDriverLeavesOpenIsForConfigToml) {
  planned->driver = DriverKind::chain;
  ASSERT_EQ(config(), 0);
  const json printed = json_in(document);
  EXPECT_EQ(keys_of(printed), (std::set<std::string>{"driver", "job_env"}));
}

TEST_F(Config, IsJsonEvenWhereAPathIsNoText) {
  planned->builds_dir = "/b/\xFF/0";
  ASSERT_EQ(config(), 0);
  EXPECT_TRUE(json::accept(document)) << document;
}

TEST_F(Config, LeavesThePlanForTheStagesAfterIt) {
  ASSERT_EQ(config(), 0);
  ASSERT_TRUE(attempt.plan);
  EXPECT_EQ(attempt.plan->builds_dir, "/b/7/0");
  EXPECT_EQ(attempt.plan->admitted, std::nullopt);
  EXPECT_TRUE(log.lines.empty()) << log.lines.front();
}

TEST_F(Config, OurTroubleIsASystemFailureAndSaysWhy) {
  const std::function<void()> troubles[] = {
      [&] { planned = fail(trouble()); }, [&] { no_driver = trouble(); },
      [&] { driver.config = fail(trouble()); }, [&] { attempt.plan_unwritable = trouble(); }};
  for (const auto& cause : troubles) {
    planned = plan_of_the_job();
    no_driver.reset();
    driver.config = ConfigAnswer{};
    log.lines.clear();
    cause();
    EXPECT_EQ(config(), kSystemFailureCode);
    EXPECT_EQ(log.lines, std::vector<std::string>{"the disk is full"});
    EXPECT_EQ(document, "");
  }
}

TEST_F(Config, AChainedDriverMaySayThatTheJobIsAtFault) {
  driver.config = fail(trouble("the image is not allowed", Errc::invalid_argument));
  EXPECT_EQ(config(), kBuildFailureCode);
  EXPECT_EQ(log.lines, std::vector<std::string>{"the image is not allowed"});
}

TEST_F(Config, AStopIsNeverSuccess) {
  for (const Woken cause : {Woken::by_stop, Woken::by_orphaning}) {
    waiter = FakeWaiter{kNow};
    waiter.report(cause, kNow);
    EXPECT_EQ(config(), kSystemFailureCode);
  }
}

TEST_F(Config, AStopWhileTheDriverIsAskedIsNoFaultOfTheJob) {
  driver.config = fail(trouble("exit code 1", Errc::invalid_argument));
  driver.meanwhile = [&] { waiter.report(Woken::by_stop, kNow); };
  EXPECT_EQ(config(), kSystemFailureCode);
}

// ---- prepare ------------------------------------------------------------------------------

class Prepare : public StageFlow {
 protected:
  Prepare() { attempt.plan = plan_of_the_job(); }
};

TEST_F(Prepare, MakesTheFoldersThenLetsTheDriverPrepareThenWritesThePlan) {
  ASSERT_EQ(prepare(), 0);
  EXPECT_LT(when("ask"), when("make folders"));
  EXPECT_LT(when("make folders"), when("driver prepare"));
  EXPECT_EQ(journal.back(), "write plan");
  EXPECT_FALSE(happened("plan")) << "config's plan is to be used";
  EXPECT_EQ(attempt.plan->cgroups, std::vector<std::string>{"/sys/fs/cgroup/job"});
  EXPECT_EQ(attempt.plan->driver_notes.count("made"), 1U);
}

TEST_F(Prepare, NotesWhenTheJobWasAdmittedAndHowLongItWasHeld) {
  desk.stands({{kNow, next_in_line()}, {kNow + 40s, Granted{"a slot is free"}}});
  ASSERT_EQ(prepare(), 0);
  EXPECT_EQ(attempt.plan->admitted, kNow + 40s);
  EXPECT_EQ(attempt.plan->held, 40s);
}

TEST_F(Prepare, AsksForAdmissionWithWhatIsKnownOfTheJob) {
  job.name = "deploy to production";
  job.ref = "main";
  job.ref_protected = true;
  ASSERT_EQ(prepare(), 0);
  ASSERT_EQ(desk.requests.size(), 1U);
  const scheduler::AdmissionRequest& asked = desk.requests.front();
  EXPECT_EQ(asked.key, plan_of_the_job().key);
  EXPECT_EQ(asked.attempt, plan_of_the_job().attempt);
  EXPECT_EQ(asked.history.job_name, "unit");
  EXPECT_EQ(asked.history.project, ProjectId{7});
  EXPECT_EQ(asked.job_class, scheduler::JobClass::critical);
  EXPECT_GE(asked.score, 90);
  EXPECT_EQ(asked.queued_in_gitlab, 90s);
  EXPECT_EQ(asked.max_hold, options.max_hold);
  EXPECT_EQ(attempt.plan->job_class, scheduler::JobClass::critical);
  EXPECT_EQ(attempt.plan->score, asked.score);
}

TEST_F(Prepare, AHoldIsNotLongerThanAQuarterOfTheTimeout) {
  job.timeout = 20min;
  ASSERT_EQ(prepare(), 0);
  ASSERT_EQ(desk.requests.size(), 1U);
  EXPECT_EQ(desk.requests.front().max_hold, 5min);
}

TEST_F(Prepare, SaysThePriorityAndWhatIsOddAboutIt) {
  job.name = "lint";
  job.ref = "feature/x";
  job.ref_protected = false;
  job.variables = {{"RUNNERIQ_PRIORITY", "CRITICAL\n/close \x1B[31m"}};
  ASSERT_EQ(prepare(), 0);
  ASSERT_GE(log.lines.size(), 2U);
  EXPECT_TRUE(log.lines[0].starts_with("priority ")) << log.lines[0];
  EXPECT_NE(log.lines[1].find("refused"), std::string::npos) << log.lines[1];
  for (const std::string& line : log.lines) {
    EXPECT_EQ(line.find_first_of("\n\x1B"), std::string::npos) << line;
  }
}

TEST_F(Prepare, RunsTheJobWithoutASlotWhenTheStateCannotBeOpened) {
  state_closed = trouble("the state file is locked");
  EXPECT_EQ(prepare(), 0);
  EXPECT_EQ(log.count("the state file is locked"), 1U);
  EXPECT_EQ(attempt.plan->admitted, kNow);
  EXPECT_TRUE(happened("driver prepare"));
}

TEST_F(Prepare, RunsTheJobWithoutASlotWhenTheDeskFails) {
  desk.answer = [](Time) { return fail(trouble("the state file is damaged")); };
  EXPECT_EQ(prepare(), 0);
  EXPECT_EQ(log.count("the state file is damaged"), 1U);
  EXPECT_EQ(attempt.plan->admitted, kNow);
  EXPECT_TRUE(happened("driver prepare"));
}

TEST_F(Prepare, AStopWhileHeldLeavesTheQueueAndIsASystemFailure) {
  for (const Woken cause : {Woken::by_stop, Woken::by_orphaning}) {
    attempt.plan = plan_of_the_job();
    waiter = FakeWaiter{kNow};
    waiter.report(cause, kNow + 20s);
    desk.stands({{kNow, next_in_line()}});
    desk.left.clear();
    journal.clear();
    EXPECT_EQ(prepare(), kSystemFailureCode);
    ASSERT_EQ(desk.left.size(), 1U);
    EXPECT_EQ(desk.left.front(), std::pair(plan_of_the_job().key, plan_of_the_job().attempt));
    EXPECT_FALSE(happened("make folders"));
    EXPECT_EQ(attempt.plan->admitted, std::nullopt);
  }
}

TEST_F(Prepare, AStopAfterAdmissionIsNeverSuccess) {
  for (const Errc answer : {Errc::unavailable, Errc::invalid_argument}) {
    for (const bool works : {true, false}) {
      waiter = FakeWaiter{kNow};
      driver.prepare = works ? Result<void>{} : Result<void>{fail(trouble("told to end", answer))};
      driver.meanwhile = [&] { waiter.report(Woken::by_stop, kNow); };
      EXPECT_EQ(prepare(), kSystemFailureCode) << "driver works: " << works;
    }
  }
}

TEST_F(Prepare, PlansWhereConfigDidNotRunAndSaysWhatIsMissing) {
  attempt.plan.reset();
  EXPECT_EQ(prepare(), 0);
  EXPECT_EQ(log.count("config_exec"), 1U);
  EXPECT_TRUE(happened("plan"));
  ASSERT_TRUE(attempt.plan);
  EXPECT_EQ(attempt.plan->builds_dir, "/b/7/0");
}

TEST_F(Prepare, PlansAnewWhereThePlanIsDamaged) {
  attempt.plan_unreadable = trouble("the plan is no JSON object", Errc::invalid_argument);
  EXPECT_EQ(prepare(), 0);
  EXPECT_EQ(log.count("the plan is no JSON object"), 1U);
  EXPECT_TRUE(happened("driver prepare"));
}

TEST_F(Prepare, OurTroubleIsASystemFailureAndSaysWhy) {
  const std::function<void()> troubles[] = {
      [&] { folders.cannot_make = trouble(); }, [&] { no_driver = trouble(); },
      [&] { driver.prepare = fail(trouble()); }, [&] { attempt.plan_unwritable = trouble(); },
      [&] { attempt.plan.reset(), planned = fail(trouble()); }};
  for (const auto& cause : troubles) {
    folders.cannot_make.reset();
    no_driver.reset();
    driver.prepare = {};
    attempt.plan_unwritable.reset();
    log.lines.clear();
    cause();
    EXPECT_EQ(prepare(), kSystemFailureCode);
    EXPECT_EQ(log.count("the disk is full"), 1U);
  }
}

TEST_F(Prepare, AChainedDriverMaySayThatTheJobIsAtFault) {
  driver.prepare = fail(trouble("the image is not allowed", Errc::invalid_argument));
  EXPECT_EQ(prepare(), kBuildFailureCode);
}

TEST_F(Prepare, LeavesForCleanupWhatAFailingDriverHasMade) {
  driver.prepare = fail(trouble());
  EXPECT_EQ(prepare(), kSystemFailureCode);
  EXPECT_EQ(attempt.plan->driver_notes.count("made"), 1U);
  EXPECT_EQ(attempt.plan->cgroups.size(), 1U);
}

// ---- run ----------------------------------------------------------------------------------

class Run : public StageFlow {
 protected:
  Run() { admitted_ago(1min); }
};

struct EndCase {
  const char* name;
  StageEnd end;
  int exit_code;                     // for gitlab-runner
  std::optional<int> reported_code;  // in BUILD_EXIT_CODE_FILE
};

class RunEnds : public Run, public testing::WithParamInterface<EndCase> {};

TEST_P(RunEnds, AsTheContractSays) {
  const EndCase& expected = GetParam();
  attempt.exit_code = 99;  // of the sub-stage before
  driver.run = expected.end;
  EXPECT_EQ(run(), expected.exit_code);
  EXPECT_EQ(attempt.exit_code, expected.reported_code);
  EXPECT_TRUE(log.lines.empty()) << log.lines.front();
}

INSTANTIATE_TEST_SUITE_P(
    Each, RunEnds,
    testing::Values(
        EndCase{"Success", ScriptEnded{ExitStatus::exited(0)}, 0, std::nullopt},
        EndCase{"Exit1", ScriptEnded{ExitStatus::exited(1)}, kBuildFailureCode, 1},
        EndCase{"ExitLikeOurSystemFailure", ScriptEnded{ExitStatus::exited(kSystemFailureCode)},
                kBuildFailureCode, kSystemFailureCode},
        EndCase{"Exit255", ScriptEnded{ExitStatus::exited(255)}, kBuildFailureCode, 255},
        EndCase{"KilledBySigkill", ScriptEnded{ExitStatus::killed_by(9)}, kBuildFailureCode, 137},
        EndCase{"KilledBySegv", ScriptEnded{ExitStatus::killed_by(11)}, kBuildFailureCode, 139},
        EndCase{"TerminatedYetStatus0", Terminated{ExitStatus::exited(0)}, kBuildFailureCode, 143},
        EndCase{"TerminatedByItsTrap", Terminated{ExitStatus::exited(1)}, kBuildFailureCode, 1},
        EndCase{"TerminatedBySigterm", Terminated{ExitStatus::killed_by(15)}, kBuildFailureCode, 143},
        EndCase{"TerminatedBySigkill", Terminated{ExitStatus::killed_by(9)}, kBuildFailureCode, 137},
        EndCase{"PassedOnSuccess", PassedOn{0}, 0, std::nullopt},
        EndCase{"PassedOnBuildFailure", PassedOn{kBuildFailureCode}, kBuildFailureCode, std::nullopt},
        EndCase{"PassedOnSystemFailure", PassedOn{kSystemFailureCode}, kSystemFailureCode, std::nullopt}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_F(Run, ClearsTheExitCodeBeforeAnythingElse) {
  ASSERT_EQ(run(), 0);
  EXPECT_EQ(journal.front(), "clear exit code");
  EXPECT_LT(when("ledger build_script started"), when("driver run"));
  EXPECT_LT(when("driver run"), when("ledger build_script 0"));
}

TEST_F(Run, LeavesTheExitCodeFileToAChainedDriver) {
  driver.run = StageEnd{PassedOn{kBuildFailureCode}};
  driver.meanwhile = [&] { attempt.exit_code = 42; };
  EXPECT_EQ(run(), kBuildFailureCode);
  EXPECT_EQ(attempt.exit_code, 42);
}

TEST_F(Run, OurTroubleIsASystemFailureWithoutAnExitCode) {
  const std::function<void()> troubles[] = {
      [&] { attempt.script_unreadable = trouble(); }, [&] { no_driver = trouble(); },
      [&] { driver.run = fail(trouble()); },
      [&] { driver.run = fail(trouble("the disk is full", Errc::invalid_argument)); },
      [&] { attempt.plan.reset(), planned = fail(trouble()); }};
  for (const auto& cause : troubles) {
    attempt.script_unreadable.reset();
    no_driver.reset();
    attempt.exit_code = 99;
    attempt.records.clear();
    log.lines.clear();
    cause();
    EXPECT_EQ(run(), kSystemFailureCode);
    EXPECT_EQ(attempt.exit_code, std::nullopt);
    EXPECT_EQ(log.count("the disk is full"), 1U);
    ASSERT_EQ(attempt.records.size(), 2U);
    EXPECT_EQ(attempt.records[1].exit_code, kSystemFailure);
  }
}

TEST_F(Run, GivesTheDriverThePlanTheScriptAndItsSubStage) {
  for (const std::string sub_stage :
       {"prepare_script", "build_script", "step_script", "step_release", "never heard of"}) {
    ASSERT_EQ(run(sub_stage), 0);
    EXPECT_EQ(driver.scripts.back().sub_stage, sub_stage);
    EXPECT_EQ(driver.scripts.back().path, "/tmp/custom-executor1/script1/script");
    EXPECT_EQ(driver.plans.back().builds_dir, "/b/7/0");
  }
}

TEST_F(Run, ReadsThePlanAndNothingElse) {
  state_closed = trouble();
  ASSERT_EQ(run(), 0);
  EXPECT_FALSE(happened("read job"));
  EXPECT_FALSE(happened("plan"));
  EXPECT_FALSE(happened("make folders"));
  EXPECT_FALSE(happened("write plan"));
}

TEST_F(Run, FilesThatCannotBeWrittenDoNotFailTheJob) {
  attempt.exit_code_unwritable = trouble("no exit code file");
  attempt.ledger_unwritable = trouble("no ledger");
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(log.count("no exit code file"), 1U);
  EXPECT_EQ(log.count("no ledger"), 2U);
  driver.run = StageEnd{ScriptEnded{ExitStatus::exited(3)}};
  EXPECT_EQ(run(), kBuildFailureCode);
}

TEST_F(Run, WritesDownHowTheSubStageEnded) {
  const std::pair<StageEnd, int> ends[] = {{ScriptEnded{ExitStatus::exited(0)}, 0},
                                           {ScriptEnded{ExitStatus::exited(42)}, 42},
                                           {ScriptEnded{ExitStatus::killed_by(9)}, 137},
                                           {Terminated{ExitStatus::killed_by(15)}, 143},
                                           {PassedOn{0}, 0},
                                           {PassedOn{kBuildFailureCode}, kBuildFailureCode}};
  for (const auto& [end, code] : ends) {
    attempt.records.clear();
    driver.run = end;
    (void)run("get_sources");
    ASSERT_EQ(attempt.records.size(), 2U);
    EXPECT_EQ(attempt.records[0].sub_stage, "get_sources");
    EXPECT_EQ(attempt.records[0].exit_code, std::nullopt);
    EXPECT_EQ(attempt.records[1].exit_code, code);
  }
}

// A host with counters, which the script moves on.
class MeteredRun : public Run {
 protected:
  MeteredRun() {
    attempt.plan->cgroups = {"/sys/fs/cgroup/job"};
    host_use = HostUse{0s, 0s, {{"package-0", 0, 1'000'000'000}}};
    driver.meanwhile = [this] { pass(10s, 6s, 250'000'000); };
  }
  void pass(Duration time, Duration busy, std::uint64_t microjoules) {
    host_use->at += time;
    host_use->busy_cpu += busy;
    auto& counter = host_use->counters.front();
    counter.energy_uj = (counter.energy_uj + microjoules) % counter.range_uj;
  }
};

TEST_F(MeteredRun, WritesDownWhatTheHostUsedMeanwhile) {
  driver.run = StageEnd{ScriptEnded{ExitStatus::exited(3)}};
  EXPECT_EQ(run(), kBuildFailureCode);
  ASSERT_EQ(attempt.records.size(), 2U);
  EXPECT_FALSE(attempt.records[0].energy);
  EXPECT_EQ(attempt.records[1].energy, (StageEnergy{250, 6s, 10s}));
}

TEST_F(MeteredRun, ReadsTheCountersAgainWhileTheScriptRuns) {
  driver.meanwhile = [this] {
    for (int round = 0; round < 3; ++round) {
      pass(30s, 20s, 900'000'000);
      driver.scripts.back().each_round();
    }
  };
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(attempt.records[1].energy, (StageEnergy{2700, 60s, 90s}));
}

TEST_F(MeteredRun, CountersThatCannotBeReadAnyMoreAreNoMeasurement) {
  driver.meanwhile = [this] { host_use.reset(); };
  EXPECT_EQ(run(), 0);
  EXPECT_FALSE(attempt.records[1].energy);
  EXPECT_TRUE(log.lines.empty()) << log.lines.front();
}

TEST_F(MeteredRun, AHostWithoutCountersIsAskedOnceAndTheDriverNothingMore) {
  host_use.reset();
  driver.meanwhile = [] {};
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(readings, 1);
  EXPECT_FALSE(driver.scripts.back().each_round);
  EXPECT_FALSE(attempt.records[1].energy);
}

TEST_F(MeteredRun, NothingIsReadWhereItIsSwitchedOffOrThereIsNoCgroup) {
  attempt.plan->energy.measure = EnergyMeasure::off;
  EXPECT_EQ(run(), 0);
  attempt.plan->energy.measure = EnergyMeasure::automatic;
  attempt.plan->cgroups.clear();
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(readings, 0);
}

TEST_F(Run, AScriptThatWasEndedByUsIsNotWrittenDownAsASuccess) {
  driver.run = StageEnd{Terminated{ExitStatus::exited(0)}};
  (void)run();
  EXPECT_FALSE(result_of(attempt.all()).succeeded);
}

TEST_F(Run, AJobWhosePlanIsLostRunsAllTheSame) {
  for (const bool damaged : {false, true}) {
    journal.clear();
    log.lines.clear();
    attempt.plan.reset();
    if (damaged) attempt.plan_unreadable = trouble("the plan is damaged", Errc::invalid_argument);
    EXPECT_EQ(run(), 0);
    EXPECT_LT(when("make folders"), when("driver prepare"));
    EXPECT_LT(when("driver prepare"), when("driver run"));
    EXPECT_EQ(log.lines.size(), 1U);
    EXPECT_EQ(driver.plans.back().driver_notes.count("made"), 1U);
    ASSERT_TRUE(attempt.plan);
    EXPECT_EQ(attempt.plan->admitted, std::nullopt) << "nobody admitted it";
  }
}

TEST_F(Run, AJobWhosePlanIsLostNeedsFoldersAndDriver) {
  const std::function<void()> troubles[] = {[&] { folders.cannot_make = trouble(); },
                                            [&] { driver.prepare = fail(trouble()); },
                                            [&] { no_driver = trouble(); }};
  for (const auto& cause : troubles) {
    attempt.plan.reset();
    folders.cannot_make.reset();
    driver.prepare = {};
    cause();
    EXPECT_EQ(run(), kSystemFailureCode);
    EXPECT_FALSE(happened("driver run"));
  }
}

TEST_F(Run, AJobWhosePlanIsLostRunsEvenWhenNoNewOneCanBeKept) {
  attempt.plan.reset();
  attempt.plan_unwritable = trouble();
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(log.count("the disk is full"), 1U);
}

// ---- cleanup ------------------------------------------------------------------------------

class Cleanup : public StageFlow {
 protected:
  Cleanup() {
    admitted_ago(5min);
    attempt.records = {{"build_script", 0}};
  }
  scheduler::JobOutcome told_outcome() {
    EXPECT_EQ(cleanup(), 0);
    EXPECT_EQ(outcomes.outcomes.size(), 1U);
    return outcomes.outcomes.empty() ? scheduler::JobOutcome{} : outcomes.outcomes.back();
  }
};

TEST_F(Cleanup, EndsTheJobBeforeItsSlotFallsFree) {
  EXPECT_EQ(cleanup(), 0);
  EXPECT_LT(when("driver cleanup"), when("leave"));
  EXPECT_LT(when("leave"), when("record"));  // nobody waits for our bookkeeping
  EXPECT_TRUE(happened("remove private"));
  ASSERT_EQ(desk.left.size(), 1U);
  EXPECT_EQ(desk.left.front(), std::pair(plan_of_the_job().key, plan_of_the_job().attempt));
  EXPECT_TRUE(log.lines.empty()) << log.lines.front();
}

TEST_F(Cleanup, TellsTheOutcome) {
  attempt.plan->held = 30s;
  attempt.plan->score = 62.5;
  attempt.plan->job_class = scheduler::JobClass::medium;
  folders.cpu = 12s;
  const scheduler::JobOutcome told = told_outcome();
  EXPECT_EQ(told.key, plan_of_the_job().key);
  EXPECT_EQ(told.attempt, plan_of_the_job().attempt);
  EXPECT_EQ(told.history.job_name, "unit");
  EXPECT_EQ(told.job_class, scheduler::JobClass::medium);
  EXPECT_EQ(told.score, 62.5);
  EXPECT_EQ(told.queued_in_gitlab, 90s);
  EXPECT_EQ(told.held, 30s);
  EXPECT_EQ(told.ran, 5min);
  EXPECT_EQ(told.cpu, 12s);
  EXPECT_TRUE(told.succeeded);
  EXPECT_EQ(told.exit_code, 0);
  EXPECT_EQ(told.failed_stage, "");
  EXPECT_EQ(told.finished, kNow);
}

TEST_F(Cleanup, TellsTheEnergyThatWasMeasured) {
  folders.cpu = 12s;
  attempt.plan->slots = 2;
  attempt.plan->energy.power = {.idle_watts_per_core = 1, .full_watts_per_core = 3};
  attempt.records = {{"build_script", std::nullopt}, {"build_script", 0, StageEnergy{1000, 24s, 100s}}};
  EXPECT_EQ(told_outcome().energy, (carbon::Energy{(1000 - 400) * 0.5 + 200, carbon::EnergyMethod::rapl}));
}

TEST_F(Cleanup, TellsTheEnergyOfTheModelWithoutAMeasurement) {
  folders.cpu = 12s;
  attempt.plan->energy.power = {.idle_watts_per_core = 1, .full_watts_per_core = 3};
  EXPECT_EQ(told_outcome().energy, (carbon::Energy{4 * 300 + 2 * 12, carbon::EnergyMethod::cpu_model}));
}

TEST_F(Cleanup, TellsNoEnergyWithoutProcessorTime) {
  EXPECT_FALSE(told_outcome().energy);
}

TEST_F(Cleanup, TellsWhichSubStageFailedTheJob) {
  attempt.records = {{"get_sources", std::nullopt}, {"get_sources", 1},
                     {"get_sources", std::nullopt}, {"get_sources", 0},
                     {"build_script", 42},          {"after_script", 7},
                     {"archive_cache", 3},          {"cleanup_file_variables", 1}};
  const scheduler::JobOutcome told = told_outcome();
  EXPECT_FALSE(told.succeeded);
  EXPECT_EQ(told.failed_stage, "build_script");
  EXPECT_EQ(told.exit_code, 42);
}

TEST_F(Cleanup, AnAttemptThatRanNoScriptIsNoSuccess) {
  attempt.records.clear();
  ASSERT_EQ(cleanup(), 0);
  for (const scheduler::JobOutcome& told : outcomes.outcomes) EXPECT_FALSE(told.succeeded);
}

TEST_F(Cleanup, AClockSetBackMakesNoNegativeDuration) {
  attempt.plan->admitted = kNow + 1h;
  EXPECT_EQ(told_outcome().ran, 0s);
}

TEST_F(Cleanup, AJobThatWasNeverAdmittedHasNoOutcomeButLeaves) {
  attempt.plan->admitted.reset();
  EXPECT_EQ(cleanup(), 0);
  EXPECT_TRUE(outcomes.outcomes.empty());
  EXPECT_EQ(desk.left.size(), 1U);
}

TEST_F(Cleanup, WorksWhereNothingWasEverPlanned) {
  for (const bool damaged : {false, true}) {
    attempt.plan.reset();
    if (damaged) attempt.plan_unreadable = trouble("damaged", Errc::invalid_argument);
    journal.clear();
    desk.left.clear();
    EXPECT_EQ(cleanup(), 0);
    EXPECT_TRUE(happened("driver cleanup"));
    EXPECT_TRUE(outcomes.outcomes.empty());
    ASSERT_EQ(desk.left.size(), 1U);
    EXPECT_EQ(desk.left.front().second, plan_of_the_job().attempt);
    ASSERT_FALSE(folders.removed.empty());
    EXPECT_EQ(folders.removed.back().private_dir, "/j/custom-executor1");
  }
}

TEST_F(Cleanup, LeavesEvenWhenNothingCanBePlanned) {
  attempt.plan.reset();
  planned = fail(trouble());
  job.id = JobId{4711};
  EXPECT_EQ(cleanup(), kSystemFailureCode);
  EXPECT_EQ(log.count("the disk is full"), 1U);
  EXPECT_EQ(desk.left.size(), 1U);
}

TEST_F(Cleanup, NeedsThePlanOnly) {
  ASSERT_EQ(cleanup(), 0);
  EXPECT_FALSE(happened("read job"));
  EXPECT_FALSE(happened("plan"));
}

TEST_F(Cleanup, AStateThatCannotBeOpenedIsOneLine) {
  state_closed = trouble("the state file is locked");
  EXPECT_EQ(cleanup(), 0);
  EXPECT_EQ(log.lines, std::vector<std::string>{"the state file is locked"});
  EXPECT_TRUE(happened("driver cleanup"));
  EXPECT_TRUE(happened("remove private"));
}

TEST_F(Cleanup, LeavesEvenWhenTheOutcomeCannotBeRecorded) {
  outcomes.outage = trouble();
  EXPECT_EQ(cleanup(), 0);
  EXPECT_EQ(log.count("the disk is full"), 1U);
  EXPECT_EQ(desk.left.size(), 1U);
}

TEST_F(Cleanup, SaysThatItCouldNotLeave) {
  desk.leave_fails = trouble();
  EXPECT_EQ(cleanup(), 0);
  EXPECT_EQ(log.count("the disk is full"), 1U);
  EXPECT_TRUE(happened("remove private"));
}

TEST_F(Cleanup, WhatCannotBeUndoneIsSaidAndTheRestIsDone) {
  const std::function<void()> troubles[] = {[&] { driver.cleanup = fail(trouble()); },
                                            [&] { folders.cannot_remove = trouble(); },
                                            [&] { no_driver = trouble(); }};
  for (const auto& cause : troubles) {
    driver.cleanup = {};
    folders.cannot_remove.reset();
    log.lines.clear();
    journal.clear();
    cause();
    EXPECT_EQ(cleanup(), kSystemFailureCode);
    EXPECT_EQ(log.count("the disk is full"), 1U);
    EXPECT_TRUE(happened("leave"));
    EXPECT_TRUE(happened("remove private"));
  }
}

TEST_F(Cleanup, DeliversTheOutcomeOnceEverythingElseIsDone) {
  admitted_ago(100s);
  attempt.plan->slots = 4;
  attempt.plan->runner = RunnerId{12};
  service_listens = true;
  EXPECT_EQ(cleanup(), 0);
  EXPECT_GT(when("deliver 1"), when("remove private"));
  EXPECT_EQ(outcomes.delivered, 1U);
  EXPECT_FALSE(happened("leave service"));
  EXPECT_EQ(service.reports[0].host.host, "host-1");
  EXPECT_EQ(service.reports[0].host.slots, 4);
  EXPECT_EQ(service.reports[0].host.runner, RunnerId{12});
}

TEST_F(Cleanup, DoesNotTryAServiceThatPrepareHasGivenUp) {
  admitted_ago(100s);
  attempt.plan->service_given_up = true;
  service_listens = true;
  EXPECT_EQ(cleanup(), 0);
  EXPECT_FALSE(happened("deliver 1"));
  EXPECT_EQ(outcomes.outcomes.size(), 1U);
}

TEST_F(Cleanup, AnAttemptThatNeverGotASlotLeavesTheServicesQueue) {
  attempt.plan = plan_of_the_job();
  service_listens = true;
  EXPECT_EQ(cleanup(), 0);
  EXPECT_TRUE(happened("leave service"));
}

TEST_F(Cleanup, AServiceThatDoesNotAnswerIsOneLineAndNoFailure) {
  admitted_ago(100s);
  service_listens = true;
  service.accept = [](const scheduler::OutcomeReport&) -> Result<std::size_t> {
    return fail(Errc::timed_out, "the scheduler service: no answer in time");
  };
  EXPECT_EQ(cleanup(), 0);
  EXPECT_EQ(outcomes.delivered, 0U);
  EXPECT_EQ(log.count("no answer in time"), 1U);
}

TEST_F(Cleanup, RunsTwiceAsWellAsOnce) {
  EXPECT_EQ(cleanup(), 0);
  EXPECT_EQ(cleanup(), 0);
  EXPECT_EQ(desk.left.size(), 2U);
}

// ---- a whole job --------------------------------------------------------------------------

TEST_F(StageFlow, AJobGoesThroughItsStages) {
  ASSERT_EQ(config(), 0);
  ASSERT_EQ(prepare(), 0);
  waiter.move(1min);
  for (const std::string sub_stage : {"prepare_script", "get_sources", "build_script"})
    ASSERT_EQ(run(sub_stage), 0);
  driver.run = StageEnd{ScriptEnded{ExitStatus::exited(5)}};
  ASSERT_EQ(run("upload_artifacts_on_success"), kBuildFailureCode);
  ASSERT_EQ(cleanup(), 0);
  ASSERT_EQ(outcomes.outcomes.size(), 1U);
  EXPECT_EQ(outcomes.outcomes.front().failed_stage, "upload_artifacts_on_success");
  EXPECT_EQ(outcomes.outcomes.front().exit_code, 5);
  EXPECT_EQ(outcomes.outcomes.front().ran, 1min);
}

}  // namespace
}  // namespace runneriq::executor
