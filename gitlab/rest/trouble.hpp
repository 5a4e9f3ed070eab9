// Failed calls in words: what was asked, what came back, what to do about it.
#pragma once

#include "core/result.hpp"
#include "platform/http_client.hpp"

#include <string>
#include <string_view>

namespace runneriq::gitlab {

// "GET /api/v4/runners/all: 403 Forbidden: insufficient_scope". Kinds: permission (401, 403),
// not_found (404), timed_out (408), unavailable (429, 5xx), else invalid_argument.
Error error_of(std::string_view title, const platform::HttpReply& reply);

// What GitLab's answer, or the lack of one, says about us; 0 = no answer.
struct Trouble {
  int status = 0;
  Error error;
};
// The error with its remedy for people: token, scope, address, CA file.
Error with_remedy(Trouble trouble, std::string_view gitlab_url);

}  // namespace runneriq::gitlab
