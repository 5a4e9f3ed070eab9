#include "scheduler/snapshot_document.hpp"

#include "scheduler/snapshot_fields.hpp"
#include "scheduler/snapshot_words.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace runneriq::scheduler {
namespace {

using nlohmann::json;

constexpr int kDeepest = 32;
constexpr std::int64_t kMostJobs = 1'000'000;  // of a runner at once
constexpr std::int64_t kMostCounted = std::numeric_limits<int>::max();

template <class Choice, std::size_t count>
Choice choice(SnapshotFields& fields, std::string_view name, Choice otherwise,
              const SnapshotWords<Choice, count>& words) {
  const auto text = fields.optional_text(name);
  if (!text) return otherwise;
  std::string known;
  for (const auto& [word, meaning] : words) {
    if (word == *text) return meaning;
    known += (known.empty() ? "" : ", ") + std::string(word);
  }
  fields.complain(name, "must be one of " + known);
  return otherwise;
}

int count(SnapshotFields& fields, std::string_view name, int otherwise, int low) {
  return static_cast<int>(fields.number(name, otherwise, low, kMostJobs));
}

GitLabUrl gitlab_in(SnapshotFields& fields, const GitLabUrl& otherwise) {
  return GitLabUrl{fields.text("gitlab", otherwise.value())};
}

// ---- runners ------------------------------------------------------------------------------

gitlab::RunnerTraits runner_traits(SnapshotFields& fields) {
  gitlab::RunnerTraits traits{.tags = fields.sorted_texts("tags"),
                              .run_untagged = fields.flag("run_untagged", true),
                              .protected_only = fields.flag("protected_only", false),
                              .type = choice(fields, "type", gitlab::RunnerType::project, kTypeWords),
                              .projects = {},
                              .groups = fields.sorted_texts("groups")};
  for (const std::int64_t id : fields.ids("projects")) traits.projects.emplace_back(id);
  return traits;
}

FleetRunner runner_in(SnapshotFields& fields, const GitLabUrl& gitlab, std::int64_t place) {
  using gitlab::RunnerStatus;
  FleetRunner runner;
  runner.key = {gitlab_in(fields, gitlab), RunnerId{fields.id("id", place)}};
  runner.description = fields.text("description");
  runner.traits = runner_traits(fields);
  const auto status = fields.flag("online", true) ? RunnerStatus::online : RunnerStatus::offline;
  runner.status = choice(fields, "status", status, kStatusWords);
  runner.paused = fields.flag("paused", false);
  runner.contact_age = fields.seconds("contact_age_seconds");
  runner.recent_contact = fields.flag("recent_contact", true);
  runner.traits_known = fields.flag("traits_known", true);
  runner.active_jobs = count(fields, "active_jobs", 0, 0);
  const auto basis = fields.has("max_jobs") ? CapacityBasis::configured : CapacityBasis::observed;
  runner.max_jobs = count(fields, "max_jobs", 1, 1);
  runner.capacity_basis = choice(fields, "capacity_basis", basis, kCapacityWords);
  runner.managers = count(fields, "managers", 1, 0);
  runner.host_load = fields.share("host_load");
  runner.reliability = fields.share("reliability");
  runner.zone = fields.text("zone");
  return runner;
}

// ---- histories ----------------------------------------------------------------------------

DurationEstimate estimate_in(SnapshotFields& fields, std::optional<Duration> expected) {
  const auto median = fields.has("median_seconds") ? fields.seconds("median_seconds") : expected;
  const auto p90 = fields.seconds("p90_seconds");
  const auto basis = choice(fields, "basis", median ? EstimateBasis::job : EstimateBasis::none, kBasisWords);
  const DurationEstimate unknown = estimate({});
  return {median.value_or(unknown.median), p90.value_or(median.value_or(unknown.p90)), basis};
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

PendingJob job_in(SnapshotFields& fields, const GitLabUrl& gitlab, std::int64_t place) {
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
  return job;
}

std::pair<ProjectKey, ScoreHistory> scores_in(SnapshotFields& fields, const GitLabUrl& gitlab) {
  const ProjectKey key{gitlab_in(fields, gitlab), ProjectId{fields.id("project_id", 0)}};
  ScoreHistory history{.jobs = static_cast<int>(fields.number("jobs", 0, 0, kMostCounted)),
                       .critical = static_cast<int>(fields.number("critical", 0, 0, kMostCounted)),
                       .scores = fields.reals("scores")};
  return {key, std::move(history)};
}

// ---- the whole ----------------------------------------------------------------------------

FleetSnapshot snapshot_in(SnapshotFields& fields, Time now_if_missing) {
  FleetSnapshot fleet;
  fleet.now = fields.moment("now").value_or(now_if_missing);
  const GitLabUrl gitlab{fields.text("gitlab")};
  fleet.histories.push_back({.estimate = estimate({}), .fleet_average = std::nullopt, .by_runner = {}});
  fields.each("histories", [&](SnapshotFields& history) {
    fleet.histories.push_back(history_in(history, gitlab, std::nullopt));
  });
  const std::size_t listed = fleet.histories.size() - 1;
  fields.each("runners", [&](SnapshotFields& runner) {
    fleet.runners.push_back(runner_in(runner, gitlab, static_cast<std::int64_t>(fleet.runners.size()) + 1));
  });
  fields.each("jobs", [&](SnapshotFields& job) {
    fleet.jobs.push_back(job_in(job, gitlab, static_cast<std::int64_t>(fleet.jobs.size()) + 1));
    PendingJob& added = fleet.jobs.back();
    added.history = history_of_job(job, added.key.gitlab, listed, fleet.histories);
  });
  fields.each("scores", [&](SnapshotFields& scores) { fleet.scores.insert(scores_in(scores, gitlab)); });
  fleet.degraded = fields.texts("degraded");
  return fleet;
}

// Sorts by key; the number of one that is there twice.
template <class Entry, class Number>
std::optional<std::int64_t> sort_by_key(std::vector<Entry>& entries, Number number) {
  std::ranges::sort(entries, {}, &Entry::key);
  const auto twice = std::ranges::adjacent_find(entries, {}, &Entry::key);
  return twice == entries.end() ? std::nullopt : std::optional{number(*twice)};
}

void put_in_order(FleetSnapshot& fleet, SnapshotTrouble& trouble) {
  const auto runner = sort_by_key(fleet.runners, [](const FleetRunner& r) { return r.key.runner.value(); });
  const auto job = sort_by_key(fleet.jobs, [](const PendingJob& j) { return j.key.job.value(); });
  const auto complain = [&](std::string_view list, std::int64_t id) {
    if (trouble.first) return;
    trouble.first = {Errc::invalid_argument,
                     std::string(list) + ": the id " + std::to_string(id) + " is there twice"};
  };
  if (runner) complain("runners", *runner);
  if (job) complain("jobs", *job);
}

// Looked for before parsing, which would take seconds for a large file of brackets.
bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') in_string = !in_string;
    if (in_string && c == '\\') ++at;
    if (in_string) continue;
    if ((c == '[' || c == '{') && ++depth > kDeepest) return true;
    if (c == ']' || c == '}') --depth;
  }
  return false;
}

Result<json> parse_json(std::string_view text) {
  if (is_too_deep(text)) {
    return fail(Errc::invalid_argument, "the JSON is nested more than " + std::to_string(kDeepest) + " deep");
  }
  try {
    return json::parse(text.begin(), text.end());
  } catch (const json::exception& error) {
    return fail(Errc::invalid_argument, "no JSON document: " + std::string(error.what()));
  }
}

}  // namespace

Result<FleetSnapshot> parse_snapshot(std::string_view text, Time now_if_missing) {
  auto document = parse_json(text);
  if (!document) return fail(std::move(document.error()));
  SnapshotTrouble trouble;
  FleetSnapshot fleet;
  {
    SnapshotFields fields{*document, "", trouble};
    fleet = snapshot_in(fields, now_if_missing);
  }
  put_in_order(fleet, trouble);
  if (trouble.first) return fail(std::move(*trouble.first));
  for (const std::string& field : trouble.unknown) {
    fleet.degraded.push_back("the snapshot's field '" + field + "' is not known and was ignored");
  }
  return fleet;
}

}  // namespace runneriq::scheduler
