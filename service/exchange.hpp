// One request and the way back to whoever asked.
#pragma once

#include "core/result.hpp"
#include "platform/http_server.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace runneriq::service {

using Answer = std::function<void(platform::ServedReply)>;

struct Exchange {
  platform::ServedRequest request;
  std::string actor;  // of audit records: "user:alice", "token"
  Answer answer;      // from any thread, once
  // Has `act` run on the server's thread when the client goes before it is answered.
  std::function<void(std::function<void()> act)> when_gone;
};

// All answers are for programs, of this moment, and never to be taken for another type.
platform::ServedReply json_reply(int status, std::string body);
platform::ServedReply text_reply(int status, std::string_view type, std::string body);
platform::ServedReply empty_reply(int status);
// {"error": {"code", "message"}}; `message` is a sentence with the remedy.
platform::ServedReply error_reply(int status, std::string_view code, std::string_view message);
// The status and code that go with an error's kind.
platform::ServedReply error_reply(const Error& error);

// The part of a target before the '?', and the part behind it.
std::string_view path_of(std::string_view target);
std::string_view query_of(std::string_view target);

}  // namespace runneriq::service
