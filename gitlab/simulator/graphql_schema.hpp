// The part of GitLab's GraphQL schema that the simulator has.
#pragma once

#include "gitlab/simulator/graphql_query.hpp"
#include "gitlab/simulator/visit.hpp"

#include <nlohmann/json_fwd.hpp>

namespace runneriq::gitlab::simulator {

// The `data` of a query. Error: invalid_argument, for a field that does not exist.
Result<nlohmann::json> query_root(const Visit& visit, const std::vector<GraphqlField>& fields);

}  // namespace runneriq::gitlab::simulator
