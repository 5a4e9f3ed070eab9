#include "scheduler/snapshot_jobs.hpp"

#include "scheduler/snapshot_words.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace runneriq::scheduler {
namespace {

constexpr std::int64_t kMostCounted = std::numeric_limits<int>::max();

// ---- histories ----------------------------------------------------------------------------

DurationEstimate estimate_in(SnapshotFields& fields, std::optional<Duration> expected) {
  const auto median = fields.has("median_seconds") ? fields.seconds("median_seconds") : expected;
  const auto p90 = fields.seconds("p90_seconds");
  const auto basis = choice(fields, "basis", median ? EstimateBasis::job : EstimateBasis::none, kBasisWords);
  const DurationEstimate unknown = estimate({});
  return {median.value_or(unknown.median), p90.value_or(median.value_or(unknown.p90)), basis};
}

JobHistory expected_history(Duration expected) {
  return {
      .estimate = {expected, expected, EstimateBasis::job}, .fleet_average = std::nullopt, .by_runner = {}};
}

// A number of the document's list, an object of its own, or only the expected duration.
std::size_t history_of_job(SnapshotFields& fields, const GitLabUrl& gitlab, std::size_t listed,
                           std::vector<JobHistory>& histories) {
  const auto expected = fields.seconds("expected_seconds");
  if (fields.is_object("history")) {
    fields.one("history",
               [&](SnapshotFields& own) { histories.push_back(history_in(own, gitlab, expected)); });
    return histories.size() - 1;
  }
  if (fields.has("history")) {
    return static_cast<std::size_t>(fields.number("history", 0, 0, static_cast<std::int64_t>(listed)));
  }
  if (!expected) return 0;
  histories.push_back(expected_history(*expected));
  return histories.size() - 1;
}

// ---- jobs ---------------------------------------------------------------------------------

Role role_in(SnapshotFields& fields) {
  const auto text = fields.optional_text("role");
  if (!text) return Role::unknown;
  const auto role = parse_role(*text);
  if (!role) fields.complain("role", role.error().message);
  return role.value_or(Role::unknown);
}

void read_merge_request(SnapshotFields& fields, JobFacts& facts) {
  facts.target_branch = fields.text("target_branch");
  facts.labels = fields.texts("labels");
  facts.draft = fields.flag("draft", false);
}

RefKind ref_kind_in(SnapshotFields& fields) {
  const bool is_tag = fields.flag("is_tag", false);
  const RefKind kind = fields.has("merge_request") ? RefKind::merge_request
                       : is_tag                    ? RefKind::tag
                                                   : RefKind::branch;
  return choice(fields, "ref_kind", kind, kRefKindWords);
}

JobFacts facts_in(SnapshotFields& fields) {
  JobFacts facts;
  facts.name = fields.text("name");
  facts.stage = fields.text("stage");
  facts.ref = fields.text("ref");
  facts.ref_kind = ref_kind_in(fields);
  facts.default_branch = fields.text("default_branch");
  facts.ref_protected = fields.flag("protected", false);
  facts.role = role_in(fields);
  facts.manual = fields.flag("manual", false);
  facts.retry = fields.flag("retry", false);
  facts.allow_failure = fields.flag("allow_failure", false);
  facts.wish = fields.optional_text("wish");
  fields.one("merge_request", [&](SnapshotFields& request) { read_merge_request(request, facts); });
  return facts;
}

PendingJob job_facts_in(SnapshotFields& fields, const GitLabUrl& gitlab, std::int64_t place) {
  PendingJob job;
  job.key = {gitlab_in(fields, gitlab), JobId{fields.id("id", place)}};
  job.project = ProjectId{fields.id("project_id", 0)};
  job.pipeline = PipelineId{fields.id("pipeline_id", 0)};
  job.facts = facts_in(fields);
  job.traits = {.project = job.project,
                .project_path = fields.text("project_path"),
                .tags = fields.sorted_texts("tags"),
                .ref_protected = job.facts.ref_protected,
                .takes_instance_runners = fields.flag("takes_instance_runners", true),
                .takes_group_runners = fields.flag("takes_group_runners", true)};
  job.queued = fields.seconds("queued_seconds").value_or(Duration::zero());
  job.user = fields.text("user");
  job.age = fields.seconds("age_seconds").value_or(Duration::zero());
  return job;
}

}  // namespace

GitLabUrl gitlab_in(SnapshotFields& fields, const GitLabUrl& otherwise) {
  return GitLabUrl{fields.text("gitlab", otherwise.value())};
}

JobHistory history_in(SnapshotFields& fields, const GitLabUrl& gitlab, std::optional<Duration> expected) {
  JobHistory history{.estimate = estimate_in(fields, expected),
                     .fleet_average = fields.seconds("fleet_average_seconds"),
                     .by_runner = {}};
  fields.each("by_runner", [&](SnapshotFields& entry) {
    const RunnerKey runner{gitlab_in(entry, gitlab), RunnerId{entry.id("runner_id", 0)}};
    history.by_runner.emplace_back(runner, entry.seconds("seconds").value_or(Duration::zero()));
  });
  std::ranges::sort(history.by_runner);
  return history;
}

PendingJob SnapshotJobs::job_in(SnapshotFields& fields, std::size_t place) {
  PendingJob job = job_facts_in(fields, gitlab_, static_cast<std::int64_t>(place) + 1);
  job.history = history_of_job(fields, job.key.gitlab, listed_, fleet_.histories);
  return job;
}

void SnapshotJobs::add_pending(SnapshotFields& fields) {
  fleet_.jobs.push_back(job_in(fields, fleet_.jobs.size()));
}

void SnapshotJobs::add_running(SnapshotFields& fields) {
  RunningFleetJob job;
  const GitLabUrl gitlab = gitlab_in(fields, gitlab_);
  job.key = {gitlab, JobId{fields.id("id", static_cast<std::int64_t>(fleet_.running.size()) + 1)}};
  if (fields.has("runner_id")) job.runner = RunnerKey{gitlab, RunnerId{fields.id("runner_id", 0)}};
  job.running = fields.seconds("running_seconds").value_or(Duration::zero());
  job.history = history_of_job(fields, gitlab, listed_, fleet_.histories);
  fleet_.running.push_back(std::move(job));
}

void SnapshotJobs::add_resource_wait(SnapshotFields& fields) {
  ResourceWait wait;
  wait.waiter = job_in(fields, fleet_.resource_waits.size());
  wait.resource_group = fields.text("resource_group");
  wait.holder = {wait.waiter.key.gitlab, JobId{fields.id("holder_id", 0)}};
  fleet_.resource_waits.push_back(std::move(wait));
}

std::pair<ProjectKey, ScoreHistory> scores_in(SnapshotFields& fields, const GitLabUrl& gitlab) {
  const ProjectKey key{gitlab_in(fields, gitlab), ProjectId{fields.id("project_id", 0)}};
  ScoreHistory history{.jobs = static_cast<int>(fields.number("jobs", 0, 0, kMostCounted)),
                       .critical = static_cast<int>(fields.number("critical", 0, 0, kMostCounted)),
                       .scores = fields.reals("scores")};
  return {key, std::move(history)};
}

}  // namespace runneriq::scheduler
