#include "scheduler/snapshot_document.hpp"

#include "platform/digest.hpp"
#include "scheduler/tick.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <random>
#include <sstream>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kSeed = 20250302;
const Time kReadAt{Duration{1'700'000'000'000}};

FleetSnapshot parsed(std::string_view json) {
  auto fleet = parse_snapshot(json, kReadAt);
  if (fleet) return *fleet;
  ADD_FAILURE() << fleet.error().message;
  return {};
}

std::string message_of(std::string_view json) {
  const auto fleet = parse_snapshot(json, kReadAt);
  if (fleet) return "";
  EXPECT_EQ(static_cast<int>(fleet.error().code), static_cast<int>(Errc::invalid_argument));
  return fleet.error().message;
}

Decisions decided(const FleetSnapshot& fleet) {
  RulesAdvisor advisor;
  return decide(fleet, {}, Depth::full, advisor);
}

TEST(SnapshotDocument, AnEmptyObjectIsAFleetWithNothingInIt) {
  const FleetSnapshot fleet = parsed("{}");
  EXPECT_EQ(fleet.now, kReadAt);
  EXPECT_TRUE(fleet.runners.empty());
  EXPECT_TRUE(fleet.jobs.empty());
  ASSERT_EQ(fleet.histories.size(), 1U);
  EXPECT_EQ(fleet.histories[0].estimate, estimate({}));
  EXPECT_TRUE(fleet.degraded.empty());
}

TEST(SnapshotDocument, ARunnerAndAJobOfNothingHaveTheDefaults) {
  const FleetSnapshot fleet = parsed(R"({"runners": [{}], "jobs": [{}]})");
  ASSERT_EQ(fleet.runners.size(), 1U);
  const FleetRunner& runner = fleet.runners[0];
  EXPECT_EQ(runner.key.runner, RunnerId{1});
  EXPECT_TRUE(takes_jobs(runner));
  EXPECT_TRUE(runner.traits.run_untagged && runner.traits_known && runner.recent_contact);
  EXPECT_EQ(runner.max_jobs, 1);
  EXPECT_EQ(runner.active_jobs, 0);
  ASSERT_EQ(fleet.jobs.size(), 1U);
  EXPECT_EQ(fleet.jobs[0].key.job, JobId{1});
  EXPECT_EQ(fleet.jobs[0].facts.ref, "");
  EXPECT_EQ(fleet.jobs[0].history, 0U);
  const Decisions decisions = decided(fleet);
  ASSERT_EQ(decisions.jobs.size(), 1U);
  EXPECT_TRUE(decisions.jobs[0].assignment.chosen);
}

TEST(SnapshotDocument, FieldsOfAJobAreItsFactsAndItsTraits) {
  const FleetSnapshot fleet = parsed(R"({"gitlab": "https://g", "jobs": [{"id": "9007199254740993",
    "project_id": 42, "project_path": "acme/shop", "pipeline_id": 5, "name": "n", "stage": "s", "ref": "r",
    "default_branch": "main", "protected": true, "tags": ["b", "a", "b"], "role": "maintainer",
    "allow_failure": true, "manual": true, "retry": true, "queued_seconds": 1.5, "expected_seconds": 60,
    "merge_request": {"target_branch": "main", "labels": ["x"], "draft": true}, "wish": "HIGH", "user": "u",
    "takes_group_runners": false}]})");
  ASSERT_EQ(fleet.jobs.size(), 1U);
  const PendingJob& job = fleet.jobs[0];
  EXPECT_EQ(job.key, (JobKey{GitLabUrl{"https://g"}, JobId{9007199254740993}}));
  EXPECT_EQ(job.project, ProjectId{42});
  EXPECT_EQ(job.pipeline, PipelineId{5});
  EXPECT_EQ(job.traits, (gitlab::JobTraits{.project = ProjectId{42},
                                           .project_path = "acme/shop",
                                           .tags = {"a", "b"},
                                           .ref_protected = true,
                                           .takes_instance_runners = true,
                                           .takes_group_runners = false}));
  EXPECT_EQ(job.facts.ref_kind, RefKind::merge_request);
  EXPECT_EQ(job.facts.target_branch, "main");
  EXPECT_EQ(job.facts.labels, std::vector<std::string>{"x"});
  EXPECT_TRUE(job.facts.draft && job.facts.manual && job.facts.retry && job.facts.allow_failure);
  EXPECT_EQ(job.facts.role, Role::maintainer);
  EXPECT_EQ(job.facts.wish, "HIGH");
  EXPECT_EQ(job.queued, 1500ms);
  EXPECT_EQ(fleet.histories[job.history].estimate, (DurationEstimate{60s, 60s, EstimateBasis::job}));
}

TEST(SnapshotDocument, RunningJobsAndWaitsForResourcesAreRead) {
  const FleetSnapshot fleet = parsed(R"({"gitlab": "https://g", "runners": [{"id": 3, "age_seconds": 12}],
    "jobs": [{"id": 9, "age_seconds": 1.5}],
    "running": [{"id": 8, "runner_id": 3, "running_seconds": 60, "expected_seconds": 90}, {"id": 7}],
    "resource_waits": [{"id": 10, "name": "deploy", "tags": ["a"], "resource_group": "production", "holder_id": 8}]})");
  EXPECT_TRUE(fleet.degraded.empty());
  EXPECT_EQ(fleet.runners.at(0).age, 12s);
  EXPECT_EQ(fleet.jobs.at(0).age, 1500ms);
  ASSERT_EQ(fleet.running.size(), 2U);
  EXPECT_EQ(fleet.running[0].key.job, JobId{7});
  EXPECT_EQ(fleet.running[0].runner, std::nullopt);
  EXPECT_EQ(fleet.running[1].runner, (RunnerKey{GitLabUrl{"https://g"}, RunnerId{3}}));
  EXPECT_EQ(fleet.running[1].running, 60s);
  EXPECT_EQ(fleet.histories.at(fleet.running[1].history).estimate.median, 90s);
  ASSERT_EQ(fleet.resource_waits.size(), 1U);
  EXPECT_EQ(fleet.resource_waits[0].waiter.facts.name, "deploy");
  EXPECT_EQ(fleet.resource_waits[0].resource_group, "production");
  EXPECT_EQ(fleet.resource_waits[0].holder, (JobKey{GitLabUrl{"https://g"}, JobId{8}}));
  EXPECT_EQ(message_of(R"({"running": [{"id": 8}, {"id": 8}]})"), "running: the id 8 is there twice");
  EXPECT_EQ(message_of(R"({"resource_waits": [{"id": 8}, {"id": 8}]})"),
            "resource_waits: the id 8 is there twice");
}

TEST(SnapshotDocument, EntriesAreSortedWhateverTheirOrder) {
  const FleetSnapshot fleet = parsed(
      R"({"gitlab": "https://b", "runners": [{"id": 9}, {"id": 2}, {"id": 9, "gitlab": "https://a"}],
          "jobs": [{"id": 3, "history": {"median_seconds": 7}}, {"id": 1, "expected_seconds": 5}]})");
  ASSERT_EQ(fleet.runners.size(), 3U);
  EXPECT_EQ(fleet.runners[0].key, (RunnerKey{GitLabUrl{"https://a"}, RunnerId{9}}));
  EXPECT_EQ(fleet.runners[1].key.runner, RunnerId{2});
  ASSERT_EQ(fleet.jobs.size(), 2U);
  EXPECT_EQ(fleet.histories[fleet.jobs[0].history].estimate.median, 5s);
  EXPECT_EQ(fleet.histories[fleet.jobs[1].history].estimate.median, 7s);
}

TEST(SnapshotDocument, NowIsATextOrSeconds) {
  const Time wanted{Duration{1'740'798'000'500}};
  EXPECT_EQ(parsed(R"({"now": "2025-03-01T03:00:00.5Z"})").now, wanted);
  EXPECT_EQ(parsed(R"({"now": 1740798000.5})").now, wanted);
}

TEST(SnapshotDocument, UnknownFieldsAreNamedOnceEach) {
  const FleetSnapshot fleet = parsed(R"({"colour": 1, "jobs": [{"id": 1, "size": 1}, {"id": 2, "size": 1},
    {"id": 3, "merge_request": {"x\u001b[31m": 1}}]})");
  ASSERT_EQ(fleet.degraded.size(), 3U);
  EXPECT_NE(fleet.degraded[0].find("'colour'"), std::string::npos);
  EXPECT_NE(fleet.degraded[1].find("'jobs[].merge_request.x\\x1b[31m'"), std::string::npos)
      << fleet.degraded[1];
  EXPECT_NE(fleet.degraded[2].find("'jobs[].size'"), std::string::npos) << fleet.degraded[2];
}

struct BadDocument {
  std::string_view json, path;
};

TEST(SnapshotDocument, ABadValueIsAnErrorThatSaysWhere) {
  const BadDocument bad[] = {
      {"[]", "the document: "},
      {"7", "the document: "},
      {R"({"runners": {}})", "runners: "},
      {R"({"runners": [7]})", "runners[0]: "},
      {R"({"runners": [{"tags": "a"}]})", "runners[0].tags: "},
      {R"({"runners": [{"tags": ["a", 1]}]})", "runners[0].tags[1]: "},
      {R"({"runners": [{"max_jobs": 0}]})", "runners[0].max_jobs: "},
      {R"({"runners": [{"max_jobs": 1.5}]})", "runners[0].max_jobs: "},
      {R"({"runners": [{"active_jobs": -1}]})", "runners[0].active_jobs: "},
      {R"({"runners": [{"host_load": 1.1}]})", "runners[0].host_load: "},
      {R"({"runners": [{"type": "big"}]})", "runners[0].type: "},
      {R"({"runners": [{"online": "yes"}]})", "runners[0].online: "},
      {R"({"runners": [{"id": 99999999999999999999}]})", "runners[0].id: "},
      {R"({"runners": [{"id": "12x"}]})", "runners[0].id: "},
      {R"({"runners": [{"id": -1}]})", "runners[0].id: "},
      {R"({"jobs": [{}, {}, {}, {"queued_seconds": "long"}]})", "jobs[3].queued_seconds: "},
      {R"({"jobs": [{"queued_seconds": -1}]})", "jobs[0].queued_seconds: "},
      {R"({"jobs": [{"role": "king"}]})", "jobs[0].role: "},
      {R"({"jobs": [{"name": 7}]})", "jobs[0].name: "},
      {R"({"jobs": [{"merge_request": 7}]})", "jobs[0].merge_request: "},
      {R"({"jobs": [{"history": 1}]})", "jobs[0].history: "},
      {R"({"jobs": [{"history": {"basis": "guess"}}]})", "jobs[0].history.basis: "},
      {R"({"now": "yesterday"})", "now: "},
      {R"({"scores": [{"scores": [101]}]})", "scores[0].scores[0]: "},
      {R"({"runners": [{"id": 7}, {"id": "7"}]})", "runners: the id 7 is there twice"},
      {R"({"jobs": [{"id": 7}, {"id": 7}]})", "jobs: the id 7 is there twice"},
  };
  for (const BadDocument& document : bad) {
    SCOPED_TRACE(document.json);
    const std::string message = message_of(document.json);
    EXPECT_TRUE(message.starts_with(document.path)) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos);
  }
}

TEST(SnapshotDocument, WhatIsNoJsonIsAnError) {
  const std::string deep = "{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  for (const std::string& text :
       {std::string{}, std::string{"{"}, std::string{"{\"a\": 1e999}"}, std::string{"\xff"}, deep}) {
    SCOPED_TRACE(text.substr(0, 20));
    EXPECT_FALSE(message_of(text).empty());
  }
}

TEST(SnapshotDocument, TheExampleOfTheDocumentationIsOne) {
  std::ifstream file{std::string(RUNNERIQ_DOCS) + "/snapshot.md"};
  std::stringstream page;
  page << file.rdbuf();
  const std::string text = page.str();
  const std::size_t start = text.find("```json\n");
  ASSERT_NE(start, std::string::npos);
  const std::size_t end = text.find("```", start + 8);
  const FleetSnapshot fleet = parsed(text.substr(start + 8, end - start - 8));
  EXPECT_TRUE(fleet.degraded.empty());
  EXPECT_EQ(fleet.runners.size(), 2U);
  ASSERT_EQ(fleet.jobs.size(), 3U);
  const Decisions decisions = decided(fleet);
  ASSERT_EQ(decisions.jobs.size(), 3U);
  EXPECT_EQ(fleet.jobs[decisions.jobs[0].job].key.job, JobId{4711});
  EXPECT_EQ(decisions.jobs[0].job_class, JobClass::critical);
}

// ---- law ----------------------------------------------------------------------------------

class AnyFleet {
 public:
  FleetSnapshot make() {
    FleetSnapshot fleet;
    fleet.now = kReadAt + Duration{between(0, 999'999'999)};
    fleet.histories.push_back({.estimate = estimate({}), .fleet_average = {}, .by_runner = {}});
    const auto runners = between(0, 8), jobs = between(0, 12), histories = between(0, 4);
    for (std::int64_t i = 0; i < histories; ++i) fleet.histories.push_back(history());
    for (std::int64_t i = 1; i <= runners; ++i) fleet.runners.push_back(runner(i));
    for (std::int64_t i = 1; i <= jobs; ++i) fleet.jobs.push_back(job(i, fleet.histories.size()));
    std::ranges::sort(fleet.runners, {}, &FleetRunner::key);
    std::ranges::sort(fleet.jobs, {}, &PendingJob::key);
    for (std::int64_t i = 20; i < 23; ++i) {
      if (often()) fleet.running.push_back(running(i, fleet.histories.size()));
      if (seldom()) fleet.resource_waits.push_back(wait(i + 10, fleet.histories.size()));
    }
    std::ranges::sort(fleet.running, {}, &RunningFleetJob::key);
    std::ranges::sort(fleet.resource_waits, {}, [](const ResourceWait& one) { return one.waiter.key; });
    for (std::int64_t i = 0; i < 3; ++i) fleet.scores[{gitlab(), ProjectId{between(1, 3)}}] = scores();
    if (often()) fleet.degraded.push_back(text());
    return fleet;
  }

 private:
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>{low, high}(random_);
  }
  bool often() { return between(0, 1) == 1; }
  bool seldom() { return between(0, 7) == 0; }
  Duration duration() { return Duration{between(0, 4'000'000)}; }
  GitLabUrl gitlab() { return GitLabUrl{seldom() ? "https://b" : "https://a"}; }
  std::string text() {
    static const char* const kTexts[] = {"",           "main",       "release/1", "deploy",
                                         "test \"x\"", "ä\n\x1b[0m", "feature/é"};
    return kTexts[between(0, 6)];
  }
  std::vector<std::string> tags() {
    std::vector<std::string> all;
    for (const char* tag : {"a", "b", "ü"}) {
      if (seldom()) all.emplace_back(tag);
    }
    return all;
  }
  template <class Choice>
  Choice choice(int last) {
    return static_cast<Choice>(between(0, last));
  }
  JobHistory history() {
    JobHistory made{.estimate = {duration(), duration(), choice<EstimateBasis>(4)},
                    .fleet_average = often() ? std::optional{duration()} : std::nullopt,
                    .by_runner = {}};
    for (std::int64_t i = 1; i < 4; ++i) {
      if (often()) made.by_runner.emplace_back(RunnerKey{gitlab(), RunnerId{i}}, duration());
    }
    std::ranges::sort(made.by_runner);
    return made;
  }
  FleetRunner runner(std::int64_t id) {
    FleetRunner made;
    made.key = {gitlab(), RunnerId{id}};
    made.description = text();
    made.traits = {.tags = tags(),
                   .run_untagged = !seldom(),
                   .protected_only = seldom(),
                   .type = choice<gitlab::RunnerType>(2),
                   .projects = seldom() ? std::vector{ProjectId{1}} : std::vector<ProjectId>{},
                   .groups = seldom() ? std::vector<std::string>{"acme"} : std::vector<std::string>{}};
    made.status = seldom() ? choice<gitlab::RunnerStatus>(4) : gitlab::RunnerStatus::online;
    made.paused = seldom();
    if (often()) made.contact_age = duration();
    made.recent_contact = !seldom();
    made.traits_known = !seldom();
    made.active_jobs = static_cast<int>(between(0, 5));
    made.max_jobs = static_cast<int>(between(1, 4));
    made.capacity_basis = choice<CapacityBasis>(2);
    made.managers = static_cast<int>(between(0, 3));
    if (often()) made.host_load = static_cast<double>(between(0, 1000)) / 1000;
    if (often()) made.reliability = static_cast<double>(between(0, 997)) / 997;
    made.zone = carbon::ZoneKey{text()};
    if (seldom()) made.age = duration();
    return made;
  }
  PendingJob job(std::int64_t id, std::size_t histories) {
    PendingJob made;
    made.key = {gitlab(), JobId{id}};
    made.project = ProjectId{between(1, 3)};
    made.pipeline = PipelineId{between(0, 3)};
    made.facts = {.name = text(),
                  .stage = text(),
                  .ref = text(),
                  .ref_kind = choice<RefKind>(2),
                  .target_branch = text(),
                  .default_branch = text(),
                  .ref_protected = often(),
                  .role = choice<Role>(5),
                  .manual = often(),
                  .retry = often(),
                  .allow_failure = often(),
                  .draft = often(),
                  .labels = tags(),
                  .wish = seldom() ? std::optional<std::string>{"HIGH"} : std::nullopt};
    made.traits = {.project = made.project,
                   .project_path = often() ? "acme/shop" : "",
                   .tags = tags(),
                   .ref_protected = made.facts.ref_protected,
                   .takes_instance_runners = !seldom(),
                   .takes_group_runners = !seldom()};
    made.queued = duration();
    made.history = static_cast<std::size_t>(between(0, static_cast<std::int64_t>(histories) - 1));
    made.user = text();
    if (seldom()) made.age = duration();
    return made;
  }
  RunningFleetJob running(std::int64_t id, std::size_t histories) {
    RunningFleetJob made;
    made.key = {gitlab(), JobId{id}};
    if (often()) made.runner = RunnerKey{made.key.gitlab, RunnerId{between(1, 8)}};
    made.running = duration();
    made.history = static_cast<std::size_t>(between(0, static_cast<std::int64_t>(histories) - 1));
    return made;
  }
  ResourceWait wait(std::int64_t id, std::size_t histories) {
    ResourceWait made{.waiter = job(id, histories), .resource_group = text(), .holder = {}};
    made.holder = {made.waiter.key.gitlab, JobId{between(1, 12)}};
    return made;
  }
  ScoreHistory scores() {
    ScoreHistory made{.jobs = 60, .critical = static_cast<int>(between(0, 60)), .scores = {}};
    for (int i = 0; i < 60; ++i) made.scores.push_back(static_cast<double>(between(300, 1000)) / 10);
    std::ranges::sort(made.scores);
    return made;
  }

  std::mt19937_64 random_{kSeed};
};

std::string describe(const FleetSnapshot& fleet, const Decisions& decisions) {
  std::ostringstream text;
  for (const JobDecision& decision : decisions.jobs) {
    text << fleet.jobs[decision.job].key.job.value() << " " << decision.priority.score << " "
         << to_text(decision.job_class) << " " << decision.assignment.reason << " "
         << decision.assignment.margin;
    if (decision.expected_start) text << " at " << runneriq::to_text(*decision.expected_start);
    for (const std::string& reason : decision.class_reasons) text << "; " << reason;
    for (const std::string& anomaly : decision.assignment.anomalies) text << "; " << anomaly;
    text << "\n";
  }
  for (const std::string& flag : decisions.flags) text << flag << "\n";
  for (const auto& [holder, waiter] : decisions.holders) {
    text << waiter.waiter.job.value() << " " << to_text(waiter.job_class) << " waits for "
         << holder.job.value() << "\n";
  }
  return text.str();
}

TEST(SnapshotLaws, AFleetThatIsPrintedAndReadDecidesAsItDid) {
  AnyFleet any;
  for (int round = 0; round < 500; ++round) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", round " + std::to_string(round));
    const FleetSnapshot fleet = any.make();
    const std::string printed = print_snapshot(fleet);
    const FleetSnapshot again = parsed(printed);
    ASSERT_EQ(print_snapshot(again), printed);
    ASSERT_EQ(again.degraded, fleet.degraded);
    ASSERT_EQ(again.now, fleet.now);
    ASSERT_EQ(describe(again, decided(again)), describe(fleet, decided(fleet))) << printed;
  }
}

TEST(SnapshotLaws, ADocumentThatIsCutOffOrChangedNeverDoesHarm) {
  AnyFleet any;
  std::mt19937_64 random{kSeed};
  for (int round = 0; round < 300; ++round) {
    std::string text = print_snapshot(any.make());
    const std::size_t place = random() % text.size();
    if (round % 2 == 0) {
      text.resize(place);
    } else {
      text[place] = static_cast<char>(random());
    }
    const auto fleet = parse_snapshot(text, kReadAt);
    if (!fleet) {
      EXPECT_FALSE(fleet.error().message.empty());
    }
  }
}

}  // namespace
}  // namespace runneriq::scheduler
