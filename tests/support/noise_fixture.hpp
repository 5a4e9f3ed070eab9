// Events, rules and a sink that remembers, for tests of the stages of alerting.
#pragma once

#include "alerting/noise_reduction.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::alerting {

// UTC everywhere.
class UtcOnly final : public TimeZones {
 public:
  [[nodiscard]] Result<std::chrono::minutes> offset(std::string_view, Time) const override {
    return std::chrono::minutes{0};
  }
};
inline const UtcOnly kUtc;

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// A Monday at noon, and so long after it.
inline Time at(Duration after = {}) {
  return Time{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}} + hours{12} + after;
}

class MemorySink final : public NoiseSink {
 public:
  void decided(const Verdict& verdict, const Classified* event) override {
    verdicts[verdict.event] = verdict;
    if (event != nullptr) events[verdict.event] = event->event;
  }
  void notify(const Notification& notification) override { notifications.push_back(notification); }

  std::map<std::int64_t, Verdict> verdicts;  // the last of each event
  std::map<std::int64_t, Event> events;
  std::vector<Notification> notifications;
};

inline Route root_route() {
  return {.path = "root",
          .receiver = "default",
          .group_by = {Label::signature},
          .wait = minutes{15},
          .interval = minutes{15},
          .repeat = hours{4},
          .active = {},
          .digest = DigestPeriod::none};
}

inline NoiseRules rules_with(Route root = root_route(), std::vector<RouteOptions> routes = {}) {
  NoiseRules rules;
  rules.routes = RouteTree::make(std::move(root), std::move(routes)).value();
  return rules;
}

inline Matchers matching(std::string_view text) {
  return Matchers::parse(text).value();
}

// A job on main of acme/shop that failed, signed by its failure reason; each has its own id.
inline Event failed(std::string name, Duration after = {}, std::string sha = "aaaa1111") {
  static std::int64_t job = 1000;
  Event event{.time = at(after), .kind_word = "job", .project = "acme/shop", .ref = "feature"};
  event.sha = std::move(sha);
  event.job_id = ++job;
  event.name = std::move(name);
  event.stage = "test";
  event.status = "failed";
  event.failure_reason = "script_failure";
  return event;
}

inline Event passed(std::string name, Duration after = {}, std::string sha = "bbbb2222") {
  Event event = failed(std::move(name), after, std::move(sha));
  event.status = "success";
  event.failure_reason.clear();
  return event;
}

// The stages with a memory behind them, told each event at its own time.
class Stages {
 public:
  explicit Stages(NoiseRules rules = rules_with()) : noise(std::move(rules), kUtc, sink) {}
  std::int64_t take(const Event& event) { return noise.take(event, event.time); }
  [[nodiscard]] const Verdict& verdict(std::int64_t number) const { return sink.verdicts.at(number); }
  [[nodiscard]] const std::vector<Notification>& notifications() const { return sink.notifications; }

  MemorySink sink;
  NoiseReduction noise;
};

}  // namespace runneriq::alerting
