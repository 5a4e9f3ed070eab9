#include "gitlab/simulator/site.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

constexpr auto kTokenLifetime = std::chrono::hours{24 * 365};
constexpr std::string_view kNoRoute = "(no such route)";

Scenario beginning_at(Scenario scenario, Time started) {
  if (scenario.start == Time{}) scenario.start = started;
  return scenario;
}

std::span<const Route> routes_of_face(std::size_t face) {
  constexpr std::array faces{runner_protocol_routes, runner_routes,     project_routes,
                             pipeline_routes,        job_routes,        trace_routes,
                             test_report_routes,     repository_routes, resource_group_routes,
                             account_routes,         discussion_routes, issue_routes,
                             graphql_routes,         control_routes,    content_control_routes};
  return face < faces.size() ? faces[face]() : std::span<const Route>{};
}

// Whether the segments fit the pattern; what stands for ":name" is captured.
bool fits(std::string_view pattern, const std::vector<std::string>& segments,
          std::vector<std::string>& captured) {
  captured.clear();
  const std::vector<std::string> parts = split(pattern, '/');
  if (parts.size() != segments.size()) return false;
  for (std::size_t at = 0; at < parts.size(); ++at) {
    if (parts[at].starts_with(':')) {
      captured.push_back(segments[at]);
    } else if (parts[at] != segments[at]) {
      return false;
    }
  }
  return true;
}

// The route with the fewest ":name": "/runners/all" before "/runners/:id".
const Route* route_of(Call& call) {
  std::string_view method = call.request->method;
  if (method == "HEAD") method = "GET";
  const Route* best = nullptr;
  std::vector<std::string> captured;
  for (std::size_t face = 0; !routes_of_face(face).empty(); ++face) {
    for (const Route& route : routes_of_face(face)) {
      if (route.method != method || !fits(route.pattern, call.segments, captured)) continue;
      if (best != nullptr && captured.size() >= call.captured.size()) continue;
      best = &route;
      call.captured = captured;
    }
  }
  return best;
}

std::string token_text(const Call& call) {
  const std::string_view own = call.request->header("private-token");
  if (!own.empty()) return std::string(own);
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view authorization = call.request->header("authorization");
  return std::string(authorization.starts_with(kBearer) ? authorization.substr(kBearer.size()) : "");
}

std::vector<std::string_view> scopes_for(Needs needs) {
  switch (needs) {
    case Needs::nothing:
    case Needs::a_token:
      return {};
    case Needs::read:
      return {"api", "read_api"};
    case Needs::write:
      return {"api"};
    case Needs::read_runner:
      return {"api", "read_api", "manage_runner"};
    case Needs::write_runner:
      return {"api", "manage_runner"};
  }
  return {};
}

json oauth_error(std::string_view error, std::string_view words) {
  return {{"error", error}, {"error_description", words}};
}

// Why the caller is not let in; none = it is.
std::optional<ServedReply> turned_away(const Token* token, Needs needs, Time now) {
  if (needs == Needs::nothing) return std::nullopt;
  if (token == nullptr) return refusal(401, "401 Unauthorized");
  if (!token->active(now))
    return json_reply(401, oauth_error("invalid_token",
                                       "Token is expired. You can either do re-authorization "
                                       "or token refresh."));
  const auto scopes = scopes_for(needs);
  const bool fits = scopes.empty() || std::any_of(scopes.begin(), scopes.end(), [&](std::string_view scope) {
                      return token->has_scope(scope);
                    });
  if (fits) return std::nullopt;
  json body = oauth_error("insufficient_scope",
                          "The request requires higher privileges than provided by the access token.");
  for (const std::string_view scope : scopes)
    body["scope"] = body.value("scope", "") + (body.contains("scope") ? " " : "") + std::string(scope);
  return json_reply(403, body);
}

// The control interface has no password. A page in a browser can send forms to loopback, or call it
// by a name of its own; neither gets through.
bool is_of_a_web_page(const ServedRequest& request) {
  const std::string_view host = request.header("host");
  const bool number =
      host.starts_with('[') || host.find_first_not_of("0123456789.:") == std::string_view::npos;
  const bool local = host == "localhost" || host.starts_with("localhost:");
  const bool formless =
      request.body.empty() || request.header("content-type").starts_with("application/json");
  return !request.header("origin").empty() || !(number || local) || !formless;
}

}  // namespace

Site::Site(Scenario scenario, const SiteSettings& settings)
    : clock_{.begins = scenario.start == Time{} ? settings.started : scenario.start,
             .started = settings.started,
             .factor = settings.time_factor},
      world_(beginning_at(scenario, settings.started)),
      faults_(scenario.seed) {
  tokens_.add({.secret = settings.token,
               .name = "simulator",
               .user = world_.user_by_name("root")->id,
               .scopes = {"api", "read_api"},
               .created_at = world_.now(),
               .expires_at = std::chrono::floor<std::chrono::days>(world_.now() + kTokenLifetime)});
  world_.on_note(
      [this](const MergeRequestRecord& merge_request, const NoteRecord& note, World::NoteChange change) {
        hooks_.tell(world_, merge_request, note, change, base_);
      });
  world_.on_change([this](const JobRecord& job) { hooks_.tell(world_, job, base_); });
}

void Site::move_to(Time real_now) {
  world_.move_to(clock_.at(real_now));
}

void Site::count(const Route* route, const Call& call) {
  const Kind kind = route == nullptr ? Kind::ordinary : route->kind;
  if (kind == Kind::control) return;
  const std::string& method = call.request->method;
  ++calls_.total;
  ++calls_.by_route[route == nullptr ? std::string(kNoRoute) : method + " " + std::string(route->pattern)];
  const bool harmless = method == "GET" || method == "HEAD" || kind == Kind::runner_protocol ||
                        (kind == Kind::graphql && is_graphql_query(call));
  if (!harmless) ++calls_.mutating;
}

ServedReply Site::handled(Visit& visit, const Route* route) {
  if (route == nullptr) return json_reply(404, {{"error", "404 Not Found"}});
  if (route->kind == Kind::control && is_of_a_web_page(*visit.call.request)) {
    return json_reply(403, {{"error", "not for web pages: send application/json to an address of numbers"}});
  }
  visit.caller = tokens_.find(token_text(visit.call));
  if (auto refused = turned_away(visit.caller, route->needs, world_.now())) return *std::move(refused);
  return route->handler(visit);
}

Visit Site::visit_of(const Call& call, Time real_now) {
  return {.world = world_,
          .tokens = tokens_,
          .hooks = hooks_,
          .faults = faults_,
          .calls = calls_,
          .clock = clock_,
          .call = call,
          .real_now = real_now};
}

void Site::do_late(const ServedRequest& request) {
  Call call = understood(request);
  const Route* const route = route_of(call);
  Visit visit = visit_of(call, {});
  handled(visit, route);
}

Answered Site::answer(const ServedRequest& request, Time real_now) {
  move_to(real_now);
  Call call = understood(request);
  base_ = call.base;
  const Route* const route = route_of(call);
  count(route, call);
  const bool control = route != nullptr && route->kind == Kind::control;
  const std::vector<Fault> struck =
      control ? std::vector<Fault>{} : faults_.strike(request.method + " " + call.path);
  Answered answered;
  const auto stops = std::find_if(struck.begin(), struck.end(),
                                  [](const Fault& fault) { return instead(fault).has_value(); });
  for (const Fault& fault : struck) {
    if (fault.kind != Fault::Kind::late) continue;
    world_.later(world_.now() + fault.late, [this, request] { do_late(request); });
  }
  Visit visit = visit_of(call, real_now);
  answered.reply = stops != struck.end() ? *instead(*stops) : handled(visit, route);
  for (const Fault& fault : struck) spoil(answered, fault, call);
  return answered;
}

}  // namespace runneriq::gitlab::simulator
