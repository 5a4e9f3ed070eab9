// The API described by itself: an OpenAPI 3.1 document, made from the table of routes.
#pragma once

#include <string>

namespace runneriq::service {

// The same text at every call.
const std::string& openapi_document();

}  // namespace runneriq::service
