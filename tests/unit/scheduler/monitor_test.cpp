// scheduler/monitor: the state of the fleet, and what changed in it.
#include "scheduler/monitor.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using gitlab::FleetReading;
using gitlab::Job;
using gitlab::JobStatus;
using gitlab::Runner;
using gitlab::RunnerStatus;

const GitLabUrl kHere{"https://gitlab.example.com"};
const Time kNow = std::chrono::sys_days{std::chrono::year{2025} / 3 / 1} + 12h;

Runner runner(std::int64_t id, std::vector<std::string> tags = {"docker"}) {
  Runner runner;
  runner.id = RunnerId{id};
  runner.description = "host-" + std::to_string(id);
  runner.status = RunnerStatus::online;
  runner.contacted_at = kNow - 10s;
  runner.traits.emplace();
  runner.traits->tags = std::move(tags);
  return runner;
}

Job job(std::int64_t id, JobStatus status = JobStatus::pending) {
  Job job;
  job.id = JobId{id};
  job.project = ProjectId{1};
  job.pipeline = PipelineId{100};
  job.name = "unit";
  job.stage = "test";
  job.status = status;
  job.ref = "main";
  job.user = UserId{5};
  return job;
}

Job running_job(std::int64_t id, std::int64_t on_runner, Duration since = 1min) {
  Job running = job(id, JobStatus::running);
  running.runner = RunnerId{on_runner};
  running.started_at = kNow - since;
  return running;
}

FleetReading reading(std::vector<Runner> runners) {
  FleetReading reading;
  reading.gitlab = kHere;
  reading.read_at = kNow;
  reading.runners = std::move(runners);
  gitlab::Project project;
  project.id = ProjectId{1};
  project.path = "acme/shop";
  project.default_branch = "main";
  reading.projects = {project};
  return reading;
}

Observed observe_one(const FleetReading& reading, const Recollection& before = {},
                     const MonitorOptions& options = {}) {
  return observe(std::span{&reading, 1}, before, {}, {}, options, kNow);
}

Recollection recollection_of(const Observed& observed) {
  return {.runners = observed.observation.runners, .scores = {}, .reliability = {}};
}

std::vector<std::string> words(const std::vector<RunnerChange>& changes) {
  std::vector<std::string> words;
  for (const RunnerChange& change : changes) {
    words.push_back(std::to_string(change.runner.runner.value()) + " " + std::string(to_text(change.kind)));
  }
  return words;
}

using Words = std::vector<std::string>;

// ---- runners ------------------------------------------------------------------------------

TEST(Monitor, TakesOverWhatGitLabSays) {
  Runner told = runner(7, {"docker", "linux"});
  told.paused = true;
  told.managers = 3;
  told.running_jobs = 2;
  const Observed observed = observe_one(reading({told}));
  const FleetRunner& state = observed.snapshot.runners.at(0);
  EXPECT_EQ(state.key, (RunnerKey{kHere, RunnerId{7}}));
  EXPECT_EQ(state.description, "host-7");
  EXPECT_EQ(state.traits.tags, (Words{"docker", "linux"}));
  EXPECT_TRUE(state.paused && state.traits_known && state.recent_contact);
  EXPECT_EQ(state.managers, 3);
  EXPECT_EQ(state.active_jobs, 2);
  EXPECT_EQ(state.contact_age, 10s);
  EXPECT_EQ(observed.snapshot.now, kNow);
}

TEST(Monitor, RunnerWithoutDetailsTakesNothing) {
  Runner told = runner(7);
  told.traits.reset();
  const FleetRunner state = observe_one(reading({told})).snapshot.runners.at(0);
  EXPECT_FALSE(state.traits_known);
  EXPECT_FALSE(takes_jobs(state));
  EXPECT_TRUE(state.traits.tags.empty());
}

struct TakesCase {
  const char* what;
  void (*change)(FleetRunner&);
};

TEST(Monitor, OnlyAnOnlineUnpausedKnownRunnerOfRecentContactTakesJobs) {
  const FleetRunner fine = observe_one(reading({runner(7)})).snapshot.runners.at(0);
  EXPECT_TRUE(takes_jobs(fine));
  for (const TakesCase& c : {TakesCase{"paused", [](FleetRunner& r) { r.paused = true; }},
                             {"stale", [](FleetRunner& r) { r.status = RunnerStatus::stale; }},
                             {"silent", [](FleetRunner& r) { r.recent_contact = false; }},
                             {"unknown", [](FleetRunner& r) { r.traits_known = false; }}}) {
    FleetRunner changed = fine;
    c.change(changed);
    EXPECT_FALSE(takes_jobs(changed)) << c.what;
  }
}

struct ContactCase {
  std::optional<Time> contacted_at;
  std::optional<Duration> age;
  bool recent;
};

TEST(Monitor, ContactIsRecentWithinItsLimit) {
  for (const ContactCase& c : {ContactCase{kNow - 2min, 2min, true},
                               {kNow - 2min - 1ms, 2min + 1ms, false},
                               {kNow + 1h, 0s, true},
                               {std::nullopt, std::nullopt, true}}) {
    Runner told = runner(7);
    told.contacted_at = c.contacted_at;
    const FleetRunner state = observe_one(reading({told})).snapshot.runners.at(0);
    EXPECT_EQ(state.contact_age, c.age);
    EXPECT_EQ(state.recent_contact, c.recent);
  }
}

TEST(Monitor, ARunnerThatIsNotOnlineHasNoRecentContactUnlessATimeSaysSo) {
  Runner told = runner(7);
  told.contacted_at.reset();
  told.status = RunnerStatus::unknown;
  EXPECT_FALSE(observe_one(reading({told})).snapshot.runners.at(0).recent_contact);
}

TEST(Monitor, CountsRunningJobsByBothWaysAndBelievesTheGreater) {
  FleetReading told = reading({runner(7), runner(8)});
  told.runners[0].running_jobs = 1;
  told.runners[1].running_jobs = 5;
  told.running = {running_job(1, 7), running_job(2, 7), running_job(3, 8), running_job(4, 99)};
  const auto runners = observe_one(told).snapshot.runners;
  EXPECT_EQ(runners.at(0).active_jobs, 2);
  EXPECT_EQ(runners.at(1).active_jobs, 5);
}

TEST(Monitor, CapacityIsConfiguredElseTheMostEverSeen) {
  FleetReading told = reading({runner(7), runner(8), runner(9), runner(10)});
  told.runners[3].running_jobs = 3;
  Recollection before;
  before.runners.resize(2);
  before.runners[0].key = {kHere, RunnerId{9}};
  before.runners[0].most_active = 6;
  before.runners[1].key = {kHere, RunnerId{10}};
  before.runners[1].most_active = 2;
  MonitorOptions options;
  options.capacity = {{"7", 12}, {"host-7", 1}, {"host-8", 4}};
  const Observed observed = observe_one(told, before, options);
  const auto& runners = observed.snapshot.runners;
  EXPECT_EQ(runners[0].max_jobs, 12);
  EXPECT_EQ(runners[0].capacity_basis, CapacityBasis::configured);
  EXPECT_EQ(runners[1].max_jobs, 4);
  EXPECT_EQ(runners[2].max_jobs, 6);
  EXPECT_EQ(runners[2].capacity_basis, CapacityBasis::observed);
  EXPECT_EQ(runners[3].max_jobs, 3);
  EXPECT_EQ(observed.observation.runners[2].most_active, 6);
  EXPECT_EQ(observed.observation.runners[3].most_active, 3);
  EXPECT_EQ(observe_one(reading({runner(1)})).snapshot.runners[0].max_jobs, 1);
}

TEST(Monitor, ZoneAndReliabilityComeFromWhereTheyAreKept) {
  MonitorOptions options;
  options.zones = {{"host-7", "FR"}};
  Recollection before;
  before.reliability = {{{kHere, RunnerId{7}}, 0.97}};
  const auto runners = observe_one(reading({runner(7), runner(8)}), before, options).snapshot.runners;
  EXPECT_EQ(runners[0].zone.value(), "FR");
  EXPECT_EQ(runners[0].reliability, 0.97);
  EXPECT_EQ(runners[1].zone.value(), "");
  EXPECT_FALSE(runners[1].reliability);
}

TEST(Monitor, PartsOfOneGitLabAreOne) {
  Runner without_details = runner(7);
  without_details.traits.reset();
  std::vector<FleetReading> parts{reading({without_details, runner(9)}), reading({runner(7), runner(8)})};
  parts[0].pending = {job(2), job(1)};
  parts[1].pending = {job(1)};
  parts[0].running = parts[1].running = {running_job(3, 7)};
  const Observed observed = observe(parts, {}, {}, {}, {}, kNow);
  ASSERT_EQ(observed.snapshot.runners.size(), 3U);
  EXPECT_TRUE(observed.snapshot.runners[0].traits_known);
  EXPECT_EQ(observed.snapshot.runners[0].active_jobs, 1);
  ASSERT_EQ(observed.snapshot.jobs.size(), 2U);
  EXPECT_EQ(observed.snapshot.jobs[0].key.job, JobId{1});
  EXPECT_EQ(observed.observation.seen, std::vector<GitLabUrl>{kHere});
}

// ---- changes ------------------------------------------------------------------------------

TEST(Monitor, FirstSightOfAGitLabIsNoChange) {
  EXPECT_TRUE(observe_one(reading({runner(7), runner(8)})).report.changes.empty());
}

TEST(Monitor, TellsEveryKindOfChange) {
  FleetReading first =
      reading({runner(1), runner(2), runner(3, {"a", "b"}), runner(4), runner(5), runner(6)});
  first.runners[3].paused = true;
  first.runners[4].status = RunnerStatus::offline;
  const Recollection before = recollection_of(observe_one(first));
  FleetReading second =
      reading({runner(2), runner(3, {"b", "c"}), runner(4), runner(5), runner(6), runner(7)});
  second.runners[0].paused = true;
  second.runners[4].status = RunnerStatus::stale;
  const Observed observed = observe_one(second, before);
  EXPECT_EQ(words(observed.report.changes), (Words{"1 vanished", "2 paused", "3 tags_changed", "4 resumed",
                                                   "5 online", "6 offline", "7 new"}));
  EXPECT_EQ(observed.report.changes[0].description, "host-1");
  EXPECT_EQ(observed.report.changes[2].tags_added, Words{"c"});
  EXPECT_EQ(observed.report.changes[2].tags_removed, Words{"a"});
  EXPECT_TRUE(observe_one(second, recollection_of(observed)).report.changes.empty());
}

TEST(Monitor, AnOldListOfRunnersChangesNothing) {
  const Recollection before = recollection_of(observe_one(reading({runner(1), runner(2)})));
  FleetReading old = reading({runner(2), runner(3)});
  old.runners[0].paused = true;
  old.runners_current = false;
  const Observed observed = observe_one(old, before);
  EXPECT_TRUE(observed.report.changes.empty());
  EXPECT_TRUE(observed.observation.seen.empty());
  EXPECT_TRUE(observed.observation.runners.empty());
  EXPECT_TRUE(observed.observation.samples.empty());
  EXPECT_EQ(observed.snapshot.runners.size(), 2U);
}

TEST(Monitor, DetailsThatComeAndGoAreNoChangeOfTags) {
  FleetReading without = reading({runner(1)});
  without.runners[0].traits.reset();
  const Recollection unknown = recollection_of(observe_one(without));
  EXPECT_TRUE(observe_one(reading({runner(1)}), unknown).report.changes.empty());
  const Recollection known = recollection_of(observe_one(reading({runner(1)})));
  const Observed lost = observe_one(without, known);
  EXPECT_TRUE(lost.report.changes.empty());
  EXPECT_EQ(lost.observation.runners[0].tags, Words{"docker"});
  EXPECT_EQ(words(observe_one(reading({runner(1, {"x"})}), recollection_of(lost)).report.changes),
            Words{"1 tags_changed"});
}

TEST(Monitor, AnotherGitLabIsNotTouched) {
  Recollection before = recollection_of(observe_one(reading({runner(1)})));
  FleetReading other = reading({runner(5)});
  other.gitlab = GitLabUrl{"https://other"};
  EXPECT_TRUE(observe_one(other, before).report.changes.empty());
}

TEST(Monitor, RemembersWhenARunnerWasFirstSeen) {
  Recollection before = recollection_of(observe_one(reading({runner(1)})));
  before.runners[0].first_seen = kNow - 24h;
  const Observed observed = observe_one(reading({runner(1), runner(2)}), before);
  EXPECT_EQ(observed.observation.runners[0].first_seen, kNow - 24h);
  EXPECT_EQ(observed.observation.runners[0].last_seen, kNow);
  EXPECT_EQ(observed.observation.runners[1].first_seen, kNow);
  ASSERT_EQ(observed.observation.samples.size(), 2U);
  EXPECT_EQ(observed.observation.samples[0].most, 1);
}

// ---- jobs ---------------------------------------------------------------------------------

TEST(Monitor, PendingJobsHaveTheTraitsOfTheirProject) {
  FleetReading told = reading({});
  told.projects[0].takes_group_runners = false;
  told.protected_refs[ProjectId{1}] = {.branches = {"main"}, .tags = {}};
  told.pending = {job(1)};
  told.pending[0].tags = {"docker"};
  const PendingJob pending = observe_one(told).snapshot.jobs.at(0);
  EXPECT_EQ(pending.pipeline, PipelineId{100});
  EXPECT_EQ(pending.traits.project_path, "acme/shop");
  EXPECT_EQ(pending.traits.tags, Words{"docker"});
  EXPECT_TRUE(pending.traits.ref_protected && pending.facts.ref_protected);
  EXPECT_TRUE(pending.traits.takes_instance_runners);
  EXPECT_FALSE(pending.traits.takes_group_runners);
}

TEST(Monitor, QueueTimeGrowsWithTheAgeOfTheReading) {
  FleetReading told = reading({});
  told.read_at = kNow - 30s;
  told.pending = {job(1), job(2), job(3), job(4)};
  told.pending[0].queued = 60s;
  told.pending[1].created_at = kNow - 5min;
  told.pending[2].created_at = kNow + 5min;
  const auto jobs = observe_one(told).snapshot.jobs;
  EXPECT_EQ(jobs[0].queued, 90s);
  EXPECT_EQ(jobs[1].queued, 5min);
  EXPECT_EQ(jobs[2].queued, 0s);
  EXPECT_EQ(jobs[3].queued, 0s);
}

TEST(Monitor, HistoriesBelongToTheirKeys) {
  FleetReading told = reading({});
  told.pending = {job(1), job(2)};
  told.pending[1].name = "build";
  told.running = {running_job(3, 7)};
  const auto keys = history_keys(std::span{&told, 1});
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].job_name, "build");
  EXPECT_EQ(keys[1].job_name, "unit");
  std::vector<JobHistory> histories(2);
  histories[0].estimate.median = 1s;
  histories[1].estimate.median = 2s;
  const FleetSnapshot fleet = observe(std::span{&told, 1}, {}, keys, histories, {}, kNow).snapshot;
  EXPECT_EQ(history_of(fleet, fleet.jobs[0]).estimate.median, 2s);
  EXPECT_EQ(history_of(fleet, fleet.jobs[1]).estimate.median, 1s);
  const FleetSnapshot without = observe(std::span{&told, 1}, {}, keys, {}, {}, kNow).snapshot;
  EXPECT_EQ(without.jobs[0].history, 0U);
  EXPECT_EQ(history_of(without, without.jobs[0]).estimate.median, kUnknownDuration);
}

// ---- stuck jobs ---------------------------------------------------------------------------

TEST(Monitor, StuckIsOverHalfAnHourOrTwiceTheP90) {
  FleetReading told = reading({runner(7)});
  told.running = {running_job(1, 7, 30min), running_job(2, 7, 31min), running_job(3, 7, 10min)};
  EXPECT_EQ(observe_one(told).report.stuck_jobs.size(), 1U);
  EXPECT_EQ(observe_one(told).report.stuck_jobs[0].reason, "runs for 31 min, over 30 min");
  EXPECT_EQ(observe_one(told).report.stuck_jobs[0].runner, (RunnerKey{kHere, RunnerId{7}}));
  const auto keys = history_keys(std::span{&told, 1});
  std::vector<JobHistory> histories(1);
  histories[0].estimate = {.median = 4min, .p90 = 4min, .basis = EstimateBasis::job};
  const auto stuck = observe(std::span{&told, 1}, {}, keys, histories, {}, kNow).report.stuck_jobs;
  ASSERT_EQ(stuck.size(), 3U);
  EXPECT_EQ(stuck[2].reason, "runs for 10 min, twice its p90 of 4 min is 8 min");
  histories[0].estimate.p90 = 5min;
  EXPECT_EQ(observe(std::span{&told, 1}, {}, keys, histories, {}, kNow).report.stuck_jobs.size(), 2U);
  histories[0].estimate = {.median = 1min, .p90 = 1min, .basis = EstimateBasis::stage};
  EXPECT_EQ(observe(std::span{&told, 1}, {}, keys, histories, {}, kNow).report.stuck_jobs.size(), 1U);
}

// ---- finished jobs ------------------------------------------------------------------------

TEST(Monitor, LearnsFromJobsThatSucceededOrFailed) {
  FleetReading told = reading({});
  told.finished = {job(1, JobStatus::success), job(2, JobStatus::failed), job(3, JobStatus::canceled),
                   job(4, JobStatus::success)};
  told.finished[0].ran = 90s;
  told.finished[0].runner = RunnerId{7};
  told.finished[0].finished_at = kNow - 5s;
  told.finished[1].failure_reason = "runner_system_failure";
  const auto finished = observe_one(told).observation.finished;
  ASSERT_EQ(finished.size(), 2U);
  EXPECT_TRUE(finished[0].succeeded);
  EXPECT_EQ(finished[0].ran, 90s);
  EXPECT_EQ(finished[0].runner, (RunnerKey{kHere, RunnerId{7}}));
  EXPECT_EQ(finished[0].finished, kNow - 5s);
  EXPECT_EQ(finished[0].history.job_name, "unit");
  EXPECT_FALSE(finished[1].succeeded);
  EXPECT_FALSE(finished[1].runner);
  EXPECT_EQ(finished[1].failure_reason, "runner_system_failure");
}

// ---- facts --------------------------------------------------------------------------------

struct RoleCase {
  int level;
  Role role;
};

TEST(Monitor, RolesComeFromAccessLevels) {
  for (const RoleCase& c : {RoleCase{50, Role::owner},
                            {40, Role::maintainer},
                            {30, Role::developer},
                            {25, Role::reporter},
                            {20, Role::reporter},
                            {15, Role::guest},
                            {10, Role::guest},
                            {5, Role::guest},
                            {0, Role::unknown}}) {
    FleetReading told = reading({});
    told.access_levels[{ProjectId{1}, UserId{5}}] = c.level;
    EXPECT_EQ(facts_of(job(1), told).role, c.role) << c.level;
  }
  EXPECT_EQ(facts_of(job(1), reading({})).role, Role::unknown);
}

TEST(Monitor, FactsOfABranchAndATag) {
  FleetReading told = reading({});
  told.protected_refs[ProjectId{1}] = {.branches = {"ma*"}, .tags = {"v*"}};
  Job of_branch = job(1);
  of_branch.manual = true;
  of_branch.retry = true;
  of_branch.allow_failure = true;
  const JobFacts branch = facts_of(of_branch, told);
  EXPECT_EQ(branch.ref_kind, RefKind::branch);
  EXPECT_EQ(branch.name, "unit");
  EXPECT_EQ(branch.stage, "test");
  EXPECT_EQ(branch.default_branch, "main");
  EXPECT_TRUE(branch.ref_protected && branch.manual && branch.retry && branch.allow_failure);
  Job of_tag = job(2);
  of_tag.is_tag = true;
  EXPECT_EQ(facts_of(of_tag, told).ref_kind, RefKind::tag);
  EXPECT_FALSE(facts_of(of_tag, told).ref_protected);
  EXPECT_FALSE(facts_of(of_tag, told).manual);
}

TEST(Monitor, FactsOfAMergeRequest) {
  FleetReading told = reading({});
  gitlab::MergeRequest request;
  request.target_branch = "develop";
  request.labels = {"priority::high"};
  request.draft = true;
  told.merge_requests[{ProjectId{1}, MergeRequestIid{12}}] = request;
  Job of_request = job(1);
  of_request.ref = "refs/merge-requests/12/head";
  const JobFacts facts = facts_of(of_request, told);
  EXPECT_EQ(facts.ref_kind, RefKind::merge_request);
  EXPECT_EQ(facts.target_branch, "develop");
  EXPECT_EQ(facts.labels, Words{"priority::high"});
  EXPECT_TRUE(facts.draft);
  of_request.ref = "refs/merge-requests/13/head";
  EXPECT_EQ(facts_of(of_request, told).ref_kind, RefKind::merge_request);
  EXPECT_EQ(facts_of(of_request, told).target_branch, "");
}

// ---- what the gate needs --------------------------------------------------------------------

TEST(Monitor, TakesOverHowOldTheListsAre) {
  FleetReading told = reading({runner(7)});
  told.runners_age = 20s;
  told.pending = {job(1), job(2)};
  told.pending[1].project = ProjectId{2};
  told.jobs_age = {{ProjectId{2}, 40s}};
  const FleetSnapshot fleet = observe_one(told).snapshot;
  EXPECT_EQ(fleet.runners.at(0).age, 20s);
  EXPECT_EQ(fleet.jobs.at(0).age, 0s);
  EXPECT_EQ(fleet.jobs.at(1).age, 40s);
}

TEST(Monitor, OfTwoViewsTheYoungerCounts) {
  FleetReading old = reading({runner(7)}), fresh = reading({runner(7)});
  old.runners_age = 20s;
  old.runners[0].contacted_at = kNow - 30s;
  old.pending = fresh.pending = {job(1)};
  old.jobs_age = {{ProjectId{1}, 20s}};
  for (const bool fresh_first : {true, false}) {
    const std::vector<FleetReading> both{fresh_first ? fresh : old, fresh_first ? old : fresh};
    const FleetSnapshot fleet = observe(both, {}, {}, {}, {}, kNow).snapshot;
    ASSERT_EQ(fleet.jobs.size(), 1U);
    EXPECT_EQ(fleet.runners.at(0).age, 0s);
    EXPECT_EQ(fleet.jobs[0].age, 0s);
  }
}

TEST(Monitor, RunningJobsAreThereOnceEachByKey) {
  FleetReading told = reading({runner(7)});
  told.running = {running_job(12, 7, 3min), running_job(11, 0, 1min)};
  told.running[1].name = "other";
  const std::vector<FleetReading> twice{told, told};
  const std::vector<HistoryKey> keys = history_keys(twice);
  ASSERT_EQ(keys.size(), 2U);
  const std::vector<JobHistory> known(
      2, {.estimate = {9min, 10min, EstimateBasis::job}, .fleet_average = {}, .by_runner = {}});
  const FleetSnapshot fleet = observe(twice, {}, keys, known, {}, kNow).snapshot;
  ASSERT_EQ(fleet.running.size(), 2U);
  EXPECT_EQ(fleet.running[0].key, (JobKey{kHere, JobId{11}}));
  EXPECT_EQ(fleet.running[0].runner, std::nullopt);
  EXPECT_EQ(fleet.running[0].history, 1U);
  EXPECT_EQ(fleet.running[1].runner, (RunnerKey{kHere, RunnerId{7}}));
  EXPECT_EQ(fleet.running[1].running, 3min);
  EXPECT_EQ(fleet.running[1].history, 2U);
}

TEST(Monitor, AJobThatWaitsForAResourceGroupIsNoPendingJobButIsJudgedAsOne) {
  FleetReading told = reading({});
  told.protected_refs[ProjectId{1}] = {.branches = {"main"}, .tags = {}};
  told.access_levels[{ProjectId{1}, UserId{5}}] = 40;
  told.held_resources = {{.waiter = job(3, JobStatus::waiting_for_resource),
                          .resource_group = "production",
                          .holder = JobId{2}}};
  told.held_resources[0].waiter.tags = {"runneriq:critical"};
  const FleetSnapshot fleet = observe_one(told).snapshot;
  EXPECT_TRUE(fleet.jobs.empty());
  ASSERT_EQ(fleet.resource_waits.size(), 1U);
  const ResourceWait& wait = fleet.resource_waits[0];
  EXPECT_EQ(wait.waiter.key, (JobKey{kHere, JobId{3}}));
  EXPECT_EQ(wait.waiter.facts.role, Role::maintainer);
  EXPECT_TRUE(wait.waiter.facts.ref_protected && wait.waiter.traits.ref_protected);
  EXPECT_EQ(wait.waiter.traits.tags, Words{"runneriq:critical"});
  EXPECT_EQ(wait.resource_group, "production");
  EXPECT_EQ(wait.holder, (JobKey{kHere, JobId{2}}));
}

}  // namespace
}  // namespace runneriq::scheduler
