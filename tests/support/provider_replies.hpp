// Replies of providers of models, good and bad.
#pragma once

#include "advisor/wire.hpp"

#include <string>
#include <utility>
#include <vector>

namespace runneriq::advisor {

inline WireReply reply_of(int status, std::string body,
                          std::vector<std::pair<std::string, std::string>> headers = {}) {
  headers.emplace_back("request-id", "req_1");
  headers.emplace_back("x-request-id", "req_1");
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

struct StatusCase {
  int status;
  Failure failure;
  bool try_again;
  bool charged;
};

// For every provider.
inline std::vector<StatusCase> status_cases() {
  return {
      {400, Failure::invalid, false, false},       {401, Failure::unauthorised, false, false},
      {402, Failure::unauthorised, false, false},  {403, Failure::unauthorised, false, false},
      {404, Failure::no_such_model, false, false}, {408, Failure::overloaded, true, true},
      {409, Failure::overloaded, true, true},      {413, Failure::too_large, false, false},
      {422, Failure::invalid, false, false},       {429, Failure::throttled, true, false},
      {500, Failure::overloaded, true, true},      {502, Failure::overloaded, true, true},
      {503, Failure::overloaded, true, true},      {504, Failure::overloaded, true, true},
      {529, Failure::overloaded, true, true},      {204, Failure::invalid, false, false},
      {302, Failure::invalid, false, false},
  };
}

// In none of which there is an answer, a usage, or anything to be believed.
inline std::vector<std::string> hostile_bodies() {
  return {
      "",
      "\n",
      "null",
      "7",
      "\"text\"",
      "[]",
      "{}",
      "{",
      R"({"content":[{"type":"text","text":"{\"choice\":\"A)",
      R"({"choices":[{"message":{"content":"x)",
      "<html><body>502 Bad Gateway</body></html>",
      "data: {\"type\":\"message_start\"}\n\n",
      std::string(300'000, '['),
      std::string(300'000, '{'),
      "{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}",
      "{\"error\":" + std::string(5'000, '[') + std::string(5'000, ']') + "}",
      "{\"error\":{\"type\":\"" + std::string(200'000, 'x') + "\"}}",
      "{\"content\":7,\"choices\":7,\"usage\":7,\"stop_reason\":7,\"error\":7}",
      "{\"content\":{},\"choices\":{},\"usage\":[],\"stop_reason\":[],\"error\":[]}",
      "{\"choices\":[7],\"error\":\"x\"}",
      "{\"choices\":[{\"message\":7,\"finish_reason\":7}],\"error\":{\"type\":7,\"code\":7,\"details\":7}}",
      "{\"error\":{\"type\":\"\xFF\xFE\"}}",
      std::string("{\"a\":\"\0\"}", 9),
      std::string(1'000, '\0'),
      "\xEF\xBB\xBF{",
      "{\"a\":1e999999}",
  };
}

}  // namespace runneriq::advisor
