// Stages three and four: who is to hear of it, and together with what.
#include "alerting/noise_stages.hpp"
#include "alerting/stable_hash.hpp"
#include "alerting/verdict_words.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::alerting {
namespace {

bool may_be_explained(const Classified& event) {
  const EventKind kind = event.event.kind;
  return event.severity != Severity::critical && (kind == EventKind::job || kind == EventKind::pipeline);
}

StableHash start(const Route& route, bool critical) {
  return StableHash{}.add(route.path).add(std::uint64_t{critical});
}

std::uint64_t group_key(const Route& route, const LabelValues& labels, bool critical) {
  StableHash hash = start(route, critical);
  if (sums_up(route, critical)) return hash.add("digest").value();
  for (const Label label : route.group_by) hash.add(to_text(label)).add(labels[label]);
  return hash.value();
}

std::string group_words(const Route& route, const LabelValues& labels, bool critical) {
  if (sums_up(route, critical)) return "digest of route " + printable(route.path);
  std::string words;
  for (const Label label : route.group_by) {
    words += words.empty() ? "" : ", ";
    words += to_text(label);
    words += "=" + printable(labels[label]);
  }
  if (words.empty()) words = "route " + printable(route.path);
  return critical ? words + ", critical" : words;
}

}  // namespace

void NoiseStages::route(Arrival& arrival, const LabelValues& labels) {
  const bool critical = arrival.event.severity == Severity::critical;
  Alert* alert = alerts_.find(arrival.alert);
  if (alert != nullptr && alert->hiding) {
    alert->hiding.reset();
    alerts_.changed(*alert);
  }
  std::vector<const Route*> open;
  Membership* cooled = nullptr;
  for (const Route* route : rules_.routes.match(labels)) {
    Membership* const lately = told_lately(alert, *route, arrival.event.severity);
    if (lately == nullptr) {
      open.push_back(route);
    } else {
      cooled = lately;
      fail_again(*alert, *lately);
    }
  }
  if (open.empty()) {
    note(*alert, arrival);
    return suppress(arrival, Stage::routing,
                    cooldown_words(*cooled->told, cooled->message, *cooled->told + rules_.cooldown));
  }
  group(arrival, open, labels, critical);
}

// Of several groups the first with room for it tells.
void NoiseStages::group(Arrival& arrival, const std::vector<const Route*>& routes, const LabelValues& labels,
                        bool critical) {
  std::string full;
  AlertGroup* first = nullptr;
  for (const Route* route : routes) {
    AlertGroup& group = group_for(*route, labels, critical);
    Alert* const known = alerts_.find(arrival.alert);
    std::string no_room_for_it = no_room(group, known);
    if (!no_room_for_it.empty()) {
      full = std::move(no_room_for_it);
      count_only(group);
      continue;
    }
    if (first == nullptr) failing(arrival);
    arrival.is_noted = true;
    arrival.steps.add(Stage::routing, route_words(*route));
    join(group, *alerts_.find(arrival.alert), pending_of(arrival));
    if (first == nullptr) first = &group;
  }
  if (first == nullptr) return count_failure(arrival, std::move(full));
  const Time at = arrival.was_hidden ? std::max(*first->news_at, not_before(*first)) : *first->news_at;
  wait(arrival, Stage::grouping,
       "waits in group " + hex(first->key) + " (" + first->words + ") until " + runneriq::to_text(at),
       hex(first->key));
  begin_inhibiting(arrival);
}

// It may hide others, unless it is over already.
void NoiseStages::begin_inhibiting(const Arrival& arrival) {
  settle_if_green(*alerts_.find(arrival.alert));
  Alert* const alert = alerts_.find(arrival.alert);
  if (alert == nullptr || !alert->firing || alert->inhibits != 0) return;
  const Classified latest = alert->latest.unpacked();
  inhibit(*alert, latest);
  alert->first_heard = clock_;
  alert->began = alert->inhibits;
  if (arrival.was_hidden) return;
  hide_late(*alert, latest);
  if (may_be_explained(latest)) young_.fires(arrival.alert, latest, clock_);
}

// By an inhibitor that is heard of a little later.
void NoiseStages::restore_young(const Alert& alert) {
  for (const Membership& membership : alert.memberships) {
    if (std::ranges::any_of(membership.untold, &Pending::was_hidden)) return;
  }
  const Classified latest = alert.latest.unpacked();
  if (may_be_explained(latest)) young_.fires(alert.key, latest, alert.first_heard);
}

void NoiseStages::count_failure(Arrival& arrival, std::string why) {
  Alert* const known = alerts_.find(arrival.alert);
  if (known != nullptr) note(*known, arrival);
  suppress(arrival, Stage::grouping, std::move(why));
}

// Told to the route as failing, at this severity or a worse one, within the cooldown.
Membership* NoiseStages::told_lately(Alert* alert, const Route& route, Severity severity) {
  if (alert == nullptr || !alert->firing) return nullptr;
  for (Membership& one : alert->memberships) {
    if (!one.told || one.told_severity > severity || clock_ >= *one.told + rules_.cooldown) continue;
    if (groups_.find(one.group)->route == &route) return &one;
  }
  return nullptr;
}

void NoiseStages::fail_again(Alert& alert, Membership& membership) {
  if (std::exchange(membership.again, true)) return;
  alerts_.changed(alert);
  AlertGroup& group = *groups_.find(membership.group);
  if (sums_up(*group.route, group.critical)) return news(group);
  if (group.route->repeat <= Duration::zero()) return;
  const Time at = route_clock().allowed(group, std::max(clock_, *membership.told + group.route->repeat));
  if (group.repeat_at && *group.repeat_at <= at) return;
  group.repeat_at = at;
  groups_.changed(group);
  reschedule(group);
}

AlertGroup& NoiseStages::group_for(const Route& route, const LabelValues& labels, bool critical) {
  const std::uint64_t key = group_key(route, labels, critical);
  if (AlertGroup* const known = groups_.find(key)) return *known;
  const bool is_full = groups_.size() >= rules_.bounds.groups;
  const std::uint64_t common = start(route, critical).add("others").value();
  if (AlertGroup* const known = is_full ? groups_.find(common) : nullptr) return *known;
  AlertGroup& group = groups_.add(is_full ? common : key, route);
  group.words = is_full ? "others of route " + printable(route.path) : group_words(route, labels, critical);
  group.critical = critical;
  groups_.changed(group);
  return group;
}

// Why a failure can only be counted; "" = there is room. `alert` is null for one that is not known.
std::string NoiseStages::no_room(const AlertGroup& group, const Alert* alert) const {
  const Bounds& bounds = rules_.bounds;
  if (static_cast<std::size_t>(group.untold) >= bounds.events_per_message)
    return "counted only: more than " + std::to_string(bounds.events_per_message) +
           " since the last message of this group";
  if (untold_ >= bounds.events && group.untold > 0)
    return "counted only: more than " + std::to_string(bounds.events) +
           " failures wait, and this group has one of them";
  if (alert == nullptr && alerts_.size() >= bounds.alerts && group.members > 0)
    return "counted only: more than " + std::to_string(bounds.alerts) +
           " alerts are known, and this group has one of them";
  return "";
}

void NoiseStages::count_only(AlertGroup& group) {
  ++group.counted;
  groups_.changed(group);
  news(group);
}

void NoiseStages::join(AlertGroup& group, Alert& alert, Pending pending) {
  Membership* membership = alert.membership(group.key);
  if (membership == nullptr) {
    membership = &alert.memberships.emplace_back(Membership{.group = group.key});
    group.alerts.push_back(alert.key);
    ++group.members;
  }
  if (alert.firing) membership->green = false;
  if (pending.was_hidden) membership->not_before = not_before(group);
  alerts_.index(alert, pending.commit);
  membership->untold.push_back(std::move(pending));
  ++group.untold;
  ++untold_;
  alerts_.changed(alert);
  groups_.changed(group);
  reschedule(alert);
  news(group, membership->not_before);
}

// When the group tells what was hidden until now: no sooner than it would without the other members.
Time NoiseStages::not_before(const AlertGroup& group) const {
  if (group.critical || sums_up(*group.route, group.critical)) return {};
  return clock_ + group.route->wait;
}

void NoiseStages::leave(Alert& alert, std::uint64_t group_key) {
  std::erase_if(alert.memberships, [&](const Membership& one) { return one.group == group_key; });
  alerts_.changed(alert);
  AlertGroup& group = *groups_.find(group_key);
  --group.members;
  groups_.changed(group);
  if (!flushing_) close_if_empty(group);
}

// There is something to tell.
void NoiseStages::news(AlertGroup& group, Time not_before) {
  if (group.news_at && sums_up(*group.route, group.critical)) return;
  const RouteClock clock = route_clock();
  Time at = clock.for_news(group, clock_);
  if (not_before > at) at = clock.allowed(group, not_before);
  if (group.news_at && *group.news_at <= at) return;
  group.news_at = at;
  groups_.changed(group);
  reschedule(group);
}

void NoiseStages::close_if_empty(AlertGroup& group) {
  if (group.members > 0 || group.counted > 0) return;
  group.messages = 0;
  group.news_at.reset();
  group.repeat_at.reset();
  group.alerts.clear();
  reschedule(group);
  if (const auto at = closes_at(group); at && *at > clock_) return;
  timetable_.move(Timetable::Of::group, group.key, group.scheduled, std::nullopt);
  groups_.remove(group);
}

void NoiseStages::reschedule(AlertGroup& group) {
  timetable_.move(Timetable::Of::group, group.key, group.scheduled, alerting::due(group));
}

void NoiseStages::wake(std::uint64_t key) {
  drop_unwanted(*groups_.find(key));
  AlertGroup* const left = groups_.find(key);
  if (left == nullptr) return;
  AlertGroup& group = *left;
  const bool has_news = group.news_at && *group.news_at <= clock_;
  const bool has_repeat = group.repeat_at && *group.repeat_at <= clock_;
  if (has_news || has_repeat) return flush(group, has_repeat);
  close_if_empty(group);
}

}  // namespace runneriq::alerting
