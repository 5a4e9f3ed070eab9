// A group's message: all of its news at once.
#include "alerting/noise_stages.hpp"
#include "alerting/stable_hash.hpp"
#include "alerting/verdict_words.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace runneriq::alerting {
namespace {

using std::ranges::any_of;

bool is_digest(const AlertGroup& group) {
  return sums_up(*group.route, group.critical);
}

// Of a message, apart from whether its alert has failed again meanwhile.
bool is_firing(const Alert& alert, const Membership& membership) {
  return alert.firing && !membership.green;
}

auto order_of(const Alert& alert, const Membership& membership) {
  return std::tuple{!is_firing(alert, membership), alert.severity, alert.since, alert.key};
}

}  // namespace

void NoiseStages::flush(AlertGroup& group, bool with_repeats) {
  flushing_ = true;
  const std::vector<Entry> all = members(group, with_repeats);
  std::vector<Entry> news;
  std::ranges::copy_if(all, std::back_inserter(news),
                       [](const Entry& entry) { return entry.what != Entry::What::nothing; });
  const auto known =
      std::ranges::find_if(all, [](const Entry& entry) { return entry.membership->untold.empty(); });
  if (news.empty() && group.counted > 0 && known != all.end()) news.push_back(*known);
  group.news_at.reset();
  groups_.changed(group);
  if (!news.empty()) tell(group, all, news);
  if (!news.empty() || all.empty()) group.counted = 0;
  plan_rest(group);
  plan_repeats(group);
  flushing_ = false;
  reschedule(group);
  close_if_empty(group);
}

// Silences that were made since, rules since they were changed, and what has failed since apply to what
// waits. The group may be another one after that, or none.
void NoiseStages::drop_unwanted(AlertGroup& group) {
  if (group.untold == 0 || group.critical) return drop_silenced(group);
  const std::uint64_t key = group.key;
  std::vector<std::uint64_t> members = group.alerts;
  std::ranges::sort(members);
  for (const std::uint64_t one : members) hide_explained(one);
  AlertGroup* const left = groups_.find(key);
  if (left != nullptr) drop_silenced(*left);
}

void NoiseStages::hide_explained(std::uint64_t key) {
  Alert* const alert = alerts_.find(key);
  if (alert == nullptr || !alert->firing || alert->was_told() || !alert->has_untold() || !alert->latest)
    return;
  const auto is_told = [](const Membership& one) { return any_of(one.untold, &Pending::told_elsewhere); };
  if (any_of(alert->memberships, is_told)) return;
  const Classified latest = alert->latest.unpacked();
  const auto found = inhibitors_.inhibitor_of(latest);
  if (!found || found->alert == key || alerts_.find(found->alert) == nullptr) return;
  // Runners are seen offline late, and pipelines end after their jobs; what else fails later explains
  // nothing.
  using Kind = Inhibitor::Kind;
  if (found->kind == Kind::runner || found->kind == Kind::pipeline) hide_untold(*alert, *found);
}

void NoiseStages::drop_silenced(AlertGroup& group) {
  const bool is_silent = any_of(silences_, [&](const Silence& one) { return one.holds(clock_); });
  if (group.untold == 0 || (!is_silent && other_rules_until_ == 0)) return;
  const std::uint64_t key = group.key;
  std::vector<std::uint64_t> members = group.alerts;
  std::ranges::sort(members);
  for (const std::uint64_t one : members) {
    Alert* const alert = alerts_.find(one);
    if (alert != nullptr) drop_unwanted(*alert, key, is_silent);
  }
}

void NoiseStages::drop_unwanted(Alert& alert, std::uint64_t group, bool is_silent) {
  const Membership* const membership = alert.membership(group);
  if (membership == nullptr) return;
  std::vector<std::pair<std::int64_t, std::string>> unwanted_ones;
  for (const Pending& pending : membership->untold) {
    if (!is_silent && pending.number > other_rules_until_) continue;
    const Classified event = pending.event.unpacked();
    if (auto words = unwanted(LabelValues{event}))
      unwanted_ones.emplace_back(pending.number, *std::move(words));
  }
  if (unwanted_ones.empty()) return;
  for (const auto& [number, words] : unwanted_ones)
    drop_untold(
        alert, [number](const Pending& pending) { return pending.number == number; }, Stage::suppression,
        words);
  if (!alert.has_untold() && !alert.was_told() && !alert.hiding) end(alert);
}

// In the order in which a message shows them.
std::vector<NoiseStages::Entry> NoiseStages::members(AlertGroup& group, bool with_repeats) {
  std::ranges::sort(group.alerts);
  group.alerts.erase(std::ranges::unique(group.alerts).begin(), group.alerts.end());
  std::vector<Entry> all;
  std::erase_if(group.alerts, [&](std::uint64_t key) {
    Alert* const alert = alerts_.find(key);
    Membership* const membership = alert == nullptr ? nullptr : alert->membership(group.key);
    if (membership == nullptr) return true;
    all.push_back({alert, membership, news_of(group, *alert, *membership, with_repeats)});
    return false;
  });
  std::ranges::sort(all, {}, [](const Entry& entry) { return order_of(*entry.alert, *entry.membership); });
  return all;
}

NoiseStages::Entry::What NoiseStages::news_of(const AlertGroup& group, const Alert& alert,
                                              const Membership& membership, bool with_repeats) const {
  if (membership.green) return Entry::What::green;
  if (!membership.untold.empty())
    return membership.not_before <= clock_ ? Entry::What::failure : Entry::What::nothing;
  if (!alert.firing || !membership.told) return Entry::What::nothing;
  if (is_digest(group)) return membership.again ? Entry::What::repeat : Entry::What::nothing;
  const bool is_due = with_repeats && clock_ >= *membership.told + group.route->repeat;
  return is_due && (membership.again || group.critical) ? Entry::What::repeat : Entry::What::nothing;
}

void NoiseStages::tell(AlertGroup& group, const std::vector<Entry>& members, const std::vector<Entry>& news) {
  const Notification told_as = notification_of(group, members, news, 0);
  const std::uint64_t id = StableHash{}
                               .add(group.key)
                               .add(group.route->path)
                               .add(group.route->receiver)
                               .add(to_text(told_as.reason))
                               .add(static_cast<std::uint64_t>(clock_.time_since_epoch().count()))
                               .add(static_cast<std::uint64_t>(++totals_.notifications))
                               .value();
  Notification notification = notification_of(group, members, news, id);
  for (const Entry& entry : news) notification.alerts.push_back(alert_entry(entry, notification));
  counters_changed_ = true;
  sink_.notify(notification);
  for (const Entry& entry : news) mark_told(group, entry, id);
  told(group, clock_);
}

Notification NoiseStages::notification_of(const AlertGroup& group, const std::vector<Entry>& members,
                                          const std::vector<Entry>& news, std::uint64_t id) const {
  const auto fires = [](const Entry& entry) { return is_firing(*entry.alert, *entry.membership); };
  const auto is_new = [](const Entry& entry) {
    return entry.what == Entry::What::failure && !entry.membership->told;
  };
  const auto is_again = [](const Entry& entry) { return entry.what != Entry::What::green; };
  Reason reason = Reason::resolved;
  if (any_of(news, is_again)) reason = Reason::repeat;
  if (any_of(news, is_new) || group.counted > 0) reason = Reason::new_member;
  if (group.messages == 0) reason = Reason::first;
  if (is_digest(group)) reason = Reason::digest;

  const bool some_fire = any_of(news, fires);
  Severity worst = Severity::info;
  for (const Entry& entry : news)
    if (!some_fire || fires(entry)) worst = std::min(worst, entry.alert->severity);
  const auto firing = std::ranges::count_if(members, fires);
  return {.id = hex(id),
          .time = clock_,
          .receiver = group.route->receiver,
          .route = group.route->path,
          .severity = worst,
          .reason = reason,
          .group = hex(group.key),
          .group_words = group.words,
          .alerts = {},
          .more = group.counted,
          .firing = static_cast<int>(firing),
          .resolved = static_cast<int>(std::ssize(members) - firing)};
}

AlertEntry NoiseStages::alert_entry(const Entry& entry, const Notification& notification) {
  Alert& alert = *entry.alert;
  Classified latest = alert.latest.unpacked();
  AlertEntry told{.alert = alert.key,
                  .firing = is_firing(alert, *entry.membership),
                  .severity = alert.severity,
                  .since = alert.since,
                  .resolved = alert.resolved,
                  .why_resolved = alert.why_resolved,
                  .failures = alert.failures,
                  .events = {},
                  .headline = std::move(latest.headline),
                  .was_flaky = alert.was_flaky};
  if (told.firing) {
    told.resolved = {};
    told.why_resolved.clear();
  }
  for (Pending& pending : entry.membership->untold) {
    Classified event = pending.event.unpacked();
    tell_event(alert, pending, notification, event);
    told.events.push_back(std::move(event.event));
  }
  std::ranges::stable_sort(told.events, {}, &Event::time);
  told.told_before = told.events.empty();
  if (told.told_before) told.events.push_back(std::move(latest.event));
  return told;
}

// The first message decides; those of other routes say the same again.
void NoiseStages::tell_event(Alert& alert, Pending& pending, const Notification& notification,
                             const Classified& event) {
  if (pending.told_elsewhere) return;
  for (Membership& other : alert.memberships)
    for (Pending& same : other.untold)
      if (same.number == pending.number) same.told_elsewhere = true;
  Verdict verdict{.event = pending.number,
                  .fate = Fate::sent,
                  .stage = Stage::grouping,
                  .reason = "told in message " + notification.id + " to " + notification.receiver + ": " +
                            std::string(to_text(notification.reason)),
                  .steps = pending.steps.all(),
                  .group = notification.group,
                  .notification = notification.id};
  verdict.steps.push_back({Stage::grouping, verdict.reason});
  decide(verdict, Standing{}, event);
}

void NoiseStages::mark_told(AlertGroup& group, const Entry& entry, std::uint64_t message) {
  Alert& alert = *entry.alert;
  Membership& membership = *entry.membership;
  const auto gone = membership.untold.size();
  group.untold -= static_cast<int>(gone);
  untold_ -= gone;
  membership.untold = {};
  alert.told_once = true;
  alerts_.changed(alert);
  alerts_.index_again(alert);
  if (is_firing(alert, membership)) {
    membership.told = clock_;
    membership.told_severity = alert.severity;
    membership.message = message;
    membership.again = false;
    if (gone > 0) alert.heard = clock_;
    return reschedule(alert);
  }
  leave(alert, group.key);
  if (!alert.is_over()) return;
  alert.heard = clock_;
  if (alerts_.size() > rules_.bounds.alerts / 2) return remove(alert);
  reschedule(alert);
}

// What was hidden waits longer than the others.
void NoiseStages::plan_rest(AlertGroup& group) {
  for (const std::uint64_t key : group.alerts) {
    Alert* const alert = alerts_.find(key);
    const Membership* const membership = alert == nullptr ? nullptr : alert->membership(group.key);
    if (membership != nullptr && !membership->untold.empty()) news(group, membership->not_before);
  }
}

// What was told, and fails still, is told again after a while.
void NoiseStages::plan_repeats(AlertGroup& group) {
  group.repeat_at.reset();
  if (is_digest(group) || group.route->repeat <= Duration::zero()) return;
  for (const std::uint64_t key : group.alerts) {
    Alert* const alert = alerts_.find(key);
    const Membership* const membership = alert == nullptr ? nullptr : alert->membership(group.key);
    if (membership == nullptr || !alert->firing || !membership->told) continue;
    if (!membership->again && !group.critical) continue;
    const Time at = route_clock().allowed(group, *membership->told + group.route->repeat);
    group.repeat_at = std::min(group.repeat_at.value_or(at), at);
  }
}

}  // namespace runneriq::alerting
