// Reads a YAML document of any shape as JSON, with the refusals of config/yaml/strict_events.hpp.
#pragma once

#include "core/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace runneriq::config {

// A plain scalar that JSON knows as a number, true or false is one; any other (`010`, `yes`,
// `"5"`) is text as written. A missing value, `~` and an empty document are null.
// Error: invalid_argument, with the line and the remedy. Never throws.
Result<nlohmann::json> parse_yaml_json(std::string_view text);

}  // namespace runneriq::config
