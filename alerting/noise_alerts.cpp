// Alerts begin, fail again, become green, are forgotten.
#include "alerting/noise_stages.hpp"
#include "alerting/verdict_words.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::alerting {
namespace {

// How long an alert that was told and is over is known, for failures of it that are heard of late.
constexpr Duration kLate = std::chrono::minutes{10};
constexpr std::size_t kFewKept = 4'000;      // events in memory; then the log's headline must do
constexpr std::size_t kMostExcerpt = 2'048;  // bytes

}  // namespace

std::size_t NoiseStages::most_excerpt() const {
  return alerts_.size() + untold_ < kFewKept ? kMostExcerpt : 0;
}

const PackedEvent& NoiseStages::packed(Arrival& arrival) const {
  if (!arrival.packed) arrival.packed = PackedEvent{arrival.event, most_excerpt()};
  return arrival.packed;
}

Pending NoiseStages::pending_of(Arrival& arrival) const {
  return {.number = arrival.number,
          .event = packed(arrival),
          .steps = arrival.steps,
          .time = arrival.event.event.time,
          .until = {},
          .commit = arrival.commit,
          .was_hidden = arrival.was_hidden};
}

// The alert of the failure, which it counts; one that was over begins anew. GitLab's hooks tell seconds: of a
// pass and a failure in the same one, that which was heard of later is the later.
Alert& NoiseStages::failing(Arrival& arrival) {
  Alert* const known = alerts_.find(arrival.alert);
  Alert& alert = known != nullptr ? *known : add_alert(arrival);
  const Time time = arrival.event.event.time;
  if (!alert.firing && time >= alert.resolved) {
    if (!alert.has_untold()) {
      alert.since = time;
      alert.failures = 0;
      alert.told_once = false;
    }
    alert.firing = true;
    alert.why_resolved.clear();
  }
  note(alert, arrival);
  alert.was_flaky = alert.was_flaky || arrival.was_flaky;
  return alert;
}

Alert& NoiseStages::add_alert(const Arrival& arrival) {
  Alert& alert = alerts_.add(arrival.alert, arrival.subject);
  alert.since = alert.last_failure = arrival.event.event.time;
  alert.first_heard = clock_;
  return alert;
}

void NoiseStages::note(Alert& alert, Arrival& arrival) {
  if (arrival.is_noted) return;
  const Time time = arrival.event.event.time;
  ++alert.failures;
  alert.heard = clock_;
  alert.since = std::min(alert.since, time);
  if (time >= alert.last_failure || !alert.latest) {
    alert.last_failure = time;
    alert.severity = arrival.event.severity;
    alert.latest = packed(arrival);
    alert.commit = arrival.commit;
    alerts_.index(alert, arrival.commit);
    if (alert.inhibits != 0) inhibit(alert, arrival.event);
  }
  alerts_.changed(alert);
  reschedule(alert);
}

// Of an alert whose failure and end have been told.
bool NoiseStages::is_late(const Alert& alert, Time time) const {
  return alert.told_once && alert.is_over() && time < alert.resolved;
}

// Also when the pass was heard of before the failure.
void NoiseStages::settle_if_green(Alert& alert) {
  if (!alert.firing) return;
  const auto green = greens_.of_subject(alert.subject, alert.last_failure);
  if (green)
    resolve(alert, green->time, green_words(*green, green->commit != 0 && green->commit == alert.commit));
}

// A pass of a pipeline that was made before the failure's says nothing of a commit that came after.
bool NoiseStages::is_outdated(std::int64_t pipeline, const Green& green, const Alert& alert) {
  if (pipeline == 0 || (green.commit != 0 && green.commit == alert.commit)) return false;
  return pipeline < alert.latest.unpacked().event.pipeline_id;
}

void NoiseStages::passed_subject(const Green& green, std::int64_t pipeline) {
  for (const std::uint64_t key : alerts_.of_subject(green.subject)) {
    Alert* const alert = alerts_.find(key);
    if (alert == nullptr || !alert->firing || alert->last_failure > green.time) continue;
    if (is_outdated(pipeline, green, *alert)) continue;
    resolve(*alert, green.time, green_words(green, green.commit != 0 && green.commit == alert->commit));
  }
}

void NoiseStages::resolve(Alert& alert, Time at, std::string why) {
  ++totals_.resolved;
  counters_changed_ = true;
  alert.firing = false;
  alert.resolved = at;
  alert.why_resolved = std::move(why);
  for (Membership& membership : alert.memberships) {
    if (!membership.told) continue;
    membership.told.reset();
    membership.again = false;
    membership.green = true;
    news(*groups_.find(membership.group));
  }
  drop_untold(
      alert, [](const Pending& pending) { return pending.was_hidden; }, Stage::suppression,
      alert.why_resolved + " before it was told: another failure had hidden it");
  end(alert);
}

// Not seen for long. That is no news: nobody knows whether it is green. What it hid stays hidden.
void NoiseStages::forget(Alert& alert) {
  alert.firing = false;
  alert.resolved = clock_;
  alert.why_resolved = "not seen for " + to_reading(forgotten_after(alert));
  alert.hides.clear();
  std::vector<std::uint64_t> groups;
  for (Membership& membership : alert.memberships) {
    membership.told.reset();
    groups.push_back(membership.group);
  }
  for (const std::uint64_t group : groups) leave(alert, group);
  end(alert);
}

// What is critical is on somebody's mind for longer.
Duration NoiseStages::forgotten_after(const Alert& alert) const {
  constexpr int kLonger = 7;
  return rules_.bounds.forgotten * (alert.severity == Severity::critical ? kLonger : 1);
}

// It hides nothing any more; what is to be told of it stays.
void NoiseStages::end(Alert& alert) {
  const bool was_told = alert.was_told();
  const std::uint64_t key = alert.key;
  alert.hiding.reset();
  if (!was_told && !alert.has_untold()) {
    alert.firing = false;
    stop_inhibiting(alert);
    return remove(alert);
  }
  alert.heard = std::max(alert.heard, clock_);
  alerts_.changed(alert);
  stop_inhibiting(alert);
  if (Alert* const left = alerts_.find(key)) reschedule(*left);
}

void NoiseStages::remove(Alert& alert) {
  timetable_.move(Timetable::Of::alert, alert.key, alert.scheduled, std::nullopt);
  alerts_.remove(alert);
}

std::optional<Time> NoiseStages::due(const Alert& alert) const {
  if (!alert.held.empty()) return std::ranges::min_element(alert.held, {}, &Pending::until)->until;
  if (alert.firing && alert.has_untold()) return std::nullopt;
  if (alert.firing) return alert.heard + forgotten_after(alert);
  return alert.is_over() ? std::optional{alert.heard + kLate} : std::nullopt;
}

void NoiseStages::reschedule(Alert& alert) {
  timetable_.move(Timetable::Of::alert, alert.key, alert.scheduled, due(alert));
}

void NoiseStages::wake(Alert& alert) {
  if (!alert.held.empty())
    return release_held(alert, clock_, "not green again within " + to_reading(rules_.flaky.hold));
  if (alert.firing) return forget(alert);
  remove(alert);
}

// Which of the failures that are not told yet need not be; gives how many.
int NoiseStages::drop_untold(Alert& alert, const Which& which, Stage stage, const std::string& reason) {
  std::vector<std::int64_t> dropped;
  const auto drop = [&](std::vector<Pending>& from) {
    for (const Pending& pending : from) {
      if (!which(pending) || pending.told_elsewhere) continue;
      if (std::ranges::find(dropped, pending.number) != dropped.end()) continue;
      suppress(pending, Standing{}, stage, reason);
      dropped.push_back(pending.number);
    }
    const auto gone = std::erase_if(from, which);
    untold_ -= gone;
    return static_cast<int>(gone);
  };
  drop(alert.held);
  std::vector<std::uint64_t> empty;
  for (Membership& membership : alert.memberships) {
    const int gone = drop(membership.untold);
    if (gone == 0) continue;
    AlertGroup& group = *groups_.find(membership.group);
    group.untold -= gone;
    groups_.changed(group);
    if (membership.untold.empty() && !membership.told && !membership.green) empty.push_back(group.key);
  }
  for (const std::uint64_t group : empty) leave(alert, group);
  if (!dropped.empty()) remember_untold(alert);
  return static_cast<int>(dropped.size());
}

// What is left of an alert that was not told is all that there is of it.
void NoiseStages::remember_untold(Alert& alert) {
  alerts_.changed(alert);
  reschedule(alert);
  if (alert.was_told()) return;
  std::vector<const Pending*> left;
  for (const Pending& pending : alert.held) left.push_back(&pending);
  for (const Membership& membership : alert.memberships)
    for (const Pending& pending : membership.untold) left.push_back(&pending);
  if (left.empty()) return;
  const auto [first, last] =
      std::ranges::minmax_element(left, {}, [](const Pending* one) { return one->time; });
  alert.since = (*first)->time;
  alert.last_failure = (*last)->time;
  alert.latest = (*last)->event;
  alert.commit = (*last)->commit;
  alerts_.index_again(alert);
  if (alert.inhibits != 0) inhibit(alert, alert.latest.unpacked());
}

}  // namespace runneriq::alerting
