// Stage two: what nobody wants to hear of, and what another failure explains.
#include "alerting/noise_stages.hpp"
#include "alerting/verdict_words.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::alerting {
namespace {

bool may_be_hidden(const Classified& event) {
  switch (event.event.kind) {
    case EventKind::runner:
    case EventKind::audit:
    case EventKind::lease:
    case EventKind::budget:
      return false;
    default:
      return event.severity != Severity::critical;
  }
}

}  // namespace

void NoiseStages::go_on(Arrival arrival) {
  const LabelValues labels{arrival.event};
  Alert* const alert = alerts_.find(arrival.alert);
  if (auto words = unwanted(labels)) {
    if (alert != nullptr) note(*alert, arrival);
    return suppress(arrival, Stage::suppression, *std::move(words));
  }
  if (alert != nullptr && is_late(*alert, arrival.event.event.time))
    return suppress(arrival, Stage::routing, late_words(alert->resolved));
  if (may_be_hidden(arrival.event)) {
    const auto inhibitor = inhibitors_.inhibitor_of(arrival.event);
    if (inhibitor && inhibitor->alert != arrival.alert) return hide(arrival, *inhibitor);
  }
  arrival.steps.add(Stage::suppression, "no rule, silence or other failure hides it");
  route(arrival, labels);
}

// Why the labels are not to be told; none = they are.
std::optional<std::string> NoiseStages::unwanted(const LabelValues& labels) const {
  for (const SuppressionRule& rule : rules_.suppression)
    if (rule.enabled && rule.match.match(labels)) return rule_words(rule);
  for (const Silence& silence : silences_)
    if (silence.holds(clock_) && silence.match.match(labels)) return silence_words(silence);
  return std::nullopt;
}

// An alert that nobody has heard of, nor will soon, waits for the end of its inhibitor.
void NoiseStages::hide(Arrival& arrival, const Inhibitor& inhibitor) {
  Alert* alert = alerts_.find(arrival.alert);
  const bool is_known = alert != nullptr && (alert->was_told() || alert->has_untold());
  const bool has_room = alert != nullptr || alerts_.size() < rules_.bounds.alerts;
  Pending newest = pending_of(arrival);
  suppress(arrival, Stage::suppression, "hidden: " + inhibitor.words);
  if (!has_room) return;
  if (is_known) return note(*alert, arrival);
  alert = &failing(arrival);
  set_hiding(*alert, inhibitor, std::move(newest));
  settle_if_green(*alert);
}

void NoiseStages::set_hiding(Alert& alert, const Inhibitor& inhibitor, Pending newest) {
  const bool is_same = alert.hiding && alert.hiding->by == inhibitor.alert;
  const Event hidden = newest.event.unpacked().event;
  alerts_.index(alert, newest.commit);
  newest.steps.add(Stage::suppression, "hidden: " + inhibitor.words);
  alert.hiding =
      std::make_unique<Hiding>(Hiding{.by = inhibitor.alert,
                                      .words = inhibitor.words,
                                      .over = over_words(inhibitor, hidden),
                                      .for_good = inhibitor.kind == Inhibitor::Kind::default_branch,
                                      .newest = std::move(newest)});
  alerts_.changed(alert);
  Alert* const by = alerts_.find(inhibitor.alert);
  if (by != nullptr && !is_same) by->hides.push_back(alert.key);
}

// What it is known for as an inhibitor is its last failure alone, so that it can be restored.
void NoiseStages::inhibit(Alert& alert, const Classified& latest) {
  if (alert.inhibits != 0) inhibitors_.resolves(alert.key);
  alert.inhibits = ++inhibitions_;
  inhibitors_.fires(alert.key, latest);
  alerts_.changed(alert);
}

void NoiseStages::stop_inhibiting(Alert& alert) {
  if (std::exchange(alert.inhibits, 0) == 0) return;
  inhibitors_.resolves(alert.key);
  const std::uint64_t by = alert.key;
  const bool is_green = !alert.why_resolved.empty();
  std::vector<std::uint64_t> hidden = std::exchange(alert.hides, {});
  std::ranges::sort(hidden);
  for (const std::uint64_t key : hidden) {
    Alert* const one = alerts_.find(key);
    if (one != nullptr && one->firing && one->hiding && one->hiding->by == by) reconsider(*one, is_green);
  }
}

// Its inhibitor is over: another one hides it, or it is told like a new one, unless what it failed by is
// green.
void NoiseStages::reconsider(Alert& hidden, bool is_green) {
  Hiding hiding = std::move(*std::exchange(hidden.hiding, nullptr));
  alerts_.changed(hidden);
  if (hiding.for_good && is_green) return;
  hiding.newest.was_hidden = true;
  const Classified event = hiding.newest.event.unpacked();
  const auto inhibitor = inhibitors_.inhibitor_of(event);
  if (inhibitor && inhibitor->alert != hidden.key)
    return set_hiding(hidden, *inhibitor, std::move(hiding.newest));
  Arrival arrival = arrival_of(hidden, std::move(hiding.newest));
  arrival.standing = Standing{Fate::suppressed, Stage::suppression};
  arrival.steps.add(Stage::suppression, "no longer hidden: " + hiding.over);
  route(arrival, LabelValues{arrival.event});
}

// What fired in the minute before its inhibitor was heard of, and is not told yet.
void NoiseStages::hide_late(const Alert& inhibitor, const Classified& event) {
  const std::uint64_t self = inhibitor.key;
  for (const std::uint64_t key : young_.explained_by(event, clock_)) {
    Alert* const alert = alerts_.find(key);
    if (alert == nullptr || key == self || !alert->firing || alert->was_told() || !alert->has_untold())
      continue;
    const Classified latest = alert->latest.unpacked();
    if (!may_be_hidden(latest)) continue;
    const auto found = inhibitors_.inhibitor_of(latest);
    if (found && found->alert == self) hide_untold(*alert, *found);
  }
}

void NoiseStages::hide_untold(Alert& alert, const Inhibitor& inhibitor) {
  const Pending* newest = nullptr;
  for (const Membership& membership : alert.memberships)
    if (!membership.untold.empty()) newest = &membership.untold.back();
  if (newest == nullptr || !alert.held.empty()) return;
  Pending kept = *newest;
  drop_untold(
      alert, [](const Pending&) { return true; }, Stage::suppression, "hidden: " + inhibitor.words);
  set_hiding(alert, inhibitor, std::move(kept));
  stop_inhibiting(alert);
}

}  // namespace runneriq::alerting
