// The base address of a GitLab, as people write it.
#pragma once

#include "core/result.hpp"

#include <string>
#include <string_view>

namespace runneriq::gitlab {

// "https://gitlab.example.com", or http, with a port and a path below it if need be. Scheme and
// host become lower-case, a port that goes without saying and slashes at the end are dropped, so that
// one GitLab has one address. Error: invalid_argument, without the user and password of a bad address.
Result<std::string> parse_web_address(std::string_view text);

}  // namespace runneriq::gitlab
