// facts_of() of scheduler/analyzer: what a job response tells the analyzer.
#include "scheduler/analyzer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq::scheduler {
namespace {

using gitlab::JobResponse;
using gitlab::RefType;

JobResponse response_on(std::string ref) {
  JobResponse job;
  job.ref = std::move(ref);
  return job;
}

TEST(Facts, TakeNameStageRefAndDefaultBranch) {
  JobResponse job = response_on("topic");
  job.name = "unit";
  job.stage = "test";
  job.variables = {{"CI_DEFAULT_BRANCH", "trunk"}};
  const JobFacts facts = facts_of(job);
  EXPECT_EQ(facts.name, "unit");
  EXPECT_EQ(facts.stage, "test");
  EXPECT_EQ(facts.ref, "topic");
  EXPECT_EQ(facts.ref_kind, RefKind::branch);
  EXPECT_EQ(facts.default_branch, "trunk");
}

TEST(Facts, OfAnEmptyResponseAreTheDefaults) {
  const JobFacts facts = facts_of({});
  EXPECT_EQ(facts.ref_kind, RefKind::branch);
  EXPECT_EQ(facts.role, Role::unknown);
  EXPECT_FALSE(facts.ref_protected || facts.manual || facts.retry || facts.allow_failure || facts.draft);
  EXPECT_FALSE(facts.wish.has_value());
  EXPECT_TRUE(facts.labels.empty());
}

struct RefCase {
  const char* ref;
  RefType type;
  RefKind kind;
};

TEST(Facts, KnowTheKindOfARef) {
  for (const RefCase& c : {RefCase{"main", RefType::branch, RefKind::branch},
                           {"v1", RefType::tag, RefKind::tag},
                           {"refs/merge-requests/1/head", RefType::branch, RefKind::merge_request},
                           {"refs/merge-requests/4711/merge", RefType::branch, RefKind::merge_request},
                           {"refs/merge-requests/1/train", RefType::branch, RefKind::merge_request},
                           {"refs/merge-requests/1/head", RefType::tag, RefKind::tag},
                           {"refs/merge-requests/1", RefType::branch, RefKind::branch},
                           {"refs/merge-requests//head", RefType::branch, RefKind::branch},
                           {"refs/merge-requests/1/other", RefType::branch, RefKind::branch},
                           {"refs/merge-requests/1x/head", RefType::branch, RefKind::branch},
                           {"x/refs/merge-requests/1/head", RefType::branch, RefKind::branch}}) {
    SCOPED_TRACE(c.ref);
    JobResponse job = response_on(c.ref);
    job.ref_type = c.type;
    EXPECT_EQ(facts_of(job).ref_kind, c.kind);
  }
}

TEST(Facts, ProtectionFallsBackOnTheVariable) {
  JobResponse job = response_on("main");
  job.variables = {{"CI_COMMIT_REF_PROTECTED", "true"}};
  EXPECT_TRUE(facts_of(job).ref_protected);
  job.ref_protected = false;
  EXPECT_FALSE(facts_of(job).ref_protected);
  job.ref_protected = true;
  job.variables = {{"CI_COMMIT_REF_PROTECTED", "false"}};
  EXPECT_TRUE(facts_of(job).ref_protected);
}

TEST(Facts, ManualIsBelievedOnlyWhereGitLabWritesIt) {
  JobResponse job = response_on("main");
  job.variables = {{"CI_JOB_MANUAL", "true"}, {"CI_PROJECT_ID", "7"}};
  EXPECT_TRUE(facts_of(job).manual);
  job.variables = {{"CI_PROJECT_ID", "7"}, {"CI_JOB_MANUAL", "true"}};
  EXPECT_FALSE(facts_of(job).manual);
}

JobResponse merge_request(std::string title, std::string labels) {
  JobResponse job = response_on("refs/merge-requests/3/head");
  job.variables = {{"CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "develop"},
                   {"CI_MERGE_REQUEST_TITLE", std::move(title)},
                   {"CI_MERGE_REQUEST_LABELS", std::move(labels)}};
  return job;
}

TEST(Facts, OfAMergeRequestTakeTargetLabelsAndTitle) {
  const JobFacts facts = facts_of(merge_request("Draft: try it", "bug,priority::high"));
  EXPECT_EQ(facts.target_branch, "develop");
  EXPECT_EQ(facts.labels, (std::vector<std::string>{"bug", "priority::high"}));
  EXPECT_TRUE(facts.draft);
}

TEST(Facts, DoNotBelieveMergeRequestVariablesOnABranch) {
  JobResponse job = merge_request("Draft: x", "priority::high");
  job.ref = "topic";
  const JobFacts facts = facts_of(job);
  EXPECT_EQ(facts.target_branch, "");
  EXPECT_TRUE(facts.labels.empty());
  EXPECT_FALSE(facts.draft);
}

TEST(Facts, DoNotBelieveMergeRequestVariablesOnATagThatIsNamedLikeOne) {
  JobResponse job = merge_request("Draft: x", "priority::high");
  job.ref_type = RefType::tag;
  const JobFacts facts = facts_of(job);
  EXPECT_EQ(facts.ref_kind, RefKind::tag);
  EXPECT_TRUE(facts.labels.empty());
}

TEST(Facts, DraftIsWhatGitLabTakesForOne) {
  for (const char* title : {"Draft: a", "draft:a", "DRAFT: a", "[Draft] a", "(draft) a"}) {
    EXPECT_TRUE(facts_of(merge_request(title, "")).draft) << title;
  }
  for (const char* title : {"", "Draft", "Drafting: a", "A Draft: b", "WIP: a"}) {
    EXPECT_FALSE(facts_of(merge_request(title, "")).draft) << title;
  }
}

TEST(Facts, LabelsAreSplitAtCommasWithoutBlanksAndEmptyOnes) {
  struct Case {
    const char* list;
    std::vector<std::string> labels;
  };
  for (const Case& c :
       {Case{"", {}}, {",", {}}, {" a , b c ,", {"a", "b c"}}, {",,x", {"x"}}, {"one", {"one"}}}) {
    EXPECT_EQ(facts_of(merge_request("", c.list)).labels, c.labels) << "'" << c.list << "'";
  }
}

TEST(Facts, WishIsTakenAsItIsWritten) {
  JobResponse job = response_on("main");
  job.variables = {{"RUNNERIQ_PRIORITY", "hi\ngh"}};
  EXPECT_EQ(facts_of(job).wish, "hi\ngh");
  job.variables = {{"RUNNERIQ_PRIORITY", ""}};
  EXPECT_FALSE(facts_of(job).wish.has_value());
}

}  // namespace
}  // namespace runneriq::scheduler
