#include "scheduler/snapshot_document.hpp"

#include "scheduler/snapshot_fields.hpp"
#include "scheduler/snapshot_jobs.hpp"
#include "scheduler/snapshot_words.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace runneriq::scheduler {
namespace {

using nlohmann::json;

constexpr int kDeepest = 32;
constexpr std::int64_t kMostJobs = 1'000'000;  // of a runner at once

int count(SnapshotFields& fields, std::string_view name, int otherwise, int low) {
  return static_cast<int>(fields.number(name, otherwise, low, kMostJobs));
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
  runner.zone = carbon::ZoneKey{fields.text("zone")};
  runner.age = fields.seconds("age_seconds").value_or(Duration::zero());
  return runner;
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
  SnapshotJobs jobs{fleet, gitlab, listed};
  fields.each("jobs", [&](SnapshotFields& job) { jobs.add_pending(job); });
  fields.each("running", [&](SnapshotFields& job) { jobs.add_running(job); });
  fields.each("resource_waits", [&](SnapshotFields& wait) { jobs.add_resource_wait(wait); });
  fields.each("scores", [&](SnapshotFields& scores) { fleet.scores.insert(scores_in(scores, gitlab)); });
  fleet.degraded = fields.texts("degraded");
  return fleet;
}

std::int64_t number_of(const RunnerKey& key) {
  return key.runner.value();
}

std::int64_t number_of(const JobKey& key) {
  return key.job.value();
}

// Sorts by key. Trouble: one that is there twice.
template <class Entry, class KeyOf>
void sort_once(std::vector<Entry>& entries, KeyOf key_of, std::string_view list, SnapshotTrouble& trouble) {
  std::ranges::sort(entries, {}, key_of);
  const auto twice = std::ranges::adjacent_find(entries, {}, key_of);
  if (twice == entries.end() || trouble.first) return;
  const auto id = number_of(std::invoke(key_of, *twice));
  trouble.first = {Errc::invalid_argument,
                   std::string(list) + ": the id " + std::to_string(id) + " is there twice"};
}

void put_in_order(FleetSnapshot& fleet, SnapshotTrouble& trouble) {
  sort_once(fleet.runners, &FleetRunner::key, "runners", trouble);
  sort_once(fleet.jobs, &PendingJob::key, "jobs", trouble);
  sort_once(fleet.running, &RunningFleetJob::key, "running", trouble);
  const auto waiter = [](const ResourceWait& wait) -> const JobKey& { return wait.waiter.key; };
  sort_once(fleet.resource_waits, waiter, "resource_waits", trouble);
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
