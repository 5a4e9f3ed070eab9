#include "scheduler/analyzer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace runneriq::scheduler {
namespace {

// A job that nothing raises or lowers: other branch, unknown role, other type: 16 + 10 + 20.
JobFacts plain_job() {
  JobFacts job;
  job.name = "job";
  job.stage = "stage";
  job.ref = "topic";
  job.default_branch = "main";
  return job;
}

JobFacts on_branch(std::string ref) {
  JobFacts job = plain_job();
  job.ref = std::move(ref);
  return job;
}

JobFacts named(std::string name, std::string stage = "stage") {
  JobFacts job = plain_job();
  job.name = std::move(name);
  job.stage = std::move(stage);
  return job;
}

JobFacts merge_request_into(std::string target) {
  JobFacts job = plain_job();
  job.ref = "refs/merge-requests/12/head";
  job.ref_kind = RefKind::merge_request;
  job.target_branch = std::move(target);
  return job;
}

Priority by_defaults(const JobFacts& job) {
  return analyze(job, PriorityRules::defaults());
}

double points_of(const Priority& priority, std::string_view factor) {
  const auto found = std::find_if(priority.factors.begin(), priority.factors.end(),
                                  [&](const Factor& f) { return f.name == factor; });
  return found == priority.factors.end() ? 0 : found->points;
}

std::string reason_of(const Priority& priority, std::string_view factor) {
  const auto found = std::find_if(priority.factors.begin(), priority.factors.end(),
                                  [&](const Factor& f) { return f.name == factor; });
  return found == priority.factors.end() ? "no such factor" : found->reason;
}

double sum_of_points(const Priority& priority) {
  double sum = 0;
  for (const Factor& factor : priority.factors) sum += factor.points;
  return sum;
}

struct BranchCase {
  const char* ref;
  double weight;
  bool production;
};

TEST(AnalyzerBranch, HasTheDefaultWeightsAndProduction) {
  for (const BranchCase& c : {BranchCase{"main", 100, true},
                              {"master", 100, true},
                              {"production", 100, true},
                              {"hotfix/login", 95, true},
                              {"release/1.2", 90, true},
                              {"develop", 75, false},
                              {"feature/a/b", 50, false},
                              {"topic", 40, false},
                              {"Main", 40, false},
                              {"mainline", 40, false},
                              {"", 40, false}}) {
    SCOPED_TRACE(c.ref);
    const Priority priority = by_defaults(on_branch(c.ref));
    EXPECT_DOUBLE_EQ(points_of(priority, "branch"), 0.4 * c.weight);
    EXPECT_EQ(priority.production, c.production);
  }
}

TEST(AnalyzerBranch, DefaultBranchCountsWhateverItsName) {
  JobFacts job = on_branch("trunk");
  job.default_branch = "trunk";
  const Priority priority = by_defaults(job);
  EXPECT_DOUBLE_EQ(points_of(priority, "branch"), 40);
  EXPECT_TRUE(priority.production);
  EXPECT_EQ(reason_of(priority, "branch"), "trunk is the default branch (100)");
}

TEST(AnalyzerBranch, DefaultBranchOutweighsTheRuleOfItsName) {
  JobFacts job = on_branch("develop");
  job.default_branch = "develop";
  EXPECT_DOUBLE_EQ(points_of(by_defaults(job), "branch"), 40);
}

TEST(AnalyzerBranch, UnknownDefaultBranchMatchesNoUnknownBranch) {
  JobFacts job = on_branch("");
  job.default_branch = "";
  EXPECT_FALSE(by_defaults(job).production);
}

TEST(AnalyzerBranch, BranchNamedLikeThePlaceholderIsNotTheDefaultBranch) {
  EXPECT_DOUBLE_EQ(points_of(by_defaults(on_branch("$default-branch")), "branch"), 16);
}

TEST(AnalyzerBranch, TagIsProduction) {
  JobFacts job = on_branch("v1.2");
  job.ref_kind = RefKind::tag;
  const Priority priority = by_defaults(job);
  EXPECT_DOUBLE_EQ(points_of(priority, "branch"), 40);
  EXPECT_TRUE(priority.production);
}

TEST(AnalyzerBranch, MergeRequestCountsByItsTargetOneStepLowerAndIsNeverProduction) {
  for (const BranchCase& c : {BranchCase{"main", 95, false},
                              {"hotfix/login", 90, false},
                              {"release/1.2", 75, false},
                              {"develop", 50, false},
                              {"feature/a", 40, false},
                              {"topic", 40, false},  // no lower weight
                              {"", 95, false}}) {    // unknown: as into the default branch
    SCOPED_TRACE(c.ref);
    const Priority priority = by_defaults(merge_request_into(c.ref));
    EXPECT_DOUBLE_EQ(points_of(priority, "branch"), 0.4 * c.weight);
    EXPECT_FALSE(priority.production);
  }
  JobFacts into_trunk = merge_request_into("trunk");
  into_trunk.default_branch = "trunk";
  EXPECT_EQ(reason_of(by_defaults(into_trunk), "branch"),
            "merge request into trunk (100), one step lower (95)");
}

TEST(AnalyzerRole, HasTheDefaultWeights) {
  struct Case {
    Role role;
    double weight;
  };
  for (const Case& c : {Case{Role::owner, 100},
                        {Role::maintainer, 100},
                        {Role::developer, 75},
                        {Role::reporter, 25},
                        {Role::guest, 25},
                        {Role::unknown, 50}}) {
    SCOPED_TRACE(to_text(c.role));
    JobFacts job = plain_job();
    job.role = c.role;
    EXPECT_DOUBLE_EQ(points_of(by_defaults(job), "role"), 0.2 * c.weight);
  }
}

struct TypeCase {
  const char* name;
  const char* stage;
  double weight;
};

class AnalyzerType : public testing::TestWithParam<TypeCase> {};

TEST_P(AnalyzerType, IsWhatAPersonExpects) {
  const Priority priority = by_defaults(named(GetParam().name, GetParam().stage));
  EXPECT_DOUBLE_EQ(points_of(priority, "job type"), 0.4 * GetParam().weight)
      << GetParam().name << " in " << GetParam().stage << ": " << reason_of(priority, "job type");
}

constexpr double kDeploy = 100, kBuild = 75, kTest = 50, kLint = 40, kOther = 50;

INSTANTIATE_TEST_SUITE_P(
    Analyzer, AnalyzerType,
    testing::Values(TypeCase{"deploy", "x", kDeploy}, TypeCase{"deploy-prod", "x", kDeploy},
                    TypeCase{"production-deploy", "x", kDeploy}, TypeCase{"Deploy to EU", "x", kDeploy},
                    TypeCase{"eu deploy: [blue]", "x", kDeploy}, TypeCase{"deploy-latest", "x", kDeploy},
                    TypeCase{"build-image", "x", kBuild}, TypeCase{"docker-build-arm64", "x", kBuild},
                    TypeCase{"build-test-image", "test", kBuild}, TypeCase{"unit-test", "x", kTest},
                    TypeCase{"test:deploy-script", "x", kTest}, TypeCase{"rspec-tests 3/10", "x", kTest},
                    TypeCase{"eslint", "test", kLint}, TypeCase{"lint:js", "build", kLint},
                    TypeCase{"pylint-all", "x", kLint}, TypeCase{"lint-tests", "x", kLint},
                    TypeCase{"job", "deploy", kDeploy}, TypeCase{"job", "Build", kBuild},
                    TypeCase{"job", "lint", kLint}, TypeCase{"unit-test", "deploy", kTest},
                    TypeCase{"pages", ".pre", kOther}, TypeCase{"", "", kOther}));

struct BonusCase {
  const char* factor;
  void (*turn_on)(JobFacts&);
  double points;
};

TEST(AnalyzerBonus, EachFactAddsItsPoints) {
  const double before = by_defaults(plain_job()).score;
  for (const BonusCase& c : {BonusCase{"manual", [](JobFacts& j) { j.manual = true; }, 10},
                             {"retry", [](JobFacts& j) { j.retry = true; }, 5},
                             {"allow_failure", [](JobFacts& j) { j.allow_failure = true; }, -10},
                             {"protected", [](JobFacts& j) { j.ref_protected = true; }, 5},
                             {"draft", [](JobFacts& j) { j.draft = true; }, -5},
                             {"label",
                              [](JobFacts& j) {
                                j.labels = {"bug", "priority::high"};
                              },
                              15}}) {
    SCOPED_TRACE(c.factor);
    JobFacts job = plain_job();
    c.turn_on(job);
    const Priority priority = by_defaults(job);
    EXPECT_DOUBLE_EQ(points_of(priority, c.factor), c.points);
    EXPECT_DOUBLE_EQ(priority.score, before + c.points);
  }
}

TEST(AnalyzerBonus, EveryLabelRuleCountsOnce) {
  PriorityRules rules = PriorityRules::defaults();
  rules.label_rules = {{"priority::*", 10}, {"*::high", 3}, {"wontfix", -20}};
  JobFacts job = plain_job();
  job.labels = {"priority::high", "priority::urgent"};
  EXPECT_DOUBLE_EQ(analyze(job, rules).score, by_defaults(plain_job()).score + 13);
}

TEST(AnalyzerScore, IsTheWeightedSum) {
  JobFacts job = named("deploy-prod");
  job.ref = "main";
  job.role = Role::developer;
  const Priority priority = by_defaults(job);
  EXPECT_DOUBLE_EQ(priority.score, 40 + 15 + 40);
  EXPECT_EQ(priority.job_class, JobClass::critical);
  EXPECT_TRUE(priority.anomalies.empty());
}

TEST(AnalyzerScore, IsCappedOffProductionOnly) {
  JobFacts job = named("deploy-prod");
  job.ref = "develop";
  job.role = Role::owner;
  const Priority capped = by_defaults(job);
  EXPECT_DOUBLE_EQ(capped.score, 75);
  EXPECT_DOUBLE_EQ(points_of(capped, "cap"), -15);
  EXPECT_EQ(capped.job_class, JobClass::high);
  job.ref = "release/1";
  EXPECT_DOUBLE_EQ(by_defaults(job).score, 96);
}

TEST(AnalyzerScore, IsClampedToHundred) {
  JobFacts job = named("deploy-prod");
  job.ref = "main";
  job.role = Role::owner;
  job.manual = job.ref_protected = true;
  const Priority priority = by_defaults(job);
  EXPECT_DOUBLE_EQ(priority.score, 100);
  EXPECT_DOUBLE_EQ(points_of(priority, "clamp"), -15);
  EXPECT_DOUBLE_EQ(sum_of_points(priority), 100);
}

TEST(AnalyzerScore, IsClampedToZero) {
  PriorityRules rules = PriorityRules::defaults();
  rules.label_rules = {{"wontfix", -100}};
  JobFacts job = plain_job();
  job.labels = {"wontfix"};
  const Priority priority = analyze(job, rules);
  EXPECT_DOUBLE_EQ(priority.score, 0);
  EXPECT_DOUBLE_EQ(points_of(priority, "clamp"), 54);
}

TEST(AnalyzerScore, IsRoundedOnceAndTheFactorsStillAddUp) {
  PriorityRules rules = PriorityRules::defaults();
  rules.branch_weights = {{"*", 33.1}};    // 13.24
  rules.job_type_weights = {{"*", 33.1}};  // 13.24
  const Priority priority = analyze(plain_job(), rules);
  EXPECT_DOUBLE_EQ(priority.score, 36.5);  // 36.48
  EXPECT_DOUBLE_EQ(points_of(priority, "branch"), 13.2);
  EXPECT_DOUBLE_EQ(points_of(priority, "rounding"), 0.1);
  EXPECT_NEAR(sum_of_points(priority), 36.5, 1e-9);
}

TEST(AnalyzerScore, ClassAgreesWithTheRoundedScore) {
  PriorityRules rules = PriorityRules::defaults();
  rules.branch_weights = {{"main", 99.9}};  // 39.96 + 10 + 40
  JobFacts job = named("deploy");
  job.ref = "main";
  EXPECT_DOUBLE_EQ(analyze(job, rules).score, 90);
  EXPECT_EQ(analyze(job, rules).job_class, JobClass::critical);
}

TEST(AnalyzerScore, WithoutRulesEverythingCountsAsOther) {
  const Priority priority = analyze(plain_job(), PriorityRules{});
  EXPECT_DOUBLE_EQ(priority.score, 0.4 * 40 + 0.2 * 50 + 0.4 * 50);
}

TEST(AnalyzerScore, OfNoFactsAtAllIsLow) {
  const Priority priority = by_defaults(JobFacts{});
  EXPECT_DOUBLE_EQ(priority.score, 46);
  EXPECT_EQ(priority.job_class, JobClass::low);
  EXPECT_TRUE(priority.anomalies.empty());
}

TEST(AnalyzerWish, SetsTheClassOnAProtectedRef) {
  JobFacts job = plain_job();
  job.ref_protected = true;
  const double score = by_defaults(job).score;
  job.wish = "critical";
  const Priority priority = by_defaults(job);
  EXPECT_EQ(priority.job_class, JobClass::critical);
  EXPECT_DOUBLE_EQ(priority.score, score);
  EXPECT_EQ(reason_of(priority, "wish"), "RUNNERIQ_PRIORITY asks for CRITICAL");
  EXPECT_TRUE(priority.anomalies.empty());
}

TEST(AnalyzerWish, MayLowerTheClass) {
  JobFacts job = named("deploy");
  job.ref = "main";
  job.ref_protected = true;
  job.wish = "LOW";
  EXPECT_EQ(by_defaults(job).job_class, JobClass::low);
}

TEST(AnalyzerWish, IsRefusedOnAnUnprotectedRef) {
  JobFacts job = plain_job();
  job.wish = "CRITICAL";
  const Priority priority = by_defaults(job);
  EXPECT_EQ(priority.job_class, JobClass::low);
  ASSERT_EQ(priority.anomalies.size(), 1U);
  EXPECT_EQ(priority.anomalies[0], "RUNNERIQ_PRIORITY counts on protected refs only; refused: 'CRITICAL'");
}

TEST(AnalyzerWish, OfNoKnownClassIsAnAnomaly) {
  JobFacts job = plain_job();
  job.ref_protected = true;
  job.wish = "asap";
  const Priority priority = by_defaults(job);
  EXPECT_EQ(priority.job_class, JobClass::low);
  ASSERT_EQ(priority.anomalies.size(), 1U);
  EXPECT_EQ(priority.anomalies[0],
            "RUNNERIQ_PRIORITY must be CRITICAL, HIGH, MEDIUM or LOW; ignored: 'asap'");
}

}  // namespace
}  // namespace runneriq::scheduler
