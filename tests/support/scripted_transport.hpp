// A network without a network: answers calls as a test says, on a clock that jumps, and remembers
// what it was asked.
#pragma once

#include "core/time.hpp"
#include "platform/http_client.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::platform {

class ScriptedTransport final : public HttpTransport {
 public:
  using Handler = std::function<Result<HttpReply>(const HttpCall&)>;

  explicit ScriptedTransport(Time& clock) : clock_(clock) {}

  // "https://host/path", without the query; the longest beginning that fits answers. Nothing fits: 404.
  void route(std::string beginning, Handler handler) { routes_[std::move(beginning)] = std::move(handler); }
  void route(std::string beginning, HttpReply reply) {
    route(std::move(beginning), [reply = std::move(reply)](const HttpCall&) { return reply; });
  }
  void route(std::string beginning, std::string body) {
    route(std::move(beginning), HttpReply{.status = 200, .headers = {}, .body = std::move(body)});
  }
  // The next call whose address begins so is answered by that, once, before any route.
  void once(std::string beginning, Result<HttpReply> outcome) {
    faults_.emplace_back(std::move(beginning), std::move(outcome));
  }

  void begin(HttpCall call, Done done) override {
    calls.push_back(call);
    begun_.emplace_back(std::move(call), std::move(done));
    most_under_way = std::max(most_under_way, begun_.size());
  }

  void run_until(Time deadline) override {
    while (!begun_.empty()) {
      auto [call, done] = std::move(begun_.front());
      if (clock_ < deadline && !stopped) clock_ += latency;
      Result<HttpReply> outcome = clock_ < deadline && !stopped ? answer(call) : over();
      begun_.pop_front();
      done(std::move(outcome));
    }
  }

  [[nodiscard]] int count(std::string_view text) const {
    return static_cast<int>(std::ranges::count_if(
        calls, [text](const HttpCall& call) { return call.url.find(text) != std::string::npos; }));
  }

  std::vector<HttpCall> calls;
  std::size_t most_under_way = 0;
  Duration latency{};  // of each call
  bool stopped = false;

 private:
  Result<HttpReply> over() const {
    return stopped ? fail(Errc::unavailable, "stopped") : fail(Errc::timed_out, "the time was over");
  }

  Result<HttpReply> answer(const HttpCall& call) {
    const auto fault =
        std::ranges::find_if(faults_, [&](const auto& f) { return call.url.starts_with(f.first); });
    if (fault != faults_.end()) {
      Result<HttpReply> outcome = std::move(fault->second);
      faults_.erase(fault);
      return outcome;
    }
    const Handler* best = nullptr;
    std::size_t longest = 0;
    for (const auto& [beginning, handler] : routes_) {
      if (!call.url.starts_with(beginning) || (best != nullptr && beginning.size() < longest)) continue;
      best = &handler;
      longest = beginning.size();
    }
    if (best == nullptr)
      return HttpReply{.status = 404, .headers = {}, .body = R"({"message":"404 Not Found"})"};
    return (*best)(call);
  }

  Time& clock_;
  std::map<std::string, Handler> routes_;
  std::deque<std::pair<std::string, Result<HttpReply>>> faults_;
  std::deque<std::pair<HttpCall, Done>> begun_;
};

}  // namespace runneriq::platform
