// The way from the client to a simulated GitLab, with trouble at chosen calls: the real HTTP client
// over real sockets, and a clock that a test can move.
#pragma once

#include "core/json_text.hpp"
#include "gitlab/rest/rest_fleet.hpp"
#include "gitlab/simulator/simulator.hpp"
#include "platform/http_client.hpp"
#include "platform/system_waiter.hpp"
#include "tests/support/http_fetch.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace runneriq {

// The clock of this machine, some time away from it.
class ShiftedClock {
 public:
  explicit ShiftedClock(Time start) : shift_(start - platform::wall_clock()) {}
  [[nodiscard]] Time now() const { return platform::wall_clock() + shift_; }
  [[nodiscard]] Time machines(Time time) const { return time - shift_; }
  void move(Duration by) { shift_ += by; }
  // In place of waiting.
  void move_to(Time when) {
    if (when > now()) shift_ += when - now() + Duration{1};
  }

 private:
  Duration shift_;
};

// One kind of call that the client makes.
struct Endpoint {
  std::string name;
  std::string method;
  std::string part;       // of the URL
  std::string not_part;   // "" = any
  std::string body_part;  // of GraphQL
};

inline bool is_call_of(const Endpoint& endpoint, const platform::HttpCall& call) {
  const auto has = [](const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  };
  return call.method == endpoint.method && has(call.url, endpoint.part) &&
         has(call.body, endpoint.body_part) &&
         (endpoint.not_part.empty() || !has(call.url, endpoint.not_part));
}

// Trouble of the simulator (`fault`, as POST /sim/faults takes it), or made of a good reply here.
struct FaultKind {
  std::string name;
  nlohmann::json fault = {};
  std::function<void(platform::HttpReply&)> spoil = {};
};

class FaultyWire final : public platform::HttpTransport {
 public:
  FaultyWire(std::string simulator, const ShiftedClock& clock)
      : simulator_(std::move(simulator)), clock_(clock), client_(make()), control_(make()) {}

  // Whether, and how, a call is struck.
  using Choose = std::function<const FaultKind*(const platform::HttpCall&)>;
  void strike(Choose choose) { choose_ = std::move(choose); }
  void heal() {
    choose_ = {};
    steer("DELETE", "/sim/faults", {});
  }

  void begin(platform::HttpCall call, Done done) override {
    ++calls_;
    const FaultKind* kind = choose_ ? choose_(call) : nullptr;
    if (kind == nullptr) return client_->begin(std::move(call), std::move(done));
    ++struck_;
    if (!kind->fault.is_null()) prepare(*kind, call);
    client_->begin(std::move(call), [kind, done = std::move(done)](Result<platform::HttpReply> reply) {
      if (reply && reply->status == 200 && kind->spoil) kind->spoil(*reply);
      done(std::move(reply));
    });
  }
  void run_until(Time deadline) override { client_->run_until(clock_.machines(deadline)); }

  // A call of the control interface.
  nlohmann::json steer(const std::string& method, const std::string& path, const nlohmann::json& body) {
    platform::HttpCall call{.method = method, .url = simulator_ + path};
    if (!body.is_null()) {
      call.body = json_line(body);
      call.headers.push_back({"Content-Type", "application/json"});
    }
    auto reply = fetch(*control_, std::move(call));
    EXPECT_TRUE(reply) << path << ": " << reply.error().message;
    if (!reply) return {};
    EXPECT_LT(reply->status, 300) << path << ": " << reply->body;
    return json_in(reply->body);
  }

  [[nodiscard]] int calls() const { return calls_; }
  [[nodiscard]] int struck() const { return struck_; }
  void forget_counts() { calls_ = struck_ = 0; }

 private:
  static std::unique_ptr<platform::HttpClient> make() {
    auto client = platform::HttpClient::make({});
    EXPECT_TRUE(client);
    return std::move(*client);
  }

  void prepare(const FaultKind& kind, platform::HttpCall& call) {
    nlohmann::json fault = kind.fault;
    const std::string path = call.url.substr(simulator_.size());
    fault["route"] = call.method + " " + path.substr(0, path.find('?'));
    if (fault.value("location", "") == "itself") fault["location"] = call.url;
    const bool is_late = fault["kind"] == "latency" || fault["kind"] == "slow";
    if (is_late) call.time_limit = Duration{60};
    // A redirect is asked again by the HTTP client itself.
    fault["times"] = fault["kind"] == "redirect" ? 5 : 1;
    steer("POST", "/sim/faults", fault);
  }

  std::string simulator_;
  const ShiftedClock& clock_;
  std::unique_ptr<platform::HttpClient> client_, control_;
  Choose choose_;
  int calls_ = 0;
  int struck_ = 0;
};

}  // namespace runneriq
