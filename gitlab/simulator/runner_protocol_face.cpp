// What gitlab-runner itself calls: it shows its own token, or that of a job.
#include "gitlab/simulator/entities.hpp"
#include "gitlab/simulator/job_handout.hpp"
#include "gitlab/simulator/visit.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

constexpr std::string_view kUpdateInterval = "3";  // seconds, as while somebody watches the log

std::string text_in(const json& body, std::string_view key) {
  const auto place = body.find(key);
  return place != body.end() && place->is_string() ? place->get<std::string>() : std::string();
}

const RunnerRecord* runner_of(const Visit& visit, const json& body) {
  const std::string_view header = visit.call.request->header("runner-token");
  return visit.world.runner_by_token(header.empty() ? text_in(body, "token") : std::string(header));
}

ServedReply verify(Visit& visit) {
  const auto body = body_of(visit.call);
  if (!body) return refusal(body.error());
  const RunnerRecord* const runner = runner_of(visit, *body);
  if (runner == nullptr) return refusal(403, "403 Forbidden - invalid token");
  return json_reply(200,
                    {{"id", runner->id.value()}, {"token", runner->token}, {"token_expires_at", nullptr}});
}

ServedReply nothing_for(const std::string& queue_value) {
  return {.status = 204, .headers = {{"X-GitLab-Last-Update", queue_value}}};
}

ServedReply request(Visit& visit) {
  const auto body = body_of(visit.call);
  if (!body) return refusal(body.error());
  const RunnerRecord* const runner = runner_of(visit, *body);
  if (runner == nullptr) return refusal(403, "403 Forbidden - invalid token");
  const std::string machine = text_in(*body, "system_id");
  visit.world.contact(runner->id, machine);
  const std::string value = visit.world.queue_value(*runner);
  if (runner->paused || text_in(*body, "last_update") == value) return nothing_for(value);
  const JobRecord* const job = visit.world.take_job(runner->id, machine);
  if (job == nullptr) return nothing_for(value);
  return json_reply(201, job_handout({visit.world, visit.call.base}, *job, *runner));
}

// Error: not_found; permission, also for a job that does not run.
Result<const JobRecord*> job_of(const Visit& visit, const std::string& token_in_body) {
  const auto place = visit.world.jobs().find(JobId{number_in(visit, 0)});
  if (place == visit.world.jobs().end()) return fail(Errc::not_found, "Not found");
  const JobRecord& job = place->second;
  const std::string_view header = visit.call.request->header("job-token");
  const std::string token = header.empty() ? token_in_body : std::string(header);
  if (job.token.empty() || token != job.token) return fail(Errc::permission, "");
  if (job.status != JobStatus::running && job.status != JobStatus::canceling)
    return fail(Errc::permission, " - Job is not running");
  return &job;
}

ServedReply with_status_of(const JobRecord& job, ServedReply reply) {
  reply.headers.push_back({"Job-Status", std::string(to_text(job.status))});
  reply.headers.push_back({"X-GitLab-Trace-Update-Interval", std::string(kUpdateInterval)});
  return reply;
}

// The job has ended by then, whatever it was: GitLab tells it the last time with the answer.
ServedReply refused(const Visit& visit, const Error& error) {
  ServedReply reply = refusal(error);
  const auto place = visit.world.jobs().find(JobId{number_in(visit, 0)});
  if (error.code == Errc::permission && place != visit.world.jobs().end())
    reply.headers.push_back({"Job-Status", std::string(to_text(place->second.status))});
  return reply;
}

void end(Visit& visit, const JobRecord& job, std::string_view state, const std::string& reason) {
  if (job.status == JobStatus::canceling) {
    visit.world.finish(job.id, JobStatus::canceled, {});
  } else if (state == "success") {
    visit.world.finish(job.id, JobStatus::success, {});
  } else {
    visit.world.finish(job.id, JobStatus::failed, reason.empty() ? "unknown_failure" : reason);
  }
}

ServedReply update(Visit& visit) {
  const auto body = body_of(visit.call);
  if (!body) return refusal(body.error());
  const auto job = job_of(visit, text_in(*body, "token"));
  if (!job) return refused(visit, job.error());
  visit.world.contact((*job)->runner, (*job)->system_id);
  const std::string state = text_in(*body, "state");
  if (state == "success" || state == "failed") end(visit, **job, state, text_in(*body, "failure_reason"));
  return with_status_of(**job, text_reply(200, "200"));
}

// "<first>-<last>", as gitlab-runner sends it.
std::optional<std::size_t> first_byte(std::string_view range) {
  std::size_t first = 0;
  const auto [end, error] = std::from_chars(range.data(), range.data() + range.size(), first);
  const bool good = error == std::errc{} && end != range.data() + range.size() && *end == '-';
  return good ? std::optional(first) : std::nullopt;
}

ServedReply patch_trace(Visit& visit) {
  const auto job = job_of(visit, visit.call.text("token").value_or(""));
  if (!job) return refused(visit, job.error());
  visit.world.contact((*job)->runner, (*job)->system_id);
  const auto first = first_byte(visit.call.request->header("content-range"));
  if (!first) return refusal(400, "400 Missing header Content-Range");
  const bool fits = *first == (*job)->trace.size();
  if (fits) visit.world.set_trace((*job)->id, (*job)->trace + visit.call.request->body);
  ServedReply reply = fits ? text_reply(202, "0-" + std::to_string((*job)->trace.size()))
                           : refusal(416, "416 Range Not Satisfiable");
  reply.headers.push_back({"Range", "0-" + std::to_string((*job)->trace.size())});
  return with_status_of(**job, std::move(reply));
}

constexpr std::array kRoutes{
    Route{"POST", "/api/v4/runners/verify", Needs::nothing, verify, Kind::runner_protocol},
    Route{"POST", "/api/v4/jobs/request", Needs::nothing, request, Kind::runner_protocol},
    Route{"PUT", "/api/v4/jobs/:job", Needs::nothing, update, Kind::runner_protocol},
    Route{"PATCH", "/api/v4/jobs/:job/trace", Needs::nothing, patch_trace, Kind::runner_protocol},
};

}  // namespace

std::span<const Route> runner_protocol_routes() {
  return kRoutes;
}

}  // namespace runneriq::gitlab::simulator
