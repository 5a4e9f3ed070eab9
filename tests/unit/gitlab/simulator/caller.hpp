// A client of a simulated GitLab that needs no network.
#pragma once

#include "core/json_text.hpp"
#include "gitlab/simulator/site.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace runneriq::gitlab::simulator {

inline constexpr Time kStart{std::chrono::milliseconds{1'772'355'600'000}};  // 2026-03-01T09:00:00Z
inline const std::string kToken = "glpat-test";

class Caller {
 public:
  explicit Caller(Scenario scenario)
      : site_(at_start(std::move(scenario)), {.token = Secret(kToken), .time_factor = 0, .started = kStart}) {
  }

  Answered ask(std::string method, std::string target, std::string body = {},
               std::vector<platform::HttpHeader> headers = {}) {
    ServedRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    const bool control = request.target.starts_with("/sim/");
    request.headers = {{"host", control ? "127.0.0.1:8080" : "gitlab.test"},
                       {"content-type", "application/json"}};
    if (!token_.empty()) request.headers.push_back({"private-token", token_});
    request.headers.insert(request.headers.end(), headers.begin(), headers.end());
    request.body = std::move(body);
    return site_.answer(request, kStart);
  }
  ServedReply get(std::string path) { return ask("GET", "/api/v4" + std::move(path)).reply; }
  nlohmann::json json(std::string path) { return json_in(get(std::move(path)).body); }
  ServedReply send(std::string method, std::string path, const nlohmann::json& body) {
    return ask(std::move(method), "/api/v4" + std::move(path), json_line(body)).reply;
  }
  nlohmann::json control(std::string method, std::string path, const nlohmann::json& body = nullptr) {
    const ServedReply reply =
        ask(std::move(method), "/sim" + std::move(path), body.is_null() ? "" : json_line(body)).reply;
    return reply.body.empty() ? nlohmann::json() : json_in(reply.body);
  }
  void advance(double seconds) { control("POST", "/advance", {{"seconds", seconds}}); }
  void use_token(std::string token) { token_ = std::move(token); }
  Site& site() { return site_; }

 private:
  static Scenario at_start(Scenario scenario) {
    if (scenario.start == Time{}) scenario.start = kStart;
    return scenario;
  }

  std::string token_ = kToken;
  Site site_;
};

inline std::string header(const ServedReply& reply, std::string_view name) {
  for (const platform::HttpHeader& one : reply.headers) {
    if (one.name == name) return one.value;
  }
  return {};
}

// The ids of a list of rows.
inline std::vector<int> ids(const nlohmann::json& rows) {
  std::vector<int> found;
  for (const nlohmann::json& row : rows) found.push_back(row.at("id").get<int>());
  return found;
}

}  // namespace runneriq::gitlab::simulator
