// Where a URL leads, as far as the client cares.
#pragma once

#include "core/result.hpp"

#include <string>

namespace runneriq::platform {

struct HttpAddress {
  std::string scheme, host, port;
  std::string shown;  // for messages: scheme, host and path; without the query, which may hold anything

  [[nodiscard]] bool same_server(const HttpAddress& other) const {
    return scheme == other.scheme && host == other.host && port == other.port;
  }
};

// Only http and https, without a user. Error: invalid_argument; shows nothing of a URL that holds a user.
Result<HttpAddress> parse_http_address(const std::string& url);

}  // namespace runneriq::platform
