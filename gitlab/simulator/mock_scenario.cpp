// The fleet of `runneriq run --mock`: a small company in the middle of a working day.
#include "gitlab/simulator/scenario.hpp"

namespace runneriq::gitlab::simulator {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const std::string kShop = "acme/web/shop";
const std::string kPayments = "acme/payments";
const std::string kDocs = "acme/docs";
const std::string kReports = "acme/reports";

std::vector<SimulatedRunner> runners() {
  return {
      {.id = 11, .description = "linux-shared", .tags = {"docker", "linux"}, .slots = 2, .managers = 2},
      {.id = 12,
       .description = "web-fast",
       .type = RunnerType::group,
       .tags = {"docker", "linux", "fast"},
       .groups = {"acme/web"},
       .speed = 2},
      {.id = 13,
       .description = "payments-builder",
       .type = RunnerType::project,
       .tags = {"docker", "linux"},
       .projects = {kPayments}},
      {.id = 14,
       .description = "deploy-protected",
       .type = RunnerType::group,
       .tags = {"deploy"},
       .run_untagged = false,
       .protected_only = true,
       .groups = {"acme"}},
      {.id = 15, .description = "linux-old", .tags = {"docker", "linux"}, .online = false, .slots = 2},
      {.id = 16,
       .description = "docs-builder",
       .type = RunnerType::project,
       .tags = {"linux"},
       .paused = true,
       .projects = {kDocs}},
      // Equal but for where they stand.
      {.id = 17,
       .description = "reports-germany",
       .type = RunnerType::project,
       .tags = {"batch", "zone:DE"},
       .projects = {kReports},
       .slots = 2},
      {.id = 18,
       .description = "reports-jutland",
       .type = RunnerType::project,
       .tags = {"batch", "zone:DK-DK1"},
       .projects = {kReports},
       .slots = 2},
  };
}

std::vector<SimulatedProject> projects() {
  return {
      {.id = 101,
       .path = kShop,
       .protected_branches = {"main", "hotfix/*", "release/*"},
       .protected_tags = {"v*"},
       .members = {{"maintainer", 40}, {"developer", 30}}},
      {.id = 102,
       .path = kPayments,
       .protected_branches = {"main", "release/*"},
       .protected_tags = {"v*"},
       .members = {{"maintainer", 40}, {"developer", 30}}},
      {.id = 103, .path = kDocs, .members = {{"maintainer", 40}, {"writer", 20}}},
      {.id = 104,
       .path = kReports,
       .protected_branches = {"main"},
       .members = {{"maintainer", 40}, {"developer", 30}}},
  };
}

std::vector<SimulatedMergeRequest> merge_requests() {
  return {
      {.project = kShop,
       .iid = 7,
       .source_branch = "fix/checkout-total",
       .title = "Correct the total at checkout",
       .labels = {"priority::high", "bug"}},
      {.project = kPayments,
       .iid = 4,
       .source_branch = "draft/new-ledger",
       .title = "Draft: New ledger",
       .draft = true},
  };
}

SimulatedJob ended(std::string name, std::string stage, Duration takes, Duration before) {
  return {.name = std::move(name),
          .stage = std::move(stage),
          .tags = {"docker"},
          .takes = takes,
          .state = "success",
          .waited = seconds{20},
          .runner = "linux-shared",
          .ended = before};
}

// Earlier pipelines, from which the durations of the jobs are known.
std::vector<SimulatedPipeline> history() {
  std::vector<SimulatedPipeline> pipelines;
  for (const int hours_ago : {5, 4, 3, 2, 1}) {
    const Duration ago = std::chrono::hours{hours_ago};
    pipelines.push_back({.project = kShop,
                         .user = "maintainer",
                         .jobs = {ended("lint", "check", seconds{40}, ago),
                                  ended("unit", "test", minutes{4}, ago - minutes{5}),
                                  ended("browser", "test", minutes{18}, ago - minutes{20}),
                                  ended("deploy-production", "deploy", minutes{2}, ago - minutes{23})}});
    pipelines.push_back({.project = kPayments,
                         .user = "developer",
                         .jobs = {ended("unit", "test", minutes{6}, ago),
                                  ended("integration", "test", minutes{12}, ago - minutes{13})}});
    pipelines.push_back(
        {.project = kDocs, .user = "writer", .jobs = {ended("pages", "deploy", minutes{1}, ago)}});
  }
  return pipelines;
}

std::vector<SimulatedPipeline> running() {
  return {
      {.project = kShop,
       .ref = "feature/wishlist",
       .user = "developer",
       .jobs = {{.name = "browser",
                 .stage = "test",
                 .tags = {"docker"},
                 .takes = minutes{18},
                 .state = "running",
                 .waited = minutes{1},
                 .ran = minutes{9},
                 .runner = "linux-shared"}}},
      {.project = kPayments,
       .ref = "feature/refunds",
       .user = "developer",
       .jobs = {{.name = "integration",
                 .stage = "test",
                 .tags = {"docker"},
                 .takes = minutes{12},
                 .state = "running",
                 .waited = seconds{30},
                 .ran = minutes{10},
                 .runner = "payments-builder"}}},
  };
}

SimulatedJob waiting(std::string name, std::string stage, std::vector<std::string> tags, Duration takes,
                     Duration waited) {
  return {.name = std::move(name),
          .stage = std::move(stage),
          .tags = std::move(tags),
          .takes = takes,
          .waited = waited};
}

SimulatedJob allowed_to_fail(SimulatedJob job) {
  job.allow_failure = true;
  return job;
}

SimulatedJob played_by_hand(SimulatedJob job) {
  job.manual = true;
  return job;
}

SimulatedJob second_attempt(SimulatedJob job) {
  job.attempts_before = 1;
  job.runner = "payments-builder";
  return job;
}

// Oldest first, as GitLab would hand them out.
std::vector<SimulatedPipeline> pending() {
  return {
      {.project = kDocs,
       .ref = "typo-in-readme",
       .user = "writer",
       .jobs = {allowed_to_fail(waiting("lint", "check", {}, seconds{30}, minutes{14})),
                waiting("pages", "deploy", {"linux"}, minutes{1}, minutes{14})}},
      {.project = kPayments,
       .source = "schedule",
       .user = "developer",
       .jobs = {waiting("nightly-fuzz", "test", {"docker"}, minutes{40}, minutes{12}),
                waiting("train-model", "test", {"gpu"}, minutes{30}, minutes{12})}},
      {.project = kShop,
       .ref = "feature/search",
       .user = "developer",
       .jobs = {waiting("lint", "check", {"docker"}, seconds{40}, minutes{8}),
                waiting("unit", "test", {"docker"}, minutes{4}, minutes{8})}},
      {.project = kShop,
       .merge_request = 7,
       .user = "developer",
       .jobs = {waiting("unit", "test", {"docker"}, minutes{4}, minutes{5})}},
      {.project = kPayments,
       .merge_request = 4,
       .user = "developer",
       .jobs = {second_attempt(waiting("unit", "test", {"docker"}, minutes{6}, minutes{4}))}},
      {.project = kPayments,
       .ref = "release/2.4",
       .user = "maintainer",
       .jobs = {waiting("integration", "test", {"docker"}, minutes{12}, minutes{3})}},
      {.project = kShop,
       .ref = "hotfix/login",
       .user = "maintainer",
       .jobs = {waiting("unit", "test", {"docker", "linux"}, minutes{4}, minutes{2})}},
      {.project = kShop,
       .user = "maintainer",
       .jobs = {waiting("deploy-production", "deploy", {"deploy"}, minutes{2}, minutes{1}),
                played_by_hand(waiting("deploy-canary", "deploy", {"deploy"}, minutes{2}, seconds{30}))}},
      {.project = kReports,
       .ref = "quarterly",
       .user = "developer",
       .jobs = {waiting("render", "test", {"batch"}, minutes{10}, seconds{25})}},
      {.project = kReports,
       .user = "maintainer",
       .jobs = {waiting("deploy-reports", "deploy", {"batch"}, minutes{2}, seconds{20})}},
  };
}

}  // namespace

Scenario mock_scenario() {
  Scenario scenario{.users = {"maintainer", "developer", "writer"},
                    .runners = runners(),
                    .projects = projects(),
                    .merge_requests = merge_requests(),
                    .pipelines = history()};
  for (auto part : {running(), pending()}) {
    scenario.pipelines.insert(scenario.pipelines.end(), part.begin(), part.end());
  }
  return scenario;
}

}  // namespace runneriq::gitlab::simulator
