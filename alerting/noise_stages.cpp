#include "alerting/noise_stages.hpp"

#include "alerting/verdict_words.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace runneriq::alerting {

void NoiseStages::advance(Time now) {
  const Time target = std::max(now, clock_);
  for (auto next = timetable_.next(); next && next->at <= target; next = timetable_.next()) {
    clock_ = std::max(clock_, next->at);
    if (next->of == Timetable::Of::alert) {
      wake(*alerts_.find(next->key));
    } else {
      wake(next->key);
    }
  }
  clock_ = target;
}

std::optional<Time> NoiseStages::due() const {
  const auto next = timetable_.next();
  return next ? std::optional{next->at} : std::nullopt;
}

void NoiseStages::finish(Time now) {
  advance(now);
  // What a message leaves untold may release what it hid.
  while (flush_all()) continue;
}

bool NoiseStages::flush_all() {
  for (const std::uint64_t key : alerts_.all()) {
    Alert* const alert = alerts_.find(key);
    if (alert != nullptr && !alert->held.empty())
      release_held(*alert, Time::max(), "the end: waits no longer");
  }
  for (const std::uint64_t key : alerts_.all())
    for (Membership& membership : alerts_.find(key)->memberships) membership.not_before = {};
  std::vector<std::pair<Time, std::uint64_t>> waiting;
  for (const std::uint64_t key : groups_.all())
    if (const AlertGroup& group = *groups_.find(key); group.news_at)
      waiting.emplace_back(*group.news_at, key);
  std::ranges::sort(waiting);
  for (const auto& [at, key] : waiting) {
    if (AlertGroup* const group = groups_.find(key)) drop_unwanted(*group);
    if (AlertGroup* const group = groups_.find(key)) flush(*group, false);
  }
  return !waiting.empty();
}

std::vector<FlakyRecord> NoiseStages::flaky(std::size_t most, Time now) const {
  return detector_.active(most, now);
}

void NoiseStages::set_rules(NoiseRules rules) {
  std::vector<std::pair<std::uint64_t, std::string>> paths;
  for (const std::uint64_t key : groups_.all()) paths.emplace_back(key, groups_.find(key)->route->path);
  rules_ = std::move(rules);
  other_rules_until_ = totals_.events;
  classifier_ = Classifier{rules_.classifier};
  detector_.set_terms(rules_.flaky, rules_.outages);
  ends_.set_most(rules_.bounds.seen);
  renew_inhibitors();
  renew_routes(paths);
}

void NoiseStages::renew_inhibitors() {
  std::vector<Alert*> inhibiting;
  for (const std::uint64_t key : alerts_.all())
    if (Alert* const alert = alerts_.find(key); alert->inhibits != 0) inhibiting.push_back(alert);
  std::ranges::sort(inhibiting, {}, &Alert::inhibits);
  inhibitors_ = InhibitorBook{rules_.inhibition};
  for (const Alert* alert : inhibiting) inhibitors_.fires(alert->key, alert->latest.unpacked());
}

// Groups whose route is gone go to the route that matches one of their alerts now, else to the root.
void NoiseStages::renew_routes(const std::vector<std::pair<std::uint64_t, std::string>>& paths) {
  for (const auto& [key, path] : paths) {
    AlertGroup& group = *groups_.find(key);
    group.route = rules_.routes.find(path);
    if (group.route != nullptr) continue;
    group.route = rules_.routes.all().data();
    groups_.changed(group);
    for (const std::uint64_t one : group.alerts) {
      if (const Alert* const alert = alerts_.find(one)) group.route = &route_for(*alert);
    }
  }
}

const Route& NoiseStages::route_for(const Alert& alert) const {
  const Classified latest = alert.latest.unpacked();
  return *rules_.routes.match(LabelValues{latest}).front();
}

std::vector<NoiseReduction::Firing> NoiseStages::firing() {
  std::vector<NoiseReduction::Firing> all;
  for (const std::uint64_t key : alerts_.all()) {
    const Alert& alert = *alerts_.find(key);
    if (!alert.firing) continue;
    NoiseReduction::Firing one{.alert = key,
                               .latest = alert.latest.unpacked(),
                               .since = alert.since,
                               .failures = alert.failures,
                               .told = {},
                               .hidden_by = alert.hiding ? alert.hiding->words : "",
                               .group = {}};
    for (const Membership& membership : alert.memberships) {
      one.told = std::max(one.told, membership.told);
      if (one.group.empty()) one.group = hex(membership.group);
    }
    all.push_back(std::move(one));
  }
  std::ranges::sort(all, {}, [](const NoiseReduction::Firing& one) {
    return std::tuple{one.latest.severity, one.since, one.alert};
  });
  return all;
}

}  // namespace runneriq::alerting
