// Merge requests and their notes, webhooks; the caller, its token; the version.
#include "gitlab/simulator/entities.hpp"
#include "gitlab/simulator/visit.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

constexpr std::string_view kVersion = "17.10.0-ee";

View view_of(const Visit& visit) {
  return {visit.world, visit.call.base};
}

ServedReply own_token(Visit& visit) {
  const Token& token = *visit.caller;
  const json expiry = token.expires_at ? json(stamp(*token.expires_at).substr(0, 10)) : json();
  return json_reply(200, {{"id", token.id},
                          {"name", token.name},
                          {"revoked", false},
                          {"created_at", stamp(token.created_at)},
                          {"scopes", token.scopes},
                          {"user_id", token.user.value()},
                          {"active", true},
                          {"expires_at", expiry}});
}

ServedReply own_user(Visit& visit) {
  return json_reply(200, user_row(view_of(visit), visit.caller->user));
}

ServedReply version(Visit& /*visit*/) {
  return json_reply(200, {{"version", kVersion}, {"revision", "00000000000"}});
}

ServedReply metadata(Visit& /*visit*/) {
  return json_reply(200, {{"version", kVersion},
                          {"revision", "00000000000"},
                          {"kas", {{"enabled", false}, {"externalUrl", nullptr}, {"version", nullptr}}},
                          {"enterprise", true}});
}

ServedReply merge_requests(Visit& visit) {
  const auto project = project_in(visit, kReporter);
  if (!project) return refusal(project.error());
  const std::vector<std::string> wanted = visit.call.list("iids");
  std::vector<const MergeRequestRecord*> rows;
  for (const MergeRequestRecord& one : visit.world.merge_requests()) {
    const bool asked = wanted.empty() || std::find(wanted.begin(), wanted.end(),
                                                   std::to_string(one.facts.iid.value())) != wanted.end();
    if (one.project == (*project)->id && asked) rows.push_back(&one);
  }
  return offset_page(visit.call, rows.size(),
                     [&](std::size_t at) { return merge_request_row(view_of(visit), *rows[at]); });
}

ServedReply one_merge_request(Visit& visit) {
  const auto found = merge_request_in(visit);
  return found ? json_reply(200, merge_request_details(view_of(visit), **found)) : refusal(found.error());
}

ServedReply notes(Visit& visit) {
  const auto found = merge_request_in(visit);
  if (!found) return refusal(found.error());
  const std::vector<NoteRecord>& all = (*found)->notes;
  const bool ascending = visit.call.text("sort") == "asc";
  return offset_page(visit.call, all.size(), [&](std::size_t at) {
    return note_row(view_of(visit), all[ascending ? at : all.size() - 1 - at]);
  });
}

ServedReply add_note(Visit& visit) {
  const auto found = merge_request_in(visit);
  if (!found) return refusal(found.error());
  const auto body = body_of(visit.call);
  if (!body) return refusal(body.error());
  auto text = required_text(*body, "body");
  if (!text) return refusal(text.error());
  NoteRecord note{.body = *std::move(text), .author = visit.caller->user};
  return json_reply(201, note_row(view_of(visit), visit.world.add_note(**found, std::move(note))));
}

// By its author and Maintainers.
ServedReply edit_note(Visit& visit) {
  const auto found = merge_request_in(visit);
  if (!found) return refusal(found.error());
  std::vector<NoteRecord>& all = (*found)->notes;
  const std::int64_t id = number_in(visit, 2);
  const auto note = std::find_if(all.begin(), all.end(), [&](const NoteRecord& one) { return one.id == id; });
  if (note == all.end()) return refusal(404, "404 Note Not Found");
  const auto as_maintainer = project_in(visit, kMaintainer);
  if (note->system || (note->author != visit.caller->user && !as_maintainer))
    return refusal(403, "403 Forbidden");
  const auto body = body_of(visit.call);
  if (!body) return refusal(body.error());
  auto text = required_text(*body, "body");
  if (!text) return refusal(text.error());
  visit.world.edit_note(**found, *note, *std::move(text));
  return json_reply(200, note_row(view_of(visit), *note));
}

json hook_row(const Hook& hook) {
  return {{"id", hook.id},
          {"url", hook.url},
          {"project_id", hook.project.value()},
          {"pipeline_events", hook.pipeline_events},
          {"job_events", hook.job_events},
          {"note_events", hook.note_events},
          {"enable_ssl_verification", true},
          {"token_present", !hook.token.empty()},
          {"signing_token_present", !hook.signing_token.empty()},
          {"created_at", stamp(hook.created_at)}};
}

bool is_on(const json& body, std::string_view key) {
  const auto place = body.find(key);
  return place != body.end() && (*place == json(true) || *place == json("true") || *place == json("1"));
}

ServedReply hooks(Visit& visit) {
  const auto project = project_in(visit, kMaintainer);
  if (!project) return refusal(project.error());
  const std::vector<Hook> all = visit.hooks.of((*project)->id);
  return offset_page(visit.call, all.size(), [&](std::size_t at) { return hook_row(all[at]); });
}

ServedReply add_hook(Visit& visit) {
  const auto project = project_in(visit, kMaintainer);
  if (!project) return refusal(project.error());
  const auto body = body_of(visit.call);
  if (!body) return refusal(body.error());
  auto url = required_text(*body, "url");
  if (!url) return refusal(url.error());
  if (!url->starts_with("http://") && !url->starts_with("https://")) return refusal(422, "Invalid url given");
  const json token = body->value("token", json());
  const json signing = body->value("signing_token", json());
  const std::string signing_token = signing.is_string() ? signing.get<std::string>() : "";
  if (!signing_token.empty() && !is_signing_token(signing_token))
    return refusal(422, "signing_token must be in whsec_<base64> format encoding a 32-byte key");
  Hook hook{.project = (*project)->id,
            .url = *std::move(url),
            .token = Secret(token.is_string() ? token.get<std::string>() : ""),
            .signing_token = Secret(signing_token),
            .pipeline_events = is_on(*body, "pipeline_events"),
            .job_events = is_on(*body, "job_events"),
            .note_events = is_on(*body, "note_events"),
            .created_at = visit.world.now()};
  return json_reply(201, hook_row(visit.hooks.add(std::move(hook))));
}

ServedReply remove_hook(Visit& visit) {
  const auto project = project_in(visit, kMaintainer);
  if (!project) return refusal(project.error());
  if (!visit.hooks.remove((*project)->id, number_in(visit, 1))) return refusal(404, "404 Hook Not Found");
  return {.status = 204};
}

constexpr std::array kAccountRoutes{
    Route{"GET", "/api/v4/personal_access_tokens/self", Needs::a_token, own_token},
    Route{"GET", "/api/v4/user", Needs::read, own_user},
    Route{"GET", "/api/v4/version", Needs::read, version},
    Route{"GET", "/api/v4/metadata", Needs::read, metadata},
};

constexpr std::array kDiscussionRoutes{
    Route{"GET", "/api/v4/projects/:id/merge_requests", Needs::read, merge_requests},
    Route{"GET", "/api/v4/projects/:id/merge_requests/:iid", Needs::read, one_merge_request},
    Route{"GET", "/api/v4/projects/:id/merge_requests/:iid/notes", Needs::read, notes},
    Route{"POST", "/api/v4/projects/:id/merge_requests/:iid/notes", Needs::write, add_note},
    Route{"PUT", "/api/v4/projects/:id/merge_requests/:iid/notes/:note", Needs::write, edit_note},
    Route{"GET", "/api/v4/projects/:id/hooks", Needs::read, hooks},
    Route{"POST", "/api/v4/projects/:id/hooks", Needs::write, add_hook},
    Route{"DELETE", "/api/v4/projects/:id/hooks/:hook", Needs::write, remove_hook},
};

}  // namespace

std::span<const Route> account_routes() {
  return kAccountRoutes;
}

std::span<const Route> discussion_routes() {
  return kDiscussionRoutes;
}

Result<MergeRequestRecord*> merge_request_in(Visit& visit) {
  const auto project = project_in(visit, kReporter);
  if (!project) return fail(project.error());
  auto* const found = visit.world.merge_request((*project)->id, MergeRequestIid{number_in(visit, 1)});
  if (found == nullptr) return fail(Errc::not_found, "Not found");
  return found;
}

}  // namespace runneriq::gitlab::simulator
