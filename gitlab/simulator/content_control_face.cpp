// /sim/…: what people write and change in the simulated GitLab while it runs: comments, merge requests,
// commits, CI configurations.
#include "gitlab/simulator/entities.hpp"
#include "gitlab/simulator/scenario_parts.hpp"
#include "gitlab/simulator/scenario_reader.hpp"
#include "gitlab/simulator/visit.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

View view_of(const Visit& visit) {
  return {visit.world, visit.call.base};
}

Result<MergeRequestRecord*> merge_request_called(World& world, const std::string& project, std::int64_t iid) {
  const ProjectRecord* const record = world.project_by_path(project);
  auto* const found = record == nullptr ? nullptr : world.merge_request(record->id, MergeRequestIid{iid});
  if (found == nullptr) return fail(Errc::not_found, "Merge Request Not Found");
  return found;
}

ServedReply add_note(Visit& visit) {
  const auto body = body_of(visit.call);
  if (!body) return refusal(body.error());
  auto note = parse_note_part(*body);
  if (!note) return refusal(note.error());
  const auto place = merge_request_called(visit.world, note->project, note->merge_request);
  if (!place) return refusal(place.error());
  const UserId author = visit.world.user_called(note->user);
  NoteRecord record{
      .body = std::move(note->body), .author = author, .system = note->system, .internal = note->internal};
  return json_reply(201, note_row(view_of(visit), visit.world.add_note(**place, std::move(record))));
}

ServedReply add_merge_request(Visit& visit) {
  const auto body = body_of(visit.call);
  if (!body) return refusal(body.error());
  const auto told = parse_merge_request_part(*body);
  if (!told) return refusal(told.error());
  if (const auto added = visit.world.put_merge_request(*told); !added) return refusal(added.error());
  const auto place = merge_request_called(visit.world, told->project, told->iid);
  return place ? json_reply(201, merge_request_row(view_of(visit), **place)) : refusal(place.error());
}

// By project id and iid: its state and its labels.
ServedReply change_merge_request(Visit& visit) {
  auto* const found =
      visit.world.merge_request(ProjectId{number_in(visit, 0)}, MergeRequestIid{number_in(visit, 1)});
  if (found == nullptr) return refusal(404, "404 Merge Request Not Found");
  const auto body = body_of(visit.call);
  if (!body) return refusal(body.error());
  std::optional<Error> error;
  MergeRequestRecord changed = *found;
  {
    ScenarioReader in(*body, {}, error);
    in.word("state", changed.state, {"opened", "closed", "merged"});
    in.texts("labels", changed.facts.labels);
  }
  if (error) return refusal(*error);
  *found = std::move(changed);
  return json_reply(200, merge_request_row(view_of(visit), *found));
}

ServedReply add_comparison(Visit& visit) {
  const auto body = body_of(visit.call);
  if (!body) return refusal(body.error());
  std::string path;
  auto comparison = parse_comparison_part(*body, path);
  if (!comparison) return refusal(comparison.error());
  const ProjectRecord* const known = visit.world.project_by_path(path);
  if (known == nullptr) return refusal(404, "404 Project Not Found");
  visit.world.project(known->id)->comparisons.push_back(*std::move(comparison));
  return {.status = 204};
}

ServedReply change_project(Visit& visit) {
  ProjectRecord* const project = visit.world.project(ProjectId{number_in(visit, 0)});
  if (project == nullptr) return refusal(404, "404 Project Not Found");
  const auto body = body_of(visit.call);
  if (!body) return refusal(body.error());
  auto ci = parse_ci_part(
      *body, {.config = project->ci_config, .errors = project->ci_errors, .warnings = project->ci_warnings});
  if (!ci) return refusal(ci.error());
  project->ci_config = std::move(ci->config);
  project->ci_errors = std::move(ci->errors);
  project->ci_warnings = std::move(ci->warnings);
  return json_reply(200, project_row(view_of(visit), *project));
}

ServedReply change_settings(Visit& visit) {
  const auto body = body_of(visit.call);
  if (!body) return refusal(body.error());
  std::optional<Error> error;
  bool ranges = visit.world.trace_ranges();
  {
    ScenarioReader in(*body, {}, error);
    in.flag("trace_ranges", ranges);
  }
  if (error) return refusal(*error);
  visit.world.set_trace_ranges(ranges);
  return json_reply(200, {{"trace_ranges", ranges}});
}

Route control(std::string_view method, std::string_view pattern, ServedReply (*handler)(Visit&)) {
  return {method, pattern, Needs::nothing, handler, Kind::control};
}

const std::array kRoutes{
    control("POST", "/sim/notes", add_note),
    control("POST", "/sim/merge_requests", add_merge_request),
    control("PATCH", "/sim/merge_requests/:id/:iid", change_merge_request),
    control("POST", "/sim/comparisons", add_comparison),
    control("PATCH", "/sim/projects/:id", change_project),
    control("PATCH", "/sim/settings", change_settings),
};

}  // namespace

std::span<const Route> content_control_routes() {
  return kRoutes;
}

}  // namespace runneriq::gitlab::simulator
