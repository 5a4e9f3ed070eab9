#include "alerting/sources.hpp"

#include "gitlab/json_reader.hpp"

#include <algorithm>

namespace runneriq::alerting {
namespace {

using gitlab::bounded;
using gitlab::FleetReading;
using gitlab::JobStatus;

static_assert(gitlab::kLongestText == kLongestEventText);

bool has_ended(JobStatus status) {
  return status == JobStatus::success || status == JobStatus::failed;
}

// `by_id` is sorted by it.
template <class Row, class Identity>
const Row* find(const std::vector<Row>& by_id, Identity id) {
  const auto row = std::ranges::lower_bound(by_id, id, {}, &Row::id);
  return row == by_id.end() || row->id != id ? nullptr : &*row;
}

template <class Identity>
std::string named(const std::string& name, Identity id) {
  if (!name.empty()) return bounded(name);
  return id == Identity{} ? std::string{} : std::to_string(id.value());
}

Event event_of(const gitlab::Job& job, const FleetReading& reading) {
  const gitlab::Project* const project = find(reading.projects, job.project);
  const gitlab::Runner* const runner = find(reading.runners, job.runner);
  return {.time = job.finished_at.value_or(reading.read_at),
          .kind_word = "job",
          .gitlab = reading.gitlab.value(),
          .project = named(project == nullptr ? "" : project->path, job.project),
          .ref = bounded(job.ref),
          .sha = bounded(job.sha),
          .pipeline_id = job.pipeline.value(),
          .job_id = job.id.value(),
          .name = bounded(job.name),
          .stage = bounded(job.stage),
          .status = std::string(gitlab::to_text(job.status)),
          .allow_failure = job.allow_failure,
          .failure_reason = bounded(job.failure_reason),
          .source = bounded(job.pipeline_source),
          .runner = named(runner == nullptr ? "" : runner->description, job.runner),
          .user = bounded(job.user_name),
          .default_branch = project == nullptr ? "" : bounded(project->default_branch),
          .is_tag = job.is_tag,
          .url = bounded(job.url),
          .project_id = job.project.value(),
          .runner_id = job.runner.value()};
}

std::string page_of(const gitlab::Webhook& hook) {
  if (hook.job_facts->project_url.empty() || hook.job == JobId{}) return {};
  return bounded(hook.job_facts->project_url + "/-/jobs/" + std::to_string(hook.job.value()));
}

}  // namespace

std::vector<Event> events_of(const FleetReading& reading) {
  std::vector<Event> events;
  events.reserve(reading.finished.size());
  for (const gitlab::Job& job : reading.finished) {
    if (has_ended(job.status)) events.push_back(event_of(job, reading));
  }
  return events;
}

std::optional<Event> event_of(const gitlab::Webhook& hook, Time now) {
  if (!hook.job_facts || !has_ended(hook.status)) return std::nullopt;
  const gitlab::WebhookJob& job = *hook.job_facts;
  return Event{.time = hook.finished_at.value_or(now),
               .kind_word = "job",
               .gitlab = hook.instance,
               .project = named(hook.project_path, hook.project),
               .ref = bounded(hook.ref),
               .sha = bounded(job.sha),
               .pipeline_id = hook.pipeline.value(),
               .job_id = hook.job.value(),
               .name = bounded(hook.name),
               .stage = bounded(job.stage),
               .status = std::string(gitlab::to_text(hook.status)),
               .allow_failure = job.allow_failure,
               .failure_reason = bounded(job.failure_reason),
               .runner = named(job.runner_description, job.runner),
               .user = bounded(job.user_name),
               .default_branch = bounded(job.default_branch),
               .is_tag = job.is_tag,
               .url = page_of(hook),
               .project_id = hook.project.value(),
               .runner_id = job.runner.value()};
}

}  // namespace runneriq::alerting
