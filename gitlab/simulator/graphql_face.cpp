// POST /api/graphql.
#include "gitlab/simulator/graphql_schema.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

// GraphQL tells its errors with status 200.
ServedReply errors(std::string_view words) {
  return json_reply(200, {{"errors", json::array({{{"message", words}}})}});
}

std::string text_in(const json& body, std::string_view key) {
  const auto place = body.find(key);
  return place != body.end() && place->is_string() ? place->get<std::string>() : std::string();
}

Result<GraphqlOperation> operation_in(const Call& call) {
  const auto body = body_of(call);
  if (!body) return fail(body.error());
  return parse_graphql(text_in(*body, "query"), text_in(*body, "operationName"),
                       body->value("variables", json()));
}

ServedReply answer_query(Visit& visit) {
  const auto operation = operation_in(visit.call);
  if (!operation) return errors(operation.error().message);
  if (operation->mutation) return errors("The simulator has no mutations");
  auto data = query_root(visit, operation->fields);
  if (!data) return errors(data.error().message);
  return json_reply(200, {{"data", *std::move(data)}});
}

constexpr std::array kRoutes{
    Route{"POST", "/api/graphql", Needs::read, answer_query, Kind::graphql},
};

}  // namespace

std::span<const Route> graphql_routes() {
  return kRoutes;
}

bool is_graphql_query(const Call& call) {
  const auto operation = operation_in(call);
  return operation && !operation->mutation;
}

}  // namespace runneriq::gitlab::simulator
