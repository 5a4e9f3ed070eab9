// Pipelines and jobs of projects, and what a person may do to a job.
#include "gitlab/simulator/entities.hpp"
#include "gitlab/simulator/visit.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

View view_of(const Visit& visit) {
  return {visit.world, visit.call.base};
}

bool ascending(const Visit& visit) {
  return visit.call.text("sort").value_or("desc") == "asc";
}

// The job statuses of scope[]. Error: one that does not exist.
Result<std::vector<JobStatus>> scopes_of(const Call& call) {
  std::vector<JobStatus> scopes;
  for (const std::string& word : call.list("scope")) {
    scopes.push_back(job_status(word));
    if (scopes.back() == JobStatus::unknown)
      return fail(Errc::invalid_argument, "scope does not have a valid value");
  }
  return scopes;
}

std::vector<std::int64_t> chosen(const Visit& visit, const std::vector<JobId>& jobs,
                                 const std::vector<JobStatus>& scopes) {
  std::vector<std::int64_t> ids;
  for (const JobId id : jobs) {
    const JobStatus status = visit.world.jobs().at(id).status;
    if (scopes.empty() || std::find(scopes.begin(), scopes.end(), status) != scopes.end())
      ids.push_back(id.value());
  }
  if (!ascending(visit)) std::reverse(ids.begin(), ids.end());
  return ids;
}

ServedReply page(const Visit& visit, const std::vector<std::int64_t>& ids) {
  const auto row = [&](std::int64_t id) { return job_row(view_of(visit), visit.world.jobs().at(JobId{id})); };
  if (visit.call.text("pagination") == "keyset") return keyset_page(visit.call, ids, "cursor", row);
  return offset_page(visit.call, ids.size(), [&](std::size_t at) { return row(ids[at]); });
}

ServedReply jobs_of_project(Visit& visit) {
  const auto project = project_in(visit, kGuest);
  if (!project) return refusal(project.error());
  const auto scopes = scopes_of(visit.call);
  if (!scopes) return refusal(scopes.error());
  return page(visit, chosen(visit, visit.world.jobs_of((*project)->id), *scopes));
}

Result<const PipelineRecord*> pipeline_in(const Visit& visit) {
  const auto project = project_in(visit, kGuest);
  if (!project) return fail(project.error());
  const auto place = visit.world.pipelines().find(PipelineId{number_in(visit, 1)});
  if (place == visit.world.pipelines().end() || place->second.project != (*project)->id)
    return fail(Errc::not_found, "Pipeline Not Found");
  return &place->second;
}

ServedReply jobs_of_pipeline(Visit& visit) {
  const auto pipeline = pipeline_in(visit);
  if (!pipeline) return refusal(pipeline.error());
  const auto scopes = scopes_of(visit.call);
  if (!scopes) return refusal(scopes.error());
  const auto retried = visit.call.flag("include_retried");
  if (!retried) return refusal(retried.error());
  std::vector<JobId> jobs = (*pipeline)->jobs;
  if (!retried->value_or(false))
    std::erase_if(jobs, [&](JobId id) { return visit.world.is_retried(visit.world.jobs().at(id)); });
  return page(visit, chosen(visit, jobs, *scopes));
}

bool fits(const Visit& visit, const PipelineRecord& pipeline) {
  const Call& call = visit.call;
  const auto is = [&](std::string_view key, std::string_view value) {
    return call.text(key).value_or(std::string(value)) == value;
  };
  return is("ref", pipeline.ref) && is("sha", pipeline.sha) && is("source", pipeline.source) &&
         is("status", to_text(visit.world.status_of(pipeline))) &&
         is("username", visit.world.users().at(pipeline.user).name);
}

// Error: a bad time.
Result<Time> time_in(const Call& call, std::string_view name, Time otherwise) {
  const auto text = call.text(name);
  if (!text) return otherwise;
  const auto time = parse_time(*text);
  if (!time) return fail(Errc::invalid_argument, std::string(name) + " is invalid");
  return *time;
}

ServedReply pipelines(Visit& visit) {
  const auto project = project_in(visit, kGuest);
  if (!project) return refusal(project.error());
  const auto after = time_in(visit.call, "updated_after", Time::min());
  const auto before = time_in(visit.call, "updated_before", Time::max());
  if (!after) return refusal(after.error());
  if (!before) return refusal(before.error());
  std::vector<const PipelineRecord*> rows;
  for (const auto& [id, pipeline] : visit.world.pipelines()) {
    const bool in_time = pipeline.updated_at > *after && pipeline.updated_at < *before;
    if (pipeline.project == (*project)->id && in_time && fits(visit, pipeline)) rows.push_back(&pipeline);
  }
  if (!ascending(visit)) std::reverse(rows.begin(), rows.end());
  return offset_page(visit.call, rows.size(),
                     [&](std::size_t at) { return pipeline_row(view_of(visit), *rows[at]); });
}

ServedReply one_pipeline(Visit& visit) {
  const auto pipeline = pipeline_in(visit);
  return pipeline ? json_reply(200, pipeline_details(view_of(visit), **pipeline)) : refusal(pipeline.error());
}

// For Maintainers, and for the Developer who started it.
ServedReply variables_of_pipeline(Visit& visit) {
  const auto pipeline = pipeline_in(visit);
  if (!pipeline) return refusal(pipeline.error());
  const bool own = (*pipeline)->user == visit.caller->user;
  if (const auto project = project_in(visit, own ? kDeveloper : kMaintainer); !project)
    return refusal(project.error());
  json rows = json::array();
  for (const auto& [key, value] : (*pipeline)->variables)
    rows.push_back({{"key", key}, {"variable_type", "env_var"}, {"value", value}, {"raw", false}});
  return json_reply(200, rows);
}

ServedReply one(Visit& visit) {
  const auto job = job_in(visit, kGuest);
  return job ? json_reply(200, job_row(view_of(visit), **job)) : refusal(job.error());
}

ServedReply play(Visit& visit) {
  const auto job = job_in(visit, kDeveloper);
  if (!job) return refusal(job.error());
  if (!visit.world.play((*job)->id, visit.caller->user))
    return refusal(400, "400 Bad request - Unplayable Job");
  return json_reply(200, job_row(view_of(visit), **job));
}

ServedReply retry(Visit& visit) {
  const auto job = job_in(visit, kDeveloper);
  if (!job) return refusal(job.error());
  const auto again = visit.world.retry((*job)->id, visit.caller->user);
  if (!again) return refusal(403, "403 Forbidden - Job is not retryable");
  return json_reply(201, job_row(view_of(visit), visit.world.jobs().at(*again)));
}

ServedReply cancel(Visit& visit) {
  const auto job = job_in(visit, kDeveloper);
  if (!job) return refusal(job.error());
  visit.world.cancel((*job)->id);  // one that has ended stays as it is, and that is no error
  return json_reply(201, job_row(view_of(visit), **job));
}

constexpr std::array kPipelineRoutes{
    Route{"GET", "/api/v4/projects/:id/pipelines", Needs::read, pipelines},
    Route{"GET", "/api/v4/projects/:id/pipelines/:pipeline", Needs::read, one_pipeline},
    Route{"GET", "/api/v4/projects/:id/pipelines/:pipeline/jobs", Needs::read, jobs_of_pipeline},
    Route{"GET", "/api/v4/projects/:id/pipelines/:pipeline/variables", Needs::read, variables_of_pipeline},
};

constexpr std::array kJobRoutes{
    Route{"GET", "/api/v4/projects/:id/jobs", Needs::read, jobs_of_project},
    Route{"GET", "/api/v4/projects/:id/jobs/:job", Needs::read, one},
    Route{"POST", "/api/v4/projects/:id/jobs/:job/play", Needs::write, play},
    Route{"POST", "/api/v4/projects/:id/jobs/:job/retry", Needs::write, retry},
    Route{"POST", "/api/v4/projects/:id/jobs/:job/cancel", Needs::write, cancel},
};

}  // namespace

std::span<const Route> pipeline_routes() {
  return kPipelineRoutes;
}

std::span<const Route> job_routes() {
  return kJobRoutes;
}

Result<const JobRecord*> job_in(const Visit& visit, int level) {
  const auto project = project_in(visit, level);
  if (!project) return fail(project.error());
  const auto place = visit.world.jobs().find(JobId{number_in(visit, 1)});
  if (place == visit.world.jobs().end() || place->second.project != (*project)->id)
    return fail(Errc::not_found, "Not Found");
  return &place->second;
}

}  // namespace runneriq::gitlab::simulator
