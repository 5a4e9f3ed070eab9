// Reads GraphQL documents: operations, fields with arguments and aliases, variables, fragments
// by name. No directives, no inline fragments.
#pragma once

#include "core/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab::simulator {

struct GraphqlField {
  std::string key;  // in the answer: the alias, or the name
  std::string name;
  std::shared_ptr<const nlohmann::json> arguments;  // an object, variables filled in
  std::vector<GraphqlField> fields;
};

struct GraphqlOperation {
  bool mutation = false;
  std::vector<GraphqlField> fields;
};

// The operation called `name`, or the only one. Error: invalid_argument with GitLab's kind of words.
Result<GraphqlOperation> parse_graphql(std::string_view document, std::string_view name,
                                       const nlohmann::json& variables);

}  // namespace runneriq::gitlab::simulator
