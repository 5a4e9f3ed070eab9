#include "service/openapi.hpp"

#include "core/json_text.hpp"
#include "service/openapi_schemas.hpp"
#include "service/routes.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string_view>

namespace runneriq::service {
namespace {

using nlohmann::json;

json reference(std::string_view kind, std::string_view name) {
  return {{"$ref", "#/components/" + std::string(kind) + "/" + std::string(name)}};
}

json content(std::string_view media, std::string_view schema) {
  return {{std::string(media), {{"schema", reference("schemas", schema)}}}};
}

std::string description_of(int status) {
  switch (status) {
    case 200:
      return "Done";
    case 204:
      return "Done; nothing to say";
    case 400:
      return "The request is wrong";
    case 401:
    case 403:
      return "Not from you";
    case 404:
      return "There is none";
    case 409:
      return "Someone else was first";
    case 413:
      return "Too large";
    case 415:
      return "Not JSON";
    default:
      return "Not now: go on without it, or try again";
  }
}

json reply_json(const RouteReply& reply) {
  json document{{"description", description_of(reply.status)}};
  if (!reply.schema.empty()) document["content"] = content(reply.media, reply.schema);
  return document;
}

// What any route may answer besides its own.
void add_errors(json& replies, const Route& route) {
  std::vector<int> statuses{401, 403};
  if (!route.parameters.empty() || !route.body_schema.empty()) statuses.push_back(400);
  if (!route.body_schema.empty()) statuses.insert(statuses.end(), {413, 415});
  for (const int status : statuses) {
    if (replies.contains(std::to_string(status))) continue;
    replies[std::to_string(status)] = reply_json({status, "Error"});
  }
}

json operation_json(const Route& route) {
  json replies = json::object();
  for (const RouteReply& reply : route.replies) replies[std::to_string(reply.status)] = reply_json(reply);
  add_errors(replies, route);
  json document{
      {"operationId", name_of(route.operation)}, {"summary", route.summary}, {"responses", replies}};
  for (const std::string_view parameter : route.parameters) {
    document["parameters"].push_back(reference("parameters", parameter));
  }
  if (!route.body_schema.empty()) {
    document["requestBody"] = {{"required", true},
                               {"content", content("application/json", route.body_schema)}};
  }
  return document;
}

std::string lower_method(std::string_view method) {
  std::string lower;
  for (const char c : method) lower += static_cast<char>(c - 'A' + 'a');
  return lower;
}

std::string document() {
  json paths = json::object();
  for (const Route& route : routes()) {
    paths[std::string(route.path)][lower_method(route.method)] = operation_json(route);
  }
  const json whole{{"openapi", "3.1.0"},
                   {"info",
                    {{"title", "RunnerIQ"},
                     {"version", "1"},
                     {"description",
                      "The scheduler service: over a Unix socket for whoever may open it, over TCP with a "
                      "bearer token."}}},
                   {"paths", std::move(paths)},
                   {"components",
                    {{"schemas", json_in(kOpenapiSchemas)},
                     {"parameters", json_in(kOpenapiParameters)},
                     {"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}}}},
                   {"security", json::array({json::object(), {{"token", json::array()}}})}};
  return json_line(whole);
}

}  // namespace

const std::string& openapi_document() {
  static const std::string text = document();
  return text;
}

}  // namespace runneriq::service
