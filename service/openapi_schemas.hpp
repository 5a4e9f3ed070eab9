// The parts of the OpenAPI document that are not the table of routes, as JSON.
#pragma once

#include <string_view>

namespace runneriq::service {

extern const std::string_view kOpenapiSchemas;     // by name
extern const std::string_view kOpenapiParameters;  // by name

}  // namespace runneriq::service
