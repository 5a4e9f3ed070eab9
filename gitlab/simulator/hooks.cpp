#include "gitlab/simulator/hooks.hpp"

#include "core/json_text.hpp"
#include "gitlab/simulator/entities.hpp"
#include "platform/base64.hpp"
#include "platform/keyed_digest.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

// Hooks write times in a form of their own: "2021-01-13 17:57:05 UTC".
std::string hook_stamp(Time time) {
  std::string text = stamp(time);
  text[10] = ' ';
  return text.substr(0, 19) + " UTC";
}

json hook_stamp_or_null(const std::optional<Time>& time) {
  return time ? json(hook_stamp(*time)) : json();
}

json seconds_or_null(const std::optional<Duration>& duration) {
  return duration ? json(static_cast<double>(duration->count()) / 1000.0) : json();
}

json runner_of(const World& world, const JobRecord& job) {
  const auto place = world.runners().find(job.runner);
  if (place == world.runners().end()) return nullptr;
  const RunnerRecord& runner = place->second;
  return {{"id", runner.id.value()},
          {"description", runner.description},
          {"runner_type", to_text(runner.traits.type)},
          {"active", !runner.paused},
          {"is_shared", runner.traits.type == RunnerType::instance},
          {"tags", runner.traits.tags}};
}

json project_of(const World& world, ProjectId id, const std::string& base) {
  const ProjectRecord& project = world.projects().at(id);
  return {{"id", id.value()},
          {"name", project.path.substr(project.path.rfind('/') + 1)},
          {"path_with_namespace", project.path},
          {"default_branch", project.default_branch},
          {"web_url", base + "/" + project.path}};
}

json build_row(const World& world, const JobRecord& job, const std::string& base) {
  json row{{"id", job.id.value()},
           {"stage", job.stage},
           {"name", job.name},
           {"status", to_text(job.status)},
           {"created_at", hook_stamp(job.created_at)},
           {"started_at", hook_stamp_or_null(job.started_at)},
           {"finished_at", hook_stamp_or_null(job.finished_at)},
           {"duration", seconds_or_null(ran(job, world.now()))},
           {"queued_duration", seconds_or_null(queued(job, world.now()))},
           {"when", job.manual ? "manual" : "on_success"},
           {"manual", job.manual},
           {"allow_failure", job.allow_failure},
           {"user", user_row({world, base}, job.user)},
           {"runner", runner_of(world, job)},
           {"artifacts_file", {{"filename", nullptr}, {"size", nullptr}}},
           {"environment", nullptr}};
  if (job.status == JobStatus::failed) row["failure_reason"] = job.failure_reason;
  return row;
}

json latest_builds(const World& world, const PipelineRecord& pipeline, const std::string& base) {
  json builds = json::array();
  for (const JobId id : pipeline.jobs) {
    const JobRecord& job = world.jobs().at(id);
    if (!world.is_retried(job)) builds.push_back(build_row(world, job, base));
  }
  return builds;
}

json merge_request_of(const World& world, const PipelineRecord& pipeline, const std::string& base) {
  const auto& all = world.merge_requests();
  const auto place = std::find_if(all.begin(), all.end(), [&](const MergeRequestRecord& one) {
    return one.project == pipeline.project && one.facts.iid.value() == pipeline.merge_request;
  });
  if (place == all.end()) return nullptr;
  const json row = merge_request_row({world, base}, *place);
  json some{{"url", row["web_url"]}, {"detailed_merge_status", "ci_must_pass"}};
  for (const char* const key : {"id", "iid", "title", "state", "source_branch", "target_branch",
                                "source_project_id", "target_project_id"})
    some[key] = row[key];
  return some;
}

json pipeline_hook(const World& world, const PipelineRecord& pipeline, const std::string& base) {
  const std::string_view status = to_text(world.status_of(pipeline));
  return {{"object_kind", "pipeline"},
          {"object_attributes",
           {{"id", pipeline.id.value()},
            {"iid", pipeline.iid},
            {"ref", pipeline.ref},
            {"tag", pipeline.is_tag},
            {"sha", pipeline.sha},
            {"before_sha", std::string(40, '0')},
            {"source", pipeline.source},
            {"status", status},
            {"detailed_status", status},
            {"created_at", hook_stamp(pipeline.created_at)},
            {"variables", json::array()}}},
          {"merge_request", merge_request_of(world, pipeline, base)},
          {"user", user_row({world, base}, pipeline.user)},
          {"project", project_of(world, pipeline.project, base)},
          {"builds", latest_builds(world, pipeline, base)}};
}

std::int64_t attempts_before(const World& world, const PipelineRecord& pipeline, const JobRecord& job) {
  return std::count_if(pipeline.jobs.begin(), pipeline.jobs.end(), [&](JobId other) {
    return other < job.id && world.jobs().at(other).name == job.name;
  });
}

json job_hook(const World& world, const JobRecord& job, const std::string& base) {
  const PipelineRecord& pipeline = world.pipelines().at(job.pipeline);
  return {{"object_kind", "build"},
          {"ref", pipeline.ref},
          {"tag", pipeline.is_tag},
          {"before_sha", std::string(40, '0')},
          {"sha", pipeline.sha},
          {"build_id", job.id.value()},
          {"build_name", job.name},
          {"build_stage", job.stage},
          {"build_status", to_text(job.status)},
          {"build_created_at", hook_stamp(job.created_at)},
          {"build_started_at", hook_stamp_or_null(job.started_at)},
          {"build_finished_at", hook_stamp_or_null(job.finished_at)},
          {"build_duration", seconds_or_null(ran(job, world.now()))},
          {"build_queued_duration", seconds_or_null(queued(job, world.now()))},
          {"build_allow_failure", job.allow_failure},
          {"build_failure_reason", job.failure_reason.empty() ? "unknown_failure" : job.failure_reason},
          {"pipeline_id", job.pipeline.value()},
          {"retries_count", attempts_before(world, pipeline, job)},
          {"runner", runner_of(world, job)},
          {"project_id", job.project.value()},
          {"project_name", job.traits.project_path},
          {"user", user_row({world, base}, job.user)},
          {"commit", {{"id", job.pipeline.value()}, {"sha", pipeline.sha}}},
          {"project", project_of(world, job.project, base)}};
}

json note_hook(const World& world, const MergeRequestRecord& merge_request, const NoteRecord& note,
               World::NoteChange change, const std::string& base) {
  const json row = merge_request_row({world, base}, merge_request);
  const std::string kind = note.internal ? "confidential_note" : "note";
  return {{"object_kind", "note"},
          {"event_type", kind},
          {"user", user_row({world, base}, note.author)},
          {"project_id", merge_request.project.value()},
          {"project", project_of(world, merge_request.project, base)},
          {"object_attributes",
           {{"id", note.id},
            {"note", note.body},
            {"description", note.body},
            {"noteable_type", "MergeRequest"},
            {"noteable_id", merge_request.id},
            {"author_id", note.author.value()},
            {"project_id", merge_request.project.value()},
            {"system", note.system},
            {"internal", note.internal},
            {"action", change == World::NoteChange::created ? "create" : "update"},
            {"created_at", hook_stamp(note.created_at)},
            {"updated_at", hook_stamp(note.updated_at)},
            {"url", row["web_url"].get<std::string>() + "#note_" + std::to_string(note.id)}}},
          {"merge_request", row}};
}

// One that differs from number to number, the same in each run.
std::string uuid(char kind, std::int64_t number) {
  std::string digits = std::to_string(number);
  digits.insert(0, 12 - std::min<std::size_t>(digits.size(), 12), '0');
  return std::string(8, kind) + "-0000-4000-8000-" + digits;
}

constexpr std::string_view kSigning = "whsec_";
constexpr std::size_t kSigningBytes = 32;

std::string signature(const HookDelivery& delivery, const std::string& timestamp) {
  const auto key =
      platform::from_base64(std::string_view(delivery.signing_token.reveal()).substr(kSigning.size()));
  const std::string signed_text = delivery.key + "." + timestamp + "." + delivery.body;
  return "v1," + platform::to_base64(platform::hmac_sha256(*key, signed_text));
}

}  // namespace

bool is_signing_token(std::string_view text) {
  if (!text.starts_with(kSigning)) return false;
  const auto key = platform::from_base64(text.substr(kSigning.size()));
  return key && key->size() == kSigningBytes;
}

std::vector<platform::HttpHeader> headers_of(const HookDelivery& delivery, Time now) {
  std::vector<platform::HttpHeader> headers{
      {"Content-Type", "application/json"},         {"X-Gitlab-Event", delivery.event},
      {"X-Gitlab-Instance", delivery.instance},     {"X-Gitlab-Webhook-UUID", delivery.hook_uuid},
      {"X-Gitlab-Event-UUID", delivery.event_uuid}, {"Idempotency-Key", delivery.key}};
  if (delivery.signing_token.empty()) return headers;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const std::string timestamp = std::to_string(seconds);
  headers.push_back({"webhook-id", delivery.key});
  headers.push_back({"webhook-timestamp", timestamp});
  headers.push_back({"webhook-signature", signature(delivery, timestamp)});
  return headers;
}

const Hook& Hooks::add(Hook hook) {
  hook.id = ++last_id_;
  hooks_.push_back(std::move(hook));
  return hooks_.back();
}

bool Hooks::remove(ProjectId project, std::int64_t id) {
  return std::erase_if(hooks_, [&](const Hook& hook) { return hook.project == project && hook.id == id; }) >
         0;
}

std::vector<Hook> Hooks::of(ProjectId project) const {
  std::vector<Hook> some;
  std::copy_if(hooks_.begin(), hooks_.end(), std::back_inserter(some),
               [&](const Hook& hook) { return hook.project == project; });
  return some;
}

void Hooks::tell(const World& world, const JobRecord& job, const std::string& base) {
  const HookDelivery told{.instance = base, .event_uuid = uuid('e', ++told_)};
  for (const Hook& hook : hooks_) {
    if (hook.project != job.project) continue;
    HookDelivery delivery = told;
    delivery.event = "Job Hook";
    if (hook.job_events) deliver(hook, delivery, job_hook(world, job, base));
    delivery.event = "Pipeline Hook";
    if (hook.pipeline_events)
      deliver(hook, delivery, pipeline_hook(world, world.pipelines().at(job.pipeline), base));
  }
}

void Hooks::tell(const World& world, const MergeRequestRecord& merge_request, const NoteRecord& note,
                 World::NoteChange change, const std::string& base) {
  HookDelivery delivery{.event = note.internal ? "Confidential Note Hook" : "Note Hook",
                        .instance = base,
                        .event_uuid = uuid('e', ++told_)};
  for (const Hook& hook : hooks_) {
    if (hook.project != merge_request.project || !hook.note_events) continue;
    deliver(hook, delivery, note_hook(world, merge_request, note, change, base));
  }
}

void Hooks::deliver(const Hook& hook, HookDelivery delivery, const json& body) {
  delivery.url = hook.url;
  delivery.token = hook.token;
  delivery.signing_token = hook.signing_token;
  delivery.key = uuid('d', ++delivered_);
  delivery.hook_uuid = uuid('f', hook.id);
  delivery.body = json_line(body);
  deliveries_.push_back(std::move(delivery));
}

std::vector<HookDelivery> Hooks::take_deliveries() {
  return std::exchange(deliveries_, {});
}

}  // namespace runneriq::gitlab::simulator
