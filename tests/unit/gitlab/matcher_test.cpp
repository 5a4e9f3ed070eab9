#include "gitlab/matcher.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

RunnerTraits instance_runner() {
  return {.tags = {"docker", "linux"}, .type = RunnerType::instance};
}

TEST(CouldTake, AsksForEveryTagOfTheJob) {
  struct Row {
    std::vector<std::string> runner, job;
    Match match;
  };
  for (const Row& row :
       {Row{{"docker", "linux"}, {"docker"}, Match::takes},
        Row{{"docker", "linux"}, {"docker", "linux"}, Match::takes},
        Row{{"docker", "linux"}, {"docker", "gpu"}, Match::tags_missing},
        Row{{"docker"}, {"Docker"}, Match::tags_missing}, Row{{"docker"}, {"dock"}, Match::tags_missing},
        Row{{}, {"docker"}, Match::tags_missing}, Row{{}, {}, Match::takes},
        Row{{"docker"}, {}, Match::takes}}) {
    const RunnerTraits runner{.tags = row.runner, .type = RunnerType::instance};
    EXPECT_EQ(could_take(runner, {.tags = row.job}), row.match) << to_text(row.match);
  }
}

TEST(CouldTake, GivesUntaggedJobsOnlyToRunnersThatWantThem) {
  RunnerTraits runner = instance_runner();
  runner.run_untagged = false;
  EXPECT_EQ(could_take(runner, {}), Match::untagged_refused);
  EXPECT_EQ(could_take(runner, {.tags = {"docker"}}), Match::takes);
}

TEST(CouldTake, KeepsUnprotectedRefsFromProtectedRunners) {
  RunnerTraits runner = instance_runner();
  runner.protected_only = true;
  EXPECT_EQ(could_take(runner, {}), Match::ref_unprotected);
  EXPECT_EQ(could_take(runner, {.ref_protected = true}), Match::takes);
  EXPECT_EQ(could_take(instance_runner(), {.ref_protected = true}), Match::takes);
}

TEST(CouldTake, AsksWhetherTheProjectTakesInstanceRunners) {
  EXPECT_EQ(could_take(instance_runner(), {.takes_instance_runners = false}), Match::out_of_scope);
  EXPECT_EQ(could_take(instance_runner(), {.takes_group_runners = false}), Match::takes);
}

TEST(CouldTake, GivesGroupRunnersTheProjectsBelowTheirGroups) {
  struct Row {
    std::vector<std::string> groups;
    std::string path;
    Match match;
  };
  for (const Row& row :
       {Row{{"acme"}, "acme/shop", Match::takes}, Row{{"acme/web"}, "acme/web/eu/shop", Match::takes},
        Row{{"acme/web"}, "acme/website", Match::out_of_scope},
        Row{{"acme/web"}, "acme/web", Match::out_of_scope},
        Row{{"acme/web"}, "acme/shop", Match::out_of_scope},
        Row{{"other", "acme"}, "acme/shop", Match::takes}, Row{{}, "acme/shop", Match::takes},  // not told
        Row{{"acme"}, "", Match::takes}}) {
    const RunnerTraits runner{.type = RunnerType::group, .groups = row.groups};
    EXPECT_EQ(could_take(runner, {.project_path = row.path}), row.match) << row.path;
  }
  const RunnerTraits runner{.type = RunnerType::group, .groups = {"acme"}};
  EXPECT_EQ(could_take(runner, {.project_path = "acme/shop", .takes_group_runners = false}),
            Match::out_of_scope);
  EXPECT_EQ(could_take(runner, {.project_path = "acme/shop", .takes_instance_runners = false}), Match::takes);
}

TEST(CouldTake, GivesProjectRunnersTheirProjects) {
  RunnerTraits runner{.type = RunnerType::project, .projects = {ProjectId{3}, ProjectId{7}}};
  EXPECT_EQ(could_take(runner, {.project = ProjectId{7}}), Match::takes);
  EXPECT_EQ(could_take(runner, {.project = ProjectId{8}}), Match::out_of_scope);
  EXPECT_EQ(could_take(runner, {.project = ProjectId{}}), Match::takes);  // not told
  EXPECT_EQ(
      could_take(runner,
                 {.project = ProjectId{3}, .takes_instance_runners = false, .takes_group_runners = false}),
      Match::takes);
  runner.projects.clear();
  EXPECT_EQ(could_take(runner, {.project = ProjectId{8}}), Match::takes);
}

TEST(CouldTake, NamesTheReasonThatIsHardestToMend) {
  const RunnerTraits runner{.run_untagged = false, .protected_only = true, .type = RunnerType::instance};
  EXPECT_EQ(could_take(runner, {.tags = {"x"}, .takes_instance_runners = false}), Match::out_of_scope);
  EXPECT_EQ(could_take(runner, {.tags = {"x"}}), Match::ref_unprotected);
}

TEST(MatchText, SaysWhyInWords) {
  EXPECT_EQ(to_text(Match::takes), "the runner may take the job");
  EXPECT_EQ(to_text(Match::tags_missing), "the runner lacks a tag of the job");
  EXPECT_EQ(to_text(Match::untagged_refused), "the runner takes no jobs without tags");
  EXPECT_EQ(to_text(Match::ref_unprotected), "the runner takes jobs of protected refs only");
  EXPECT_EQ(to_text(Match::out_of_scope), "the runner does not serve the job's project");
}

}  // namespace
}  // namespace runneriq::gitlab
