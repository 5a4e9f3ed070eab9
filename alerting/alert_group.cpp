#include "alerting/alert_group.hpp"

#include <algorithm>

namespace runneriq::alerting {
namespace {

constexpr int kMostAtOnce = 5;  // messages of a critical group and interval

std::optional<Time> earlier(std::optional<Time> one, std::optional<Time> other) {
  if (!one || !other) return one ? one : other;
  return std::min(*one, *other);
}

bool is_over(const AlertGroup& group, Time burst_at) {
  return group.burst == 0 || burst_at >= group.burst_start + group.route->interval;
}

Time after_wait(const AlertGroup& group, Time now) {
  if (group.critical) {
    return group.burst < kMostAtOnce || is_over(group, now) ? now : group.burst_start + group.route->interval;
  }
  if (group.messages == 0) return now + group.route->wait;
  return std::max(now, *group.last_message + group.route->interval);
}

}  // namespace

std::optional<Time> due(const AlertGroup& group) {
  return earlier(earlier(group.news_at, group.repeat_at), closes_at(group));
}

std::optional<Time> closes_at(const AlertGroup& group) {
  if (group.members > 0 || group.counted > 0 || group.burst == 0) return std::nullopt;
  return group.burst_start + group.route->interval;
}

bool sums_up(const Route& route, bool critical) {
  return route.digest != DigestPeriod::none && !critical;
}

Time RouteClock::for_news(const AlertGroup& group, Time now) const {
  if (!sums_up(*group.route, group.critical)) return allowed(group, after_wait(group, now));
  const int weekday = group.route->digest == DigestPeriod::weekly ? 0 : -1;
  return allowed(group, next_at(now, weekday, digest_minute, digest_zone, zones));
}

Time RouteClock::allowed(const AlertGroup& group, Time at) const {
  return group.critical || group.route->active.is_always() ? at : group.route->active.next(at, zones);
}

void told(AlertGroup& group, Time at) {
  ++group.messages;
  group.last_message = at;
  group.news_at.reset();
  if (!group.critical) return;
  if (is_over(group, at)) {
    group.burst_start = at;
    group.burst = 0;
  }
  ++group.burst;
}

AlertGroup* GroupBook::find(std::uint64_t key) {
  const auto known = groups_.find(key);
  return known == groups_.end() ? nullptr : &known->second;
}

AlertGroup& GroupBook::add(std::uint64_t key, const Route& route) {
  AlertGroup& group = groups_[key];
  group.key = key;
  group.route = &route;
  group.kept = changed_.contains(key);  // removed since the last row of it
  return group;
}

void GroupBook::remove(AlertGroup& group) {
  if (group.kept) {
    changed_.insert(group.key);
  } else {
    changed_.erase(group.key);
  }
  groups_.erase(group.key);
}

std::vector<std::uint64_t> GroupBook::all() const {
  std::vector<std::uint64_t> keys;
  keys.reserve(groups_.size());
  for (const auto& [key, group] : groups_) keys.push_back(key);
  std::ranges::sort(keys);
  return keys;
}

}  // namespace runneriq::alerting
