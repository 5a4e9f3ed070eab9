#include "core/json_text.hpp"
#include "scheduler/snapshot_document.hpp"
#include "scheduler/snapshot_words.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace runneriq::scheduler {
namespace {

using Json = nlohmann::ordered_json;

// Whole seconds as such.
Json seconds(Duration duration) {
  const Duration positive = std::max(duration, Duration::zero());
  if (positive.count() % 1000 == 0) return positive.count() / 1000;
  return static_cast<double>(positive.count()) / 1000;
}

template <class Value>
void put_unless(Json& object, const char* name, const Value& value, const Value& otherwise) {
  if (value != otherwise) object[name] = value;
}

void put_text(Json& object, const char* name, const std::string& text) {
  if (!text.empty()) object[name] = text;
}

template <class Value>
void put_list(Json& object, const char* name, const std::vector<Value>& list) {
  if (!list.empty()) object[name] = list;
}

// The GitLab that is meant where none is named.
class Home {
 public:
  explicit Home(const FleetSnapshot& fleet) {
    if (!fleet.runners.empty()) {
      url_ = fleet.runners.front().key.gitlab;
    } else if (!fleet.jobs.empty()) {
      url_ = fleet.jobs.front().key.gitlab;
    } else if (!fleet.running.empty()) {
      url_ = fleet.running.front().key.gitlab;
    }
  }
  [[nodiscard]] const GitLabUrl& url() const { return url_; }
  Json object_of(const GitLabUrl& gitlab) const {
    Json object = Json::object();
    if (gitlab != url_) object["gitlab"] = gitlab.value();
    return object;
  }

 private:
  GitLabUrl url_;
};

void put_traits(Json& object, const gitlab::RunnerTraits& traits) {
  object["tags"] = traits.tags;
  object["run_untagged"] = traits.run_untagged;
  put_unless(object, "protected_only", traits.protected_only, false);
  object["type"] = word_for(traits.type, kTypeWords);
  std::vector<std::int64_t> projects;
  for (const ProjectId& project : traits.projects) projects.push_back(project.value());
  put_list(object, "projects", projects);
  put_list(object, "groups", traits.groups);
}

Json printed(const FleetRunner& runner, const Home& home) {
  Json object = home.object_of(runner.key.gitlab);
  object["id"] = runner.key.runner.value();
  put_text(object, "description", runner.description);
  put_traits(object, runner.traits);
  object["online"] = runner.status == gitlab::RunnerStatus::online;
  object["status"] = word_for(runner.status, kStatusWords);
  put_unless(object, "paused", runner.paused, false);
  if (runner.contact_age) object["contact_age_seconds"] = seconds(*runner.contact_age);
  put_unless(object, "recent_contact", runner.recent_contact, true);
  put_unless(object, "traits_known", runner.traits_known, true);
  object["active_jobs"] = std::max(runner.active_jobs, 0);
  object["max_jobs"] = std::max(runner.max_jobs, 1);
  object["capacity_basis"] = word_for(runner.capacity_basis, kCapacityWords);
  put_unless(object, "managers", runner.managers, 1);
  if (runner.host_load) object["host_load"] = *runner.host_load;
  if (runner.reliability) object["reliability"] = *runner.reliability;
  put_text(object, "zone", runner.zone.value());
  if (runner.age > Duration::zero()) object["age_seconds"] = seconds(runner.age);
  return object;
}

Json printed(const JobHistory& history, const GitLabUrl& home) {
  Json object{{"median_seconds", seconds(history.estimate.median)},
              {"p90_seconds", seconds(history.estimate.p90)},
              {"basis", word_for(history.estimate.basis, kBasisWords)}};
  if (history.fleet_average) object["fleet_average_seconds"] = seconds(*history.fleet_average);
  Json runners = Json::array();
  for (const auto& [runner, average] : history.by_runner) {
    Json entry = Json::object();
    if (runner.gitlab != home) entry["gitlab"] = runner.gitlab.value();
    entry["runner_id"] = runner.runner.value();
    entry["seconds"] = seconds(average);
    runners.push_back(std::move(entry));
  }
  if (!runners.empty()) object["by_runner"] = std::move(runners);
  return object;
}

void put_ref(Json& object, const JobFacts& facts) {
  object["ref"] = facts.ref;
  put_unless(object, "is_tag", facts.ref_kind == RefKind::tag, false);
  put_text(object, "default_branch", facts.default_branch);
  const bool of_request = facts.ref_kind == RefKind::merge_request;
  if (!of_request && facts.target_branch.empty() && facts.labels.empty() && !facts.draft) return;
  object["merge_request"] = {
      {"target_branch", facts.target_branch}, {"labels", facts.labels}, {"draft", facts.draft}};
  if (!of_request) object["ref_kind"] = word_for(facts.ref_kind, kRefKindWords);
}

void put_facts(Json& object, const JobFacts& facts) {
  object["name"] = facts.name;
  object["stage"] = facts.stage;
  put_ref(object, facts);
  object["protected"] = facts.ref_protected;
  object["role"] = to_text(facts.role);
  put_unless(object, "manual", facts.manual, false);
  put_unless(object, "retry", facts.retry, false);
  put_unless(object, "allow_failure", facts.allow_failure, false);
  if (facts.wish) object["wish"] = *facts.wish;
}

Json printed(const PendingJob& job, const Home& home) {
  Json object = home.object_of(job.key.gitlab);
  object["id"] = job.key.job.value();
  object["project_id"] = job.project.value();
  put_text(object, "project_path", job.traits.project_path);
  put_unless(object, "pipeline_id", job.pipeline.value(), std::int64_t{0});
  put_facts(object, job.facts);
  object["tags"] = job.traits.tags;
  put_unless(object, "takes_instance_runners", job.traits.takes_instance_runners, true);
  put_unless(object, "takes_group_runners", job.traits.takes_group_runners, true);
  object["queued_seconds"] = seconds(job.queued);
  if (job.history != 0) object["history"] = job.history;
  put_text(object, "user", job.user);
  if (job.age > Duration::zero()) object["age_seconds"] = seconds(job.age);
  return object;
}

Json printed(const RunningFleetJob& job, const Home& home) {
  Json object = home.object_of(job.key.gitlab);
  object["id"] = job.key.job.value();
  if (job.runner) object["runner_id"] = job.runner->runner.value();
  object["running_seconds"] = seconds(job.running);
  if (job.history != 0) object["history"] = job.history;
  return object;
}

Json printed(const ResourceWait& wait, const Home& home) {
  Json object = printed(wait.waiter, home);
  object["resource_group"] = wait.resource_group;
  object["holder_id"] = wait.holder.job.value();
  return object;
}

Json printed(const ProjectKey& project, const ScoreHistory& history, const Home& home) {
  Json object = home.object_of(project.gitlab);
  object["project_id"] = project.project.value();
  object["jobs"] = history.jobs;
  object["critical"] = history.critical;
  put_list(object, "scores", history.scores);
  return object;
}

template <class Entries, class Print>
Json printed_list(const Entries& entries, Print print) {
  Json list = Json::array();
  for (const auto& entry : entries) list.push_back(print(entry));
  return list;
}

// What the jobs name by number: the first is the second of the snapshot, as 0 is "nothing known".
Json printed_histories(const FleetSnapshot& fleet, const Home& home) {
  Json list = Json::array();
  for (std::size_t i = 1; i < fleet.histories.size(); ++i) {
    list.push_back(printed(fleet.histories[i], home.url()));
  }
  return list;
}

}  // namespace

std::string print_snapshot(const FleetSnapshot& fleet) {
  const Home home{fleet};
  Json document{{"now", runneriq::to_text(fleet.now)}};
  put_text(document, "gitlab", home.url().value());
  document["runners"] = printed_list(fleet.runners, [&](const FleetRunner& r) { return printed(r, home); });
  document["jobs"] = printed_list(fleet.jobs, [&](const PendingJob& j) { return printed(j, home); });
  if (!fleet.running.empty()) {
    document["running"] =
        printed_list(fleet.running, [&](const RunningFleetJob& j) { return printed(j, home); });
  }
  if (!fleet.resource_waits.empty()) {
    document["resource_waits"] =
        printed_list(fleet.resource_waits, [&](const ResourceWait& w) { return printed(w, home); });
  }
  if (fleet.histories.size() > 1) document["histories"] = printed_histories(fleet, home);
  if (!fleet.scores.empty()) {
    document["scores"] = printed_list(
        fleet.scores, [&](const auto& entry) { return printed(entry.first, entry.second, home); });
  }
  put_list(document, "degraded", fleet.degraded);
  return json_lines(document);
}

}  // namespace runneriq::scheduler
