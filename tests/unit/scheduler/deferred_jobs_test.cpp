// Which manual jobs may be deferred, and until when.
#include "scheduler/deferred_jobs.hpp"

#include "tests/support/fleet_maker.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using gitlab::ManualJob;

const Time kNow{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1} + 9h};
const Time kCreated = kNow - 1h;

ManualJob manual_job(std::int64_t id = 5, std::string deadline = "20h") {
  ManualJob manual;
  manual.job = {.id = JobId{id},
                .project = ProjectId{7},
                .pipeline = PipelineId{50},
                .name = "bench",
                .stage = "test",
                .status = gitlab::JobStatus::manual,
                .ref = "topic",
                .allow_failure = true};
  manual.project = {.id = ProjectId{7}, .path = "acme/shop", .default_branch = "main"};
  manual.pipeline_created = kCreated;
  if (!deadline.empty()) manual.variables = {{"RUNNERIQ_DEADLINE", std::move(deadline)}};
  return manual;
}

FleetSnapshot fleet() {
  FleetSnapshot fleet = fleet_of({runner_with(1, {"docker"}), runner_with(2, {}), runner_with(3, {})}, {});
  fleet.runners[0].zone = carbon::ZoneKey{"DE"};
  fleet.runners[1].zone = carbon::ZoneKey{"FR"};
  return fleet;
}

DeferredJobs judged(const std::vector<ManualJob>& manual, const std::vector<carbon::DeferralRule>& rules = {},
                    const FleetSnapshot& of = fleet(), const std::vector<JobHistory>& histories = {}) {
  const PriorityRules priority = PriorityRules::defaults();
  const auto keys = deferrable_keys(kGitLab, manual, rules);
  return deferred_jobs(kGitLab, manual, keys, histories,
                       {.fleet = of, .priority = priority, .rules = rules, .watts = 9, .now = kNow});
}

TEST(Deadlines, AreTimesOrDurationsFromThePipelinesCreation) {
  struct Row {
    std::string text, time;
  };
  for (const Row& row :
       {Row{"20h", "2025-03-02T04:00:00Z"}, Row{"90", "2025-03-01T08:01:30Z"},
        Row{"2025-03-01T18:00:00+02:00", "2025-03-01T16:00:00Z"}, Row{"0s", "2025-03-01T08:00:00Z"}}) {
    const auto deadline = parse_deadline(row.text, kCreated);
    ASSERT_TRUE(deadline) << row.text;
    EXPECT_EQ(runneriq::to_text(*deadline), row.time);
  }
  for (const std::string text : {"tomorrow", "-3h", "20 hours", "18:00", "2025-03-01", "$DEADLINE", "99999d",
                                 "\n", "31d", "9999-12-31T00:00:00Z"}) {
    const auto deadline = parse_deadline(text, kCreated);
    ASSERT_FALSE(deadline) << text;
    EXPECT_NE(deadline.error().message.find("RUNNERIQ_DEADLINE"), std::string::npos);
    EXPECT_EQ(deadline.error().message.find('\n'), std::string::npos);
  }
}

TEST(Deadlines, LieWithinThirtyDays) {
  EXPECT_EQ(parse_deadline("30d", kCreated).value(), kCreated + 720h);
  EXPECT_TRUE(parse_deadline("2025-03-31T08:00:00Z", kCreated));
  EXPECT_FALSE(parse_deadline("2025-03-31T08:00:01Z", kCreated));
  EXPECT_NE(parse_deadline("721h", kCreated).error().message.find("more than 30 days"), std::string::npos);
}

TEST(DeferredJobs, AreThoseWithADeadlineOfTheirOwn) {
  const DeferredJobs all = judged({manual_job()});
  ASSERT_EQ(all.jobs.size(), 1U) << (all.left_out.empty() ? "" : all.left_out[0].why);
  const DeferredJob& job = all.jobs[0];
  EXPECT_EQ(job.mark, "RUNNERIQ_DEADLINE");
  EXPECT_EQ(job.terms.deadline, kCreated + 20h);
  EXPECT_EQ(job.terms.ready, kNow);
  EXPECT_EQ(job.terms.watts, 9);
  EXPECT_EQ(job.job_class, JobClass::low);
  EXPECT_EQ(job.terms.zones, (std::vector{carbon::ZoneKey{"DE"}, carbon::ZoneKey{"FR"}}));
  EXPECT_TRUE(judged({manual_job(5, "")}).jobs.empty());
  EXPECT_TRUE(judged({manual_job(5, "")}).left_out.empty());
}

TEST(DeferredJobs, AreMarkedByTheFirstRuleThatFits) {
  struct Row {
    std::string name;
    std::vector<carbon::DeferralRule> rules;
    std::string mark;  // "" = none
  };
  const std::vector<Row> rows{
      {"all", {{.name = "n", .deadline = 3h}}, "rule n"},
      {"first", {{.name = "n", .deadline = 3h}, {.name = "m", .deadline = 5h}}, "rule n"},
      {"by project's path", {{.name = "n", .project = "acme/*", .deadline = 3h}}, "rule n"},
      {"by project's number", {{.name = "n", .project = "7", .deadline = 3h}}, "rule n"},
      {"other project", {{.name = "n", .project = "acme", .deadline = 3h}}, ""},
      {"by job", {{.name = "n", .job = "ben*", .deadline = 3h}}, "rule n"},
      {"other job", {{.name = "n", .job = "test", .deadline = 3h}}, ""},
      {"without a deadline", {{.name = "n"}}, ""},
  };
  for (const Row& row : rows) {
    const DeferredJobs all = judged({manual_job(5, "")}, row.rules);
    EXPECT_EQ(all.jobs.empty() ? "" : all.jobs[0].mark, row.mark) << row.name;
    for (const DeferredJob& job : all.jobs) EXPECT_EQ(job.terms.deadline, kCreated + 3h) << row.name;
  }
}

TEST(DeferredJobs, GoByTheirOwnDeadlineBeforeRulesAndAnEmptyOneIsNone) {
  const std::vector<carbon::DeferralRule> rules{{.name = "n", .deadline = 3h}};
  EXPECT_EQ(judged({manual_job()}, rules).jobs.at(0).mark, "RUNNERIQ_DEADLINE");
  ManualJob never = manual_job();
  never.variables["RUNNERIQ_DEADLINE"] = "";
  EXPECT_TRUE(judged({never}, rules).jobs.empty());
  EXPECT_TRUE(judged({never}, rules).left_out.empty());
  // A bad one is no reason to take another.
  const DeferredJobs bad = judged({manual_job(5, "soon")}, rules);
  EXPECT_TRUE(bad.jobs.empty());
  EXPECT_NE(bad.left_out.at(0).why.find("'soon'"), std::string::npos);
}

struct LeftCase {
  std::string name;
  void (*change)(ManualJob&, FleetSnapshot&);
  std::string why;
};
class LeftAlone : public testing::TestWithParam<LeftCase> {};

TEST_P(LeftAlone, AndItIsSaidWhy) {
  ManualJob manual = manual_job();
  FleetSnapshot of = fleet();
  GetParam().change(manual, of);
  const DeferredJobs all = judged({manual}, {}, of);
  EXPECT_TRUE(all.jobs.empty());
  ASSERT_EQ(all.left_out.size(), 1U);
  EXPECT_NE(all.left_out[0].why.find(GetParam().why), std::string::npos) << all.left_out[0].why;
  EXPECT_NE(all.left_out[0].why.find("job 5"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Jobs, LeftAlone,
    testing::Values(
        LeftCase{"Blocking", [](ManualJob& m, FleetSnapshot&) { m.job.allow_failure = false; },
                 "waits for it"},
        LeftCase{"Production",
                 [](ManualJob& m, FleetSnapshot&) {
                   m.job.ref = "main";
                   m.job.name = "deploy";
                 },
                 "HIGH"},
        LeftCase{"Hotfix",
                 [](ManualJob& m, FleetSnapshot&) {
                   m.job.ref = "hotfix/1";
                   m.job.name = "deploy";
                 },
                 "HIGH"},
        LeftCase{"Wish",
                 [](ManualJob& m, FleetSnapshot&) {
                   m.job.ref = "main";
                   m.variables["RUNNERIQ_PRIORITY"] = "critical";
                 },
                 "CRITICAL"},
        LeftCase{"DeadlineOver",
                 [](ManualJob& m, FleetSnapshot&) { m.variables["RUNNERIQ_DEADLINE"] = "1h"; }, "passed"},
        LeftCase{"NoRunner", [](ManualJob& m, FleetSnapshot&) { m.job.tags = {"gpu"}; }, "no runner"},
        LeftCase{"OfflineRunner",
                 [](ManualJob& m, FleetSnapshot& f) {
                   m.job.tags = {"docker"};
                   f.runners[0].status = gitlab::RunnerStatus::offline;
                 },
                 "no runner"}),
    [](const auto& given) { return given.param.name; });

TEST(DeferredJobs, CountAsIfNobodyHadAskedForThem) {
  ManualJob manual = manual_job();
  manual.job.ref = "main";  // 40 branch + 10 role + 20 type + 5 protected − 10 allow_failure; 10 more by hand
  manual.job.name = "sweep";
  manual.job.stage = "night";
  const DeferredJobs all = judged({manual});
  ASSERT_EQ(all.jobs.size(), 1U);
  EXPECT_EQ(all.jobs[0].job_class, JobClass::medium);
}

TEST(DeferredJobs, AreTakenByRunnersThatCouldTakeThem) {
  ManualJob manual = manual_job();
  manual.job.tags = {"docker"};
  EXPECT_EQ(judged({manual}).jobs.at(0).terms.zones, (std::vector{carbon::ZoneKey{"DE"}}));
}

// Which refs are protected is not known: the only runner may well take it.
TEST(DeferredJobs, AreNotLeftOutForARefThatMayBeProtected) {
  FleetSnapshot of = fleet();
  for (FleetRunner& runner : of.runners) runner.traits.protected_only = true;
  ASSERT_EQ(judged({manual_job()}, {}, of).jobs.size(), 1U);
  of.runners[0].traits.protected_only = false;  // this one takes it in any case
  EXPECT_EQ(judged({manual_job()}, {}, of).jobs.at(0).terms.zones, (std::vector{carbon::ZoneKey{"DE"}}));
}

TEST(DeferredJobs, LastAsTheirRunsBefore) {
  JobHistory history;
  history.estimate = {.median = 10min, .p90 = 24min, .basis = EstimateBasis::job};
  const DeferredJobs known = judged({manual_job()}, {}, fleet(), {history});
  EXPECT_EQ(known.jobs.at(0).terms.expected, 10min);
  EXPECT_EQ(known.jobs.at(0).terms.longest, 24min);
  history.estimate.basis = EstimateBasis::project;
  EXPECT_EQ(judged({manual_job()}, {}, fleet(), {history}).jobs.at(0).terms.longest, 36min);
  const DeferredJobs unknown = judged({manual_job()});
  EXPECT_EQ(unknown.jobs.at(0).terms.expected, kUnknownDuration);
  EXPECT_GT(unknown.jobs.at(0).terms.longest, kUnknownDuration);
}

}  // namespace
}  // namespace runneriq::scheduler
