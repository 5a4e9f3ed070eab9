// Made streams of events, rules that use all of the stages, and a sink that remembers, for laws of alerting.
#pragma once

#include "alerting/noise_reduction.hpp"
#include "alerting/notification.hpp"
#include "core/json_text.hpp"
#include "tests/support/noise_fixture.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::alerting {

// An event as it is heard of, and when.
struct Heard {
  Event event;
  Time now;
};

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}
  std::vector<Heard> stream(std::size_t length) {
    std::vector<Heard> all;
    while (all.size() < length) {
      now_ += seconds{one_in(3) ? 0 : below(one_in(20) ? 7200 : 240)};
      all.push_back({one_in(12) && !all.empty() ? all[pick(all.size())].event : event(), now_});
    }
    return all;
  }
  int below(int most) { return std::uniform_int_distribution<int>(0, most - 1)(random_); }
  std::size_t pick(std::size_t size) { return static_cast<std::size_t>(below(static_cast<int>(size))); }
  bool one_in(int many) { return below(many) == 0; }

 private:
  Event event() {
    if (one_in(15)) return runner();
    Event event = failed("job " + std::to_string(below(6)));
    event.time = now_ - seconds{one_in(10) ? below(600) : 0};
    event.project = one_in(2) ? "acme/shop" : "acme/app";
    event.ref = kRefs[pick(kRefs.size())];
    event.stage = kStages[pick(kStages.size())];
    event.sha =
        "5a" + std::to_string(now_.time_since_epoch().count() / 3'600'000 % 1000) + std::to_string(below(2));
    event.pipeline_id = 1 + now_.time_since_epoch().count() / 1'800'000 % 1000 * 8 + below(8);
    event.runner = "r" + std::to_string(below(3));
    event.allow_failure = one_in(15);
    if (one_in(3)) event.log_excerpt = "ERROR: reason " + std::string(1, static_cast<char>('a' + below(3)));
    if (one_in(2)) event.status = one_in(20) ? "canceled" : "success";
    event.job_id = one_in(10) ? 0 : ++job_;
    return event;
  }
  Event runner() {
    Event event{
        .time = now_, .kind = EventKind::runner, .kind_word = one_in(2) ? "runner_offline" : "runner_online"};
    event.name = event.runner = "r" + std::to_string(below(3));
    return event;
  }

  const std::vector<std::string> kRefs{"main", "feature", "refs/merge-requests/7/head", "experimental/x"};
  const std::vector<std::string> kStages{"build", "test", "deploy"};
  std::mt19937 random_;
  Time now_ = at();
  std::int64_t job_ = 0;
};

inline RouteOptions route(std::string name, std::string_view match) {
  return {.name = std::move(name),
          .under = {},
          .match = matching(match),
          .go_on = false,
          .receiver = {},
          .group_by = {},
          .wait = {},
          .interval = {},
          .repeat = {},
          .active = {},
          .digest = {}};
}

inline NoiseRules made_rules() {
  RouteOptions log = route("log", R"(project="acme/shop")");
  log.go_on = true;
  log.wait = minutes{1};
  RouteOptions tests = route("tests", R"(stage="test")");
  tests.digest = DigestPeriod::daily;
  RouteOptions builds = route("builds", R"(stage="build")");
  builds.active = ActiveTime::parse("daily 08:00-18:00", "UTC", kUtc).value();
  builds.group_by = std::vector{Label::project, Label::ref};
  NoiseRules rules = rules_with(root_route(), {log, tests, builds});
  rules.cooldown = hours{2};
  rules.flaky.threshold = 0.005;
  rules.bounds.events_per_message = 12;
  return rules;
}

// What was told, without the steps.
inline std::string told(const Verdict& verdict) {
  return std::to_string(verdict.event) + " " + std::string(to_text(verdict.fate)) + " " +
         std::string(to_text(verdict.stage)) + " " + verdict.reason + " " + verdict.group + " " +
         verdict.notification;
}

class Log final : public NoiseSink {
 public:
  void decided(const Verdict& verdict, const Classified* event) override {
    if (event != nullptr && event->severity == Severity::critical) critical.insert(verdict.event);
    lines.push_back(told(verdict));
    last[verdict.event] = verdict;
  }
  void notify(const Notification& notification) override {
    lines.push_back(json_line(notification_document(notification)));
    notifications.push_back(notification);
  }
  void append(Log later) {
    lines.insert(lines.end(), later.lines.begin(), later.lines.end());
    for (auto& [number, verdict] : later.last) last[number] = std::move(verdict);
    notifications.insert(notifications.end(), later.notifications.begin(), later.notifications.end());
  }
  std::vector<std::string> lines;
  std::map<std::int64_t, Verdict> last;
  std::set<std::int64_t> critical;
  std::vector<Notification> notifications;
};

}  // namespace runneriq::alerting
