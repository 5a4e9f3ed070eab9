// What is added to which form of a .gitlab-ci.yml.
#include "core/joined.hpp"
#include "tests/support/lane_planner.hpp"

#include <algorithm>
#include <vector>

namespace runneriq::scheduler {
namespace {

const std::string kVariables = "variables:\n  RUNNERIQ_LANE: medium\n\n";
const std::string kRules =
    "  rules:\n"
    "    - if: $CI_COMMIT_TAG\n      variables:\n        RUNNERIQ_LANE: high\n"
    "    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n      variables:\n        RUNNERIQ_LANE: high\n"
    "    - if: $CI_COMMIT_BRANCH =~ /^(main|master|production)$/\n      variables:\n"
    "        RUNNERIQ_LANE: high\n"
    "    - if: $CI_COMMIT_BRANCH =~ /^release\\/.*$/\n      variables:\n        RUNNERIQ_LANE: high\n"
    "    - if: $CI_COMMIT_BRANCH =~ /^hotfix\\/.*$/\n      variables:\n        RUNNERIQ_LANE: high\n"
    "    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"\n      variables:\n"
    "        RUNNERIQ_LANE: medium\n"
    "    - when: always\n      variables:\n        RUNNERIQ_LANE: medium\n";
const std::string kWorkflow = "workflow:\n" + kRules + "\n";
const std::string kDefault = "default:\n  tags: [\"runneriq:$RUNNERIQ_LANE\"]\n\n";

// A file without what every file gets, so that a row shows only its own.
const std::string kHead =
    "variables:\n  RUNNERIQ_LANE: medium\nworkflow:\n  rules:\n    - when: always\n"
    "      variables: {RUNNERIQ_LANE: medium}\n";

struct Row {
  std::string name;
  std::string before;
  std::string after;
  LaneScope scope = LaneScope::pipeline;
};

const std::vector<Row> kTags{
    {"a flow list", "a:\n  tags: [docker]\n  script: x\n",
     "a:\n  tags: [docker, \"runneriq:$RUNNERIQ_LANE\"]\n  script: x\n"},
    {"a flow list with a comma at its end", "a:\n  tags: [docker,]\n  script: x\n",
     "a:\n  tags: [docker, \"runneriq:$RUNNERIQ_LANE\"]\n  script: x\n"},
    {"a flow list with brackets in quotes", "a:\n  tags: ['x]', \"y\\\"]\"] # z]\n  script: x\n",
     "a:\n  tags: ['x]', \"y\\\"]\", \"runneriq:$RUNNERIQ_LANE\"] # z]\n  script: x\n"},
    {"a flow list over several lines",
     "a:\n  tags: [\n    docker, # one ]\n    linux # two\n  ]\n  script: x\n",
     "a:\n  tags: [\n    docker, # one ]\n    linux, \"runneriq:$RUNNERIQ_LANE\" # two\n  ]\n  script: x\n"},
    {"an empty flow list", "a:\n  tags: []\n  script: x\n",
     "a:\n  tags: [\"runneriq:$RUNNERIQ_LANE\"]\n  script: x\n"},
    {"a block list", "a:\n  tags:\n    - docker\n    - linux # two\n  script: x\n",
     "a:\n  tags:\n    - docker\n    - linux # two\n    - \"runneriq:$RUNNERIQ_LANE\"\n  script: x\n"},
    {"a block list that is not indented", "a:\n  tags:\n  - docker\n  script: x\n",
     "a:\n  tags:\n  - docker\n  - \"runneriq:$RUNNERIQ_LANE\"\n  script: x\n"},
    {"a block list with wide dashes", "a:\n  tags:\n    -   docker\n  script: x\n",
     "a:\n  tags:\n    -   docker\n    -   \"runneriq:$RUNNERIQ_LANE\"\n  script: x\n"},
    {"a block list at the end without a newline", "a:\n  script: x\n  tags:\n    - docker",
     "a:\n  script: x\n  tags:\n    - docker\n    - \"runneriq:$RUNNERIQ_LANE\""},
    {"a block list followed by a comment of the next job",
     "a:\n  script: x\n  tags:\n    - docker\n\n# of b\nb:\n  tags: [x]\n  script: x\n",
     "a:\n  script: x\n  tags:\n    - docker\n    - \"runneriq:$RUNNERIQ_LANE\"\n\n# of b\nb:\n  tags: [x, "
     "\"runneriq:$RUNNERIQ_LANE\"]\n  script: x\n"},
    {"tags without a value", "a:\n  tags:\n  script: x\n",
     "a:\n  tags: [\"runneriq:$RUNNERIQ_LANE\"]\n  script: x\n"},
    {"Windows line ends", "a:\r\n  tags:\r\n    - docker\r\n  script: x\r\n",
     "a:\r\n  tags:\r\n    - docker\r\n    - \"runneriq:$RUNNERIQ_LANE\"\r\n  script: x\r\n"},
    {"a job in braces", "a: {script: x, tags: [docker]}\n",
     "a: {script: x, tags: [docker, \"runneriq:$RUNNERIQ_LANE\"]}\n"},
    {"tags of a default", "default:\n  tags: [docker]\na:\n  script: x\n",
     "default:\n  tags: [docker, \"runneriq:$RUNNERIQ_LANE\"]\na:\n  script: x\n"},
    {"a default without tags", "default:\n  image: x\na:\n  script: x\n",
     "default:\n  tags: [\"runneriq:$RUNNERIQ_LANE\"]\n  image: x\na:\n  script: x\n"},
    {"a default with tags, and a job without it",
     "default:\n  tags: [docker]\na:\n  script: x\nb:\n  inherit: {default: false}\n  script: x\n",
     "default:\n  tags: [docker, \"runneriq:$RUNNERIQ_LANE\"]\na:\n  script: x\nb:\n"
     "  tags: [\"runneriq:$RUNNERIQ_LANE\"]\n  inherit: {default: false}\n  script: x\n"},
    {"a job that inherits other defaults",
     "default:\n  tags: [docker]\nb:\n  inherit:\n    default: [image]\n  script: x\n",
     "default:\n  tags: [docker]\nb:\n  tags: [\"runneriq:$RUNNERIQ_LANE\"]\n  inherit:\n    default: "
     "[image]\n  script: x\n"},
    {"a template that is extended",
     ".base:\n  tags: [docker]\na:\n  extends: .base\n  script: x\nb:\n  extends: [.base]\n  script: x\n",
     ".base:\n  tags: [docker, \"runneriq:$RUNNERIQ_LANE\"]\na:\n  extends: .base\n  script: x\nb:\n  "
     "extends: [.base]\n  script: x\n"},
    {"the last of several templates",
     ".p:\n  tags: [p]\n.q:\n  tags: [q]\na:\n  extends: [.p, .q]\n  script: x\n",
     ".p:\n  tags: [p]\n.q:\n  tags: [q, \"runneriq:$RUNNERIQ_LANE\"]\na:\n  extends: [.p, .q]\n  script: "
     "x\n"},
    {"a template that nobody uses", ".base:\n  tags: [docker]\na:\n  tags: [x]\n  script: x\n",
     ".base:\n  tags: [docker]\na:\n  tags: [x, \"runneriq:$RUNNERIQ_LANE\"]\n  script: x\n"},
    {"an anchor, edited once", ".t: &t [docker]\na:\n  tags: *t\n  script: x\nb:\n  tags: *t\n  script: x\n",
     ".t: &t [docker, \"runneriq:$RUNNERIQ_LANE\"]\na:\n  tags: *t\n  script: x\nb:\n  tags: *t\n  script: "
     "x\n"},
    {"a mapping that is merged in", ".base: &b\n  tags:\n    - docker\na:\n  <<: *b\n  script: x\n",
     ".base: &b\n  tags:\n    - docker\n    - \"runneriq:$RUNNERIQ_LANE\"\na:\n  <<: *b\n  script: x\n"},
    {"a reference", ".s:\n  tags: [docker]\na:\n  tags: !reference [.s, tags]\n  script: x\n",
     ".s:\n  tags: [docker, \"runneriq:$RUNNERIQ_LANE\"]\na:\n  tags: !reference [.s, tags]\n  script: x\n"},
    {"a job that starts a pipeline", "a:\n  trigger: g/p\nb:\n  tags: [x]\n  script: x\n",
     "a:\n  trigger: g/p\nb:\n  tags: [x, \"runneriq:$RUNNERIQ_LANE\"]\n  script: x\n"},
    {"tags with variables",
     "a:\n  parallel:\n    matrix:\n      - P: [x, y]\n  tags: [\"$P\", \"z-${Q}\"]\n  script: x\n",
     "a:\n  parallel:\n    matrix:\n      - P: [x, y]\n  tags: [\"$P\", \"z-${Q}\", "
     "\"runneriq:$RUNNERIQ_LANE\"]\n  script: x\n"},
    {"literal text that looks like tags",
     "a:\n  tags: [x]\n  script: |\n    tags: [y]\n    \tcat <<E\n    E\n",
     "a:\n  tags: [x, \"runneriq:$RUNNERIQ_LANE\"]\n  script: |\n    tags: [y]\n    \tcat <<E\n    E\n"},
    {"a lane that is there", "a:\n  tags: [x, \"runneriq:$RUNNERIQ_LANE\"]\n  script: x\n",
     "a:\n  tags: [x, \"runneriq:$RUNNERIQ_LANE\"]\n  script: x\n"},
    {"a lane of its own", "a:\n  tags: [x, runneriq:long]\n  script: x\n",
     "a:\n  tags: [x, runneriq:long]\n  script: x\n"},
    {"per job: a list of its own", "a:\n  tags: [x]\n  script: x\n",
     "a:\n  tags: [x, \"runneriq:medium\"]\n  script: x\n", LaneScope::job},
    {"per job: what came from a default", "default:\n  tags: [d]\na:\n  script: x\n",
     "default:\n  tags: [d]\na:\n  tags: [\"d\", \"runneriq:medium\"]\n  script: x\n", LaneScope::job},
    {"per job: no tags at all", "a:\n  script: x\n", "a:\n  tags: [\"runneriq:medium\"]\n  script: x\n",
     LaneScope::job},
    {"per job: an alias", ".t: &t [d]\na:\n  tags: *t # c\n  script: x\nb:\n  tags: *t\n  script: x\n",
     ".t: &t [d]\na:\n  tags: [\"d\", \"runneriq:medium\"] # c\n  script: x\nb:\n  tags: [\"d\", "
     "\"runneriq:medium\"]\n  script: x\n",
     LaneScope::job},
    {"per job: a reference", ".s:\n  tags: [d]\na:\n  tags: !reference [.s, tags]\n  script: x\n",
     ".s:\n  tags: [d]\na:\n  tags: [\"d\", \"runneriq:medium\"]\n  script: x\n", LaneScope::job},
    {"per job: a deployment", "deploy:\n  tags: [d]\n  stage: deploy\n  script: x\n",
     "deploy:\n  tags: [d, \"runneriq:critical\"]\n  stage: deploy\n  script: x\n", LaneScope::job},
};

// With the line ends of the row.
std::string head_like(const std::string& row) {
  if (row.find('\r') == std::string::npos) return kHead;
  std::string head;
  for (const char c : kHead) head += c == '\n' ? "\r\n" : std::string(1, c);
  return head;
}

TEST(LanePlan, AddsTheLaneToTheTagsOfJobs) {
  for (const Row& row : kTags) {
    SCOPED_TRACE(row.name);
    LanePlanner planner;
    planner.scope = row.scope;
    const std::string head = head_like(row.before);
    const auto planned = planner.plan(head + row.before);
    EXPECT_EQ(planned.after, head + row.after);
    EXPECT_TRUE(planned.same) << planned.same.error().message;
    EXPECT_EQ(joined(planned.plan.refusals, "\n"), "");
  }
}

TEST(LanePlan, DoneTwiceAddsNothing) {
  for (const Row& row : kTags) {
    SCOPED_TRACE(row.name);
    LanePlanner planner;
    planner.scope = row.scope;
    EXPECT_TRUE(planner.plan(head_like(row.after) + row.after).plan.edits.empty());
  }
}

const std::string kJob = "a:\n  script: x\n  tags: [\"runneriq:$RUNNERIQ_LANE\"]\n";

const std::vector<Row> kWholeFiles{
    {"a plain file", "a:\n  script: x\n", kVariables + kWorkflow + kDefault + "a:\n  script: x\n"},
    {"a heading", "# licence\n\n# of a\na:\n  script: x\n",
     "# licence\n\n" + kVariables + kWorkflow + kDefault + "# of a\na:\n  script: x\n"},
    {"a comment at the top", "# licence\na:\n  script: x\n",
     "# licence\n\n" + kVariables + kWorkflow + kDefault + "a:\n  script: x\n"},
    {"a document mark", "---\na:\n  script: x\n",
     "---\n" + kVariables + kWorkflow + kDefault + "a:\n  script: x\n"},
    {"a byte order mark",
     "\xEF\xBB\xBF"
     "a:\n  script: x\n",
     "\xEF\xBB\xBF" + kVariables + kWorkflow + kDefault + "a:\n  script: x\n"},
    {"a header", "spec:\n  inputs:\n    p:\n---\na:\n  script: x\n",
     "spec:\n  inputs:\n    p:\n---\n" + kVariables + kWorkflow + kDefault + "a:\n  script: x\n"},
    {"variables", "variables:\n  A: b\n" + kJob,
     kWorkflow + "variables:\n  RUNNERIQ_LANE: medium\n  A: b\n" + kJob},
    {"variables in braces", "variables: { A: b }\n" + kJob,
     kWorkflow + "variables: { A: b, RUNNERIQ_LANE: medium }\n" + kJob},
    {"variables that are empty", "variables:\n" + kJob,
     kWorkflow + "variables:\n  RUNNERIQ_LANE: medium\n" + kJob},
    {"a workflow without rules", "workflow:\n  name: n\n" + kJob,
     kVariables + "workflow:\n" + kRules + "  name: n\n" + kJob},
    {"an empty workflow", "workflow:\n" + kJob, kVariables + "workflow:\n" + kRules + kJob},
};

TEST(LanePlan, AddsWhatAFileHasNotYet) {
  for (const Row& row : kWholeFiles) {
    SCOPED_TRACE(row.name);
    const auto planned = LanePlanner{}.plan(row.before);
    EXPECT_EQ(planned.after, row.after);
    EXPECT_TRUE(planned.same) << planned.same.error().message;
    EXPECT_EQ(joined(planned.plan.refusals, "\n"), "");
    EXPECT_TRUE(LanePlanner{}.plan(planned.after).plan.edits.empty());
  }
}

const std::string kProduction =
    "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH || $CI_COMMIT_BRANCH =~ /^(main|master|production)$/ || "
    "$CI_COMMIT_BRANCH =~ /^release\\/.*$/ || $CI_COMMIT_BRANCH =~ /^hotfix\\/.*$/";
const std::string kV = "variables:\n  RUNNERIQ_LANE: medium\nworkflow:\n  rules:\n";
const std::string kLow = "      variables:\n        RUNNERIQ_LANE: medium\n";
const std::string kHigh = "      variables:\n        RUNNERIQ_LANE: high\n";

const std::vector<Row> kExistingRules{
    {"a rule for tags", "    - if: $CI_COMMIT_TAG\n", "    - if: $CI_COMMIT_TAG\n" + kHigh},
    {"a rule for the default branch",
     "    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n      when: always\n",
     "    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n      when: always\n" + kHigh},
    {"a rule for a named branch", "    - if: $CI_COMMIT_BRANCH == \"hotfix/1\"\n",
     "    - if: $CI_COMMIT_BRANCH == \"hotfix/1\"\n" + kHigh},
    {"a rule for merge requests", "    - if: $CI_PIPELINE_SOURCE == 'merge_request_event'\n",
     "    - if: $CI_PIPELINE_SOURCE == 'merge_request_event'\n" + kLow},
    {"a rule that never starts one",
     "    - if: $CI_COMMIT_MESSAGE =~ /skip/\n      when: never\n    - if: $CI_COMMIT_TAG\n",
     "    - if: $CI_COMMIT_MESSAGE =~ /skip/\n      when: never\n    - if: $CI_COMMIT_TAG\n" + kHigh},
    {"a rule for all branches", "    - if: $CI_COMMIT_BRANCH # all\n      when: always\n",
     "    - if: (" + kProduction + ") && ($CI_COMMIT_BRANCH) # all\n      when: always\n" + kHigh +
         "    - if: $CI_COMMIT_BRANCH # all\n      when: always\n" + kLow},
    {"a rule for all", "    - when: always\n",
     "    - if: $CI_COMMIT_TAG || " + kProduction + "\n      when: always\n" + kHigh +
         "    - when: always\n" + kLow},
    {"a rule in quotes", "    - if: '$CI_COMMIT_BRANCH'\n",
     "    - if: (" + kProduction + ") && ($CI_COMMIT_BRANCH)\n" + kHigh + "    - if: '$CI_COMMIT_BRANCH'\n" +
         kLow},
    {"a rule with variables", "    - if: $CI_COMMIT_TAG\n      variables:\n        A: b\n",
     "    - if: $CI_COMMIT_TAG\n      variables:\n        RUNNERIQ_LANE: high\n        A: b\n"},
    {"a rule in braces", "    - {if: $CI_COMMIT_TAG, when: always}\n",
     "    - {if: $CI_COMMIT_TAG, when: always, variables: {RUNNERIQ_LANE: high}}\n"},
    {"a rule that has a lane", "    - if: $CI_COMMIT_TAG\n      variables: {RUNNERIQ_LANE: long}\n",
     "    - if: $CI_COMMIT_TAG\n      variables: {RUNNERIQ_LANE: long}\n"},
    {"a rule from elsewhere", "    - !reference [.r, rules]\n    - if: $CI_COMMIT_TAG\n",
     "    - !reference [.r, rules]\n    - if: $CI_COMMIT_TAG\n" + kHigh},
};

TEST(LanePlan, KeepsTheRulesThatThereAreInTheirOrder) {
  for (const Row& row : kExistingRules) {
    SCOPED_TRACE(row.name);
    const auto planned = LanePlanner{}.plan(kV + row.before + kJob);
    EXPECT_EQ(planned.after, kV + row.after + kJob);
    EXPECT_TRUE(planned.same) << planned.same.error().message;
    EXPECT_EQ(joined(planned.plan.refusals, "\n"), "");
    EXPECT_TRUE(LanePlanner{}.plan(planned.after).plan.edits.empty());
  }
}

struct Told {
  std::string name;
  std::string text;
  std::string words;
};

TEST(LanePlan, RefusesWhatItCannotEditSafely) {
  const std::vector<Told> rows{
      {"tags that are no list", "a:\n  tags: docker\n  script: x\n", "line 2: a list is expected here"},
      {"JSON", "{\"a\": {\"script\": \"x\"}}\n", "written in braces"},
      {"no job", "stages: [a]\n", "no job"},
      {"templates only", ".a:\n  script: x\n", "no job"},
      {"a workflow in braces", "workflow: {name: n}\na:\n  script: x\n", "workflow: line 1"},
      {"rules in brackets", "workflow:\n  rules: [{if: $A}]\na:\n  script: x\n", "workflow: line 2"},
      {"rules by alias", ".r: &r\n  - if: $A\nworkflow:\n  rules: *r\na:\n  script: x\n", "workflow: line 4"},
      {"variables by alias", ".v: &v {A: b}\nvariables: *v\na:\n  script: x\n", "variables: line 2"},
      {"a list with another use", "a:\n  tags: &t [x]\n  script: x\n  variables:\n    V: *t\n",
       "is used for something else"},
  };
  for (const Told& row : rows) {
    SCOPED_TRACE(row.name);
    const std::string all = joined(LanePlanner{}.plan(row.text).plan.refusals, "\n");
    EXPECT_NE(all.find(row.words), std::string::npos) << all;
  }
}

TEST(LanePlan, SaysWhatItDoesNotReach) {
  const std::vector<Told> rows{
      {"includes", "include: x.yml\na:\n  script: x\n", "which are not seen here"},
      {"a template elsewhere", "a:\n  extends: .far\n  script: x\n", "a template that is not in this file"},
      {"variables of a job's rules",
       "a:\n  script: x\n  rules:\n    - if: $A\n      variables: {RUNNERIQ_LANE: high}\n",
       "this has no effect"},
      {"a lane of its own", "a:\n  script: x\n  tags: [runneriq:long]\n", "has a lane of its own already"},
      {"a rule elsewhere", "workflow:\n  rules:\n    - !reference [.r, rules]\na:\n  script: x\n",
       "stands elsewhere"},
  };
  for (const Told& row : rows) {
    SCOPED_TRACE(row.name);
    const std::string all = joined(LanePlanner{}.plan(row.text).plan.notes, "\n");
    EXPECT_NE(all.find(row.words), std::string::npos) << all;
  }
}

TEST(LanePlan, TakesIncludedFilesFromTheMergedConfiguration) {
  LanePlanner planner;
  planner.merged =
      "default:\n  tags: [far]\na:\n  script: x\nb:\n  tags: [gpu]\n  script: x\nc:\n  tags: [own]\n  "
      "script: x\n";
  const auto planned =
      planner.plan(kHead + "include: x\na:\n  script: x\nb:\n  extends: .gpu\n  script: x\n");
  EXPECT_TRUE(planned.same) << planned.same.error().message;
  EXPECT_NE(planned.after.find("default:\n  tags: [\"far\", \"runneriq:$RUNNERIQ_LANE\"]\n"),
            std::string::npos)
      << planned.after;
  EXPECT_NE(planned.after.find("b:\n  tags: [\"gpu\", \"runneriq:$RUNNERIQ_LANE\"]\n"), std::string::npos)
      << planned.after;
  EXPECT_NE(joined(planned.plan.notes, "\n").find("job 'c' is of an included file and has tags of its own"),
            std::string::npos);
}

TEST(LanePlan, DoesNotReplaceTheRulesOfAnIncludedWorkflow) {
  LanePlanner planner;
  planner.merged = "workflow:\n  rules:\n    - if: $A\na:\n  script: x\n";
  EXPECT_NE(joined(planner.plan("include: x\na:\n  script: x\n").plan.refusals, "\n").find("included file"),
            std::string::npos);
}

TEST(LanePlan, CopesWithAVeryLargeFile) {
  std::string text = kHead;
  for (int job = 0; job < 8000; ++job)
    text += "job-" + std::to_string(job) + ":\n  tags: [docker]\n  script: x\n";
  const auto planned = LanePlanner{}.plan(text);
  EXPECT_EQ(planned.plan.edits.size(), 8000U);
  EXPECT_TRUE(planned.same);
}

TEST(LaneDifference, SeesWhatIsNoLane) {
  const auto differ = [](std::string_view before, std::string_view after) {
    return !only_lanes_differ(LanePlanner::config_of(before), LanePlanner::config_of(after), {});
  };
  EXPECT_FALSE(differ("a: {tags: [x]}", "a: {tags: [x, runneriq:long]}"));
  EXPECT_TRUE(differ("a: {tags: [x]}", "a: {tags: [x, y]}"));
  EXPECT_TRUE(differ("default: {tags: [x]}\na: {script: x}", "default: {tags: [y]}\na: {script: x}"));
  EXPECT_TRUE(differ(".t: {tags: [x]}\na: {script: x}", ".t: {tags: [y]}\na: {script: x}"));
  EXPECT_FALSE(
      differ("default: {tags: [x]}\na: {script: x}", "default: {tags: [x]}\na: {script: x, tags: [x]}"));
  EXPECT_TRUE(differ("a: {script: x}", "a: {script: y}"));
  EXPECT_TRUE(differ("a: {script: \"5\"}", "a: {script: 5}"));
  EXPECT_TRUE(differ("a: {script: x}", "a: {script: x}\nb: {script: x}"));
  EXPECT_TRUE(differ("a: {tags: [x], script: x}", "a: {script: x}"));
  EXPECT_TRUE(
      differ("workflow: {rules: [{if: $A}]}\na: {}", "workflow: {rules: [{if: $A}, {if: $B}]}\na: {}"));
}

}  // namespace
}  // namespace runneriq::scheduler
