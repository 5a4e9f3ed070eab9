#include "alerting/classifier.hpp"

#include "core/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace runneriq::alerting {
namespace {

using scheduler::JobClass;

Event failed_job(std::string name, std::string ref, std::string stage = "") {
  Event event;
  event.project = "acme/shop";
  event.name = std::move(name);
  event.ref = std::move(ref);
  event.stage = std::move(stage);
  event.status = "failed";
  event.failure_reason = "script_failure";
  return event;
}

Classifier usual() {
  return Classifier{ClassifierRules{}};
}

TEST(Classifier, GivesClassAndSeverity) {
  struct Row {
    std::string name, stage, ref;
    JobClass job_class;
    Severity severity;
  };
  const std::vector<Row> rows{
      {"deploy", "deploy", "main", JobClass::critical, Severity::critical},
      {"build", "", "main", JobClass::high, Severity::error},
      {"unit-test", "test", "main", JobClass::high, Severity::error},
      {"deploy", "", "release/1.0", JobClass::high, Severity::critical},
      {"rollout", "deploy", "hotfix/7", JobClass::high, Severity::critical},
      {"release", "", "main", JobClass::high, Severity::critical},
      {"release-notes", "publish", "main", JobClass::high, Severity::critical},
      {"publish", "release", "main", JobClass::high, Severity::critical},
      {"test-deploy-script", "test", "main", JobClass::high, Severity::error},
      {"deploy-test", "test", "main", JobClass::critical, Severity::error},
      {"deploy", "test", "main", JobClass::critical, Severity::critical},
      {"deploy", "staging", "main", JobClass::critical, Severity::error},
      {"deploy", "deploy-tests", "main", JobClass::critical, Severity::error},
      {"deploy-prod", "staging", "main", JobClass::critical, Severity::critical},
      {"Deploy_Staging2", "deploy", "main", JobClass::critical, Severity::error},
      {"deploy:qa", "", "main", JobClass::critical, Severity::error},
      {"deploy to pre-prod", "", "main", JobClass::critical, Severity::error},
      {"deploy-canary", "", "main", JobClass::critical, Severity::critical},
      {"promote staging to production", "", "main", JobClass::high, Severity::critical},
      {"undeploy", "", "main", JobClass::critical, Severity::error},
      {"undeployable", "", "release/1", JobClass::high, Severity::error},
      {"undeploy", "", "release/1", JobClass::high, Severity::error},
      {"publishing", "", "release/1", JobClass::medium, Severity::critical},
      {"rollout", "", "main", JobClass::high, Severity::critical},
      {"released v2", "", "main", JobClass::high, Severity::critical},
      {"promotion", "", "main", JobClass::high, Severity::critical},
      {"deployment", "", "release/1", JobClass::high, Severity::critical},
      {"unit", "deploy", "main", JobClass::critical, Severity::critical},
      {"build", "deploy", "main", JobClass::high, Severity::error},
      {"lint", "deploy", "main", JobClass::medium, Severity::error},
      {"test", "deploy", "main", JobClass::high, Severity::error},
      {"nightly", "release", "main", JobClass::high, Severity::error},
      {"deploy", "deploy", "v1.2.3", JobClass::critical, Severity::critical},
      {"deploy", "deploy", "1.2.3", JobClass::critical, Severity::critical},
      {"unit", "test", "10.20.30", JobClass::high, Severity::error},
      {"deploy", "deploy", "v1.2.3-rc1", JobClass::medium, Severity::warning},
      {"deploy", "deploy", "v1.2", JobClass::medium, Severity::warning},
      {"deploy", "deploy", "release-1.2.3", JobClass::medium, Severity::warning},
      {"deploy", "deploy", "1..3", JobClass::medium, Severity::warning},
      {"deploy", "deploy", "v1.2.3.", JobClass::medium, Severity::warning},
      {"deploy", "deploy", "feature/x", JobClass::high, Severity::warning},
      {"deploy", "deploy", "develop", JobClass::high, Severity::warning},
      {"lint", "test", "feature/x", JobClass::low, Severity::warning},
      {"lint", "test", "", JobClass::low, Severity::warning},
      {"", "", "", JobClass::low, Severity::warning},
  };
  const Classifier classifier = usual();
  for (int round = 0; round < 2; ++round) {  // the second from what is remembered
    for (const Row& row : rows) {
      const Classified of = classifier.classify(failed_job(row.name, row.ref, row.stage));
      EXPECT_EQ(of.job_class, row.job_class) << row.name << " on " << row.ref;
      EXPECT_EQ(of.severity, row.severity) << row.name << " on " << row.ref;
    }
  }
}

TEST(Classifier, WhatMayFailIsForInformation) {
  Event event = failed_job("deploy", "main");
  event.allow_failure = true;
  EXPECT_EQ(usual().classify(event).severity, Severity::info);
}

TEST(Classifier, KnowsTagsMergeRequestsAndDefaultBranches) {
  const Classifier classifier = usual();
  Event tag = failed_job("deploy", "main");
  tag.is_tag = true;
  EXPECT_TRUE(classifier.classify(tag).production);
  EXPECT_FALSE(classifier.classify(tag).on_default_branch);

  Event merge_request = failed_job("deploy", "main");
  merge_request.source = "merge_request_event";
  EXPECT_FALSE(classifier.classify(merge_request).production);
  EXPECT_FALSE(classifier.classify(merge_request).on_default_branch);
  EXPECT_EQ(classifier.classify(merge_request).severity, Severity::warning);

  Event trunk = failed_job("deploy", "trunk");
  EXPECT_FALSE(classifier.classify(trunk).on_default_branch);
  EXPECT_EQ(classifier.classify(trunk).severity, Severity::warning);
  trunk.default_branch = "trunk";
  EXPECT_TRUE(classifier.classify(trunk).on_default_branch);
  EXPECT_EQ(classifier.classify(trunk).severity, Severity::critical);

  Event main = failed_job("deploy", "main");
  EXPECT_TRUE(classifier.classify(main).on_default_branch);
  main.default_branch = "trunk";
  EXPECT_FALSE(classifier.classify(main).on_default_branch);
  EXPECT_TRUE(classifier.classify(main).production);
}

TEST(Classifier, TakesAVersionForATagUnlessItIsTheDefaultBranch) {
  Event event = failed_job("deploy", "1.2.3");
  EXPECT_TRUE(usual().classify(event).production);
  EXPECT_FALSE(usual().classify(event).on_default_branch);
  event.default_branch = "1.2.3";
  EXPECT_TRUE(usual().classify(event).on_default_branch);
  event.source = "merge_request_event";
  EXPECT_FALSE(usual().classify(event).production);
}

TEST(Classifier, GoesByTheBranchesThatItIsTold) {
  const Classifier classifier{ClassifierRules{
      .priority = scheduler::PriorityRules::defaults(), .default_branches = {"trunk"}, .severities = {}}};
  EXPECT_TRUE(classifier.classify(failed_job("deploy", "trunk")).on_default_branch);
  EXPECT_TRUE(classifier.classify(failed_job("deploy", "trunk")).production);
  EXPECT_FALSE(classifier.classify(failed_job("deploy", "main")).on_default_branch);
}

TEST(Classifier, ConditionsOfTheFleetHaveTheirOwn) {
  struct Row {
    std::string kind;
    Severity severity;
  };
  const std::vector<Row> rows{{"audit_broken", Severity::critical},   {"runner_offline", Severity::error},
                              {"runner_online", Severity::error},     {"lease_expired", Severity::error},
                              {"budget_exceeded", Severity::warning}, {"disk_full", Severity::warning}};
  for (const Row& row : rows) {
    Event event;
    event.kind_word = row.kind;
    event.kind = event_kind(row.kind);
    event.name = "deploy";  // a runner may be called that
    event.ref = "main";
    const Classified of = usual().classify(event);
    EXPECT_EQ(of.severity, row.severity) << row.kind;
    EXPECT_EQ(of.job_class, JobClass::low) << row.kind;
  }
}

TEST(Classifier, AStuckJobIsAJob) {
  Event event = failed_job("deploy", "main");
  event.kind = EventKind::stuck;
  event.kind_word = "job_stuck";
  EXPECT_EQ(usual().classify(event).severity, Severity::critical);
}

TEST(Classifier, TheFirstRuleThatMatchesCounts) {
  ClassifierRules rules;
  rules.severities = {{"lint", *Matchers::parse("job=lint"), Severity::info},
                      {"shop", *Matchers::parse("project=acme/shop,severity=error"), Severity::critical},
                      {"all", Matchers{}, Severity::error}};
  const Classifier classifier{rules};
  EXPECT_EQ(classifier.classify(failed_job("lint", "main")).severity, Severity::info);
  EXPECT_EQ(classifier.classify(failed_job("build", "main")).severity, Severity::critical);
  EXPECT_EQ(classifier.classify(failed_job("build", "feature/x")).severity, Severity::error);
}

TEST(Classifier, SignsByTheLogOfAFailure) {
  Event event = failed_job("unit", "main");
  event.log_excerpt = "compiling\nsrc/a.c:12:5: error: 'x' undeclared\nERROR: Job failed: exit code 1\n";
  const Classified first = usual().classify(event);
  EXPECT_TRUE(first.signed_by_log);
  EXPECT_EQ(first.headline, "src/a.c:12:5: error: 'x' undeclared");
  event.name = "other";
  event.log_excerpt = "src/a.c:13:5: error: 'x' undeclared";
  EXPECT_EQ(usual().classify(event).signature, first.signature);
}

TEST(Classifier, RedactsTheLogBeforeItSigns) {
  const auto failure_with = [](const std::string& letter) {
    Event event = failed_job("push", "main");
    std::string token = "glpat";
    token += "-" + std::string(20, letter.front());
    event.log_excerpt =
        "$ git push\nfatal: no access with " + token + " to the project\npassword=" + letter + "\n";
    return event;
  };
  const Classified of = usual().classify(failure_with("a"));
  EXPECT_EQ(of.event.log_excerpt,
            "$ git push\nfatal: no access with [GITLAB-TOKEN] to the project\npassword=[PASSWORD]\n");
  EXPECT_EQ(of.headline, "fatal: no access with [GITLAB-TOKEN] to the project");
  EXPECT_EQ(usual().classify(failure_with("b")).signature, of.signature);
  Event passed = failure_with("a");
  passed.status = "success";
  EXPECT_EQ(usual().classify(passed).event.log_excerpt, of.event.log_excerpt);
}

TEST(Classifier, ARedactedExcerptIsNoLonger) {
  Event event = failed_job("push", "main");
  while (event.log_excerpt.size() + 12 <= kLongestExcerpt) event.log_excerpt += "\xC3\xA4 passwd=a ";
  const Classified of = usual().classify(event);
  EXPECT_LE(of.event.log_excerpt.size(), kLongestExcerpt);
  EXPECT_GT(of.event.log_excerpt.size(), kLongestExcerpt - 4);
  EXPECT_TRUE(is_utf8(of.event.log_excerpt));
  EXPECT_TRUE(of.event.log_excerpt.ends_with("\xC3\xA4 passwd=[PASSWORD] "));
}

TEST(Classifier, SignsByJobWithoutOne) {
  Event event = failed_job("unit 1/2", "main");
  const Classified of = usual().classify(event);
  EXPECT_FALSE(of.signed_by_log);
  EXPECT_EQ(of.headline, "");
  event.log_excerpt = "ERROR: Job failed: exit code 1\n";
  EXPECT_EQ(usual().classify(event).signature, of.signature);
  event.ref = "other";
  EXPECT_EQ(usual().classify(event).signature, of.signature);
  event.name = "unit 2/2";
  EXPECT_NE(usual().classify(event).signature, of.signature);
  event.name = "unit 1/2";
  event.status = "success";
  event.log_excerpt = "error: none of a job that passed";
  EXPECT_EQ(usual().classify(event).signature, of.signature);
  EXPECT_EQ(usual().classify(event).outcome, Outcome::passed);
}

TEST(Classifier, TellsExitCodesApart) {
  Event event = failed_job("unit", "main");
  const std::string without = usual().classify(event).signature;
  event.log_excerpt = "ERROR: Job failed: exit code 1\n";
  EXPECT_EQ(usual().classify(event).signature, without);
  event.log_excerpt = "ERROR: Job failed: exit code 137\n";
  const Classified killed = usual().classify(event);
  EXPECT_NE(killed.signature, without);
  EXPECT_FALSE(killed.signed_by_log);
  event.log_excerpt = "ERROR: Job failed: exit status 139\n";
  EXPECT_NE(usual().classify(event).signature, killed.signature);
}

TEST(Classifier, RemembersNothingWrong) {
  const Classifier classifier = usual();
  for (int i = 0; i < 5000; ++i) {
    const std::string suffix = std::to_string(i);
    const bool deploys = i % 3 == 0;
    const Classified of = classifier.classify(
        failed_job((deploys ? "deploy-" : "lint-") + suffix, i % 2 == 0 ? "main" : "f-" + suffix));
    ASSERT_EQ(of.severity, i % 2 != 0 ? Severity::warning
                           : deploys  ? Severity::critical
                                      : Severity::error)
        << i;
  }
  // What runs together in one text must not be taken for the same.
  EXPECT_EQ(classifier.classify(failed_job("unit", "release/1", "deploy")).severity, Severity::critical);
  EXPECT_EQ(classifier.classify(failed_job("unitd", "release/1", "eploy")).severity, Severity::error);
  EXPECT_EQ(classifier.classify(failed_job(std::string(1000, 'x'), "main", "deploy")).severity,
            Severity::critical);
}

}  // namespace
}  // namespace runneriq::alerting
