// Stage one: what may pass when it is run again waits for that.
#include "alerting/noise_stages.hpp"
#include "alerting/verdict_words.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::alerting {

void NoiseStages::judge(Arrival arrival, const FlakyVerdict& verdict) {
  const Event& event = arrival.event.event;
  const auto green = greens_.of_commit(arrival.commit, event.time);
  const bool is_later = green && (green->time > event.time || green->job_id > event.job_id);
  if (is_later && clears(*green, arrival.subject, arrival.event.severity) &&
      green->time - event.time <= rules_.flaky.same_commit)
    return suppress(arrival, Stage::flaky, retried_words(*green) + " before this failure was heard of");
  if (verdict.kind == FlakyVerdict::Kind::flaky && hold(arrival, verdict)) return;
  if (verdict.kind == FlakyVerdict::Kind::broken || verdict.tests > 0) release_all_held(arrival);
  arrival.steps.add(Stage::flaky, steady_words(verdict));
  go_on(std::move(arrival));
}

// A test report knows better than the job's own past which failures are flaky.
FlakyVerdict NoiseStages::flaky_verdict(const Classified& event) {
  FlakyVerdict verdict = detector_.failed(event);
  const auto failed = reports_.take(event.event);
  if (!failed || verdict.kind == FlakyVerdict::Kind::broken) return verdict;
  verdict.tests = failed->tests;
  verdict.kind = failed->flaky == failed->tests ? FlakyVerdict::Kind::flaky : FlakyVerdict::Kind::steady;
  verdict.until = event.event.time + rules_.flaky.hold;
  return verdict;
}

void NoiseStages::test_ended(const Event& job, std::string_view test, bool failed) {
  const Classified end = classifier_.classify(job);
  detector_.test_ended(end, test, failed);
  if (failed) reports_.failed(job, detector_.is_flaky_test(end, test));
}

// False: it cannot wait.
bool NoiseStages::hold(Arrival& arrival, const FlakyVerdict& verdict) {
  const Bounds& bounds = rules_.bounds;
  if (arrival.event.severity == Severity::critical || verdict.until <= clock_) return false;
  if (untold_ >= bounds.events || alerts_.size() >= bounds.alerts) return false;
  Alert& alert = failing(arrival);
  Pending pending = pending_of(arrival);
  std::string words = held_words(verdict);
  pending.steps.add(Stage::flaky, words);
  pending.until = verdict.until;
  alert.held.push_back(std::move(pending));
  alert.was_flaky = true;
  ++untold_;
  reschedule(alert);
  wait(arrival, Stage::flaky, std::move(words), "");
  settle_if_green(alert);
  return true;
}

// Those that wait no longer than `until`.
void NoiseStages::release_held(Alert& alert, Time until, std::string_view why) {
  std::vector<Arrival> released;
  for (Pending& pending : alert.held) {
    if (pending.until > until) continue;
    released.push_back(arrival_of(alert, std::exchange(pending, {})));
    released.back().was_flaky = true;
  }
  std::erase_if(alert.held, [](const Pending& pending) { return pending.number == 0; });
  untold_ -= released.size();
  reschedule(alert);
  const std::uint64_t key = alert.key;
  for (Arrival& arrival : released) {
    arrival.steps.add(Stage::flaky, why);
    go_on(std::move(arrival));
  }
  Alert* const left = alerts_.find(key);
  if (left != nullptr && !left->has_untold() && !left->was_told() && !left->hiding) end(*left);
}

// A further attempt has failed: what waits of its subject and its commit waits in vain.
void NoiseStages::release_all_held(const Arrival& broken) {
  std::vector<std::uint64_t> keys = alerts_.of_subject(broken.subject);
  const std::vector<std::uint64_t> same_commit = alerts_.of_commit(broken.commit);
  keys.insert(keys.end(), same_commit.begin(), same_commit.end());
  for (const std::uint64_t key : keys) {
    Alert* const alert = alerts_.find(key);
    if (alert != nullptr && !alert->held.empty()) release_held(*alert, Time::max(), "broken: failed again");
  }
}

// Anybody can push a branch at a commit: what passes there says nothing of a production ref.
bool NoiseStages::clears(const Green& green, std::uint64_t subject, Severity severity) {
  return green.subject == subject || severity > Severity::error;
}

void NoiseStages::passed_on_commit(const Green& green) {
  if (green.commit == 0) return;
  for (const std::uint64_t key : alerts_.of_commit(green.commit)) {
    Alert* const alert = alerts_.find(key);
    if (alert == nullptr || !clears(green, alert->subject, alert->severity)) continue;
    alert->failures -= drop_retried(*alert, green);
    const bool is_green = alert->commit == green.commit && alert->last_failure <= green.time;
    if (alert->was_told()) {
      if (is_green && alert->firing) resolve(*alert, green.time, green_words(green, true));
    } else if (!alert->has_untold() && !alert->hiding) {
      alert->why_resolved = green_words(green, true);
      end(*alert);
    }
  }
}

// Gives how many failures were not told, and need not be.
int NoiseStages::drop_retried(Alert& alert, const Green& green) {
  const auto is_retried = [&](const Pending& pending) {
    return pending.commit == green.commit && pending.time <= green.time &&
           green.time - pending.time <= rules_.flaky.same_commit;
  };
  int dropped = drop_untold(alert, is_retried, Stage::flaky, retried_words(green));
  if (alert.hiding && is_retried(alert.hiding->newest)) {
    suppress(alert.hiding->newest, Standing{Fate::suppressed, Stage::suppression}, Stage::flaky,
             retried_words(green));
    alert.hiding.reset();
    alerts_.changed(alert);
    ++dropped;
  }
  return dropped;
}

}  // namespace runneriq::alerting
