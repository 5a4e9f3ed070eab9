// Events come in, verdicts go out.
#include "alerting/noise_stages.hpp"
#include "alerting/verdict_words.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::alerting {
namespace {

constexpr Duration kEvidence = std::chrono::days{90};  // how old an end may be to tell of flakiness

}  // namespace

NoiseStages::NoiseStages(NoiseRules rules, const TimeZones& zones, NoiseSink& sink)
    : rules_(std::move(rules)),
      zones_(zones),
      sink_(sink),
      classifier_(rules_.classifier),
      detector_(rules_.flaky, rules_.outages),
      inhibitors_(rules_.inhibition),
      ends_(rules_.bounds.seen) {}

std::int64_t NoiseStages::take(Event event, Time now) {
  advance(now);
  const std::int64_t number = ++totals_.events;
  counters_changed_ = true;
  if (event.time > clock_ + rules_.bounds.ahead) event.time = clock_;
  switch (outcome_of(event)) {
    case Outcome::failed:
      take_failure(std::move(event), number);
      break;
    case Outcome::passed:
      take_pass(std::move(event), number);
      break;
    case Outcome::neither:
      ++totals_.others;
      break;
  }
  advance(now);
  return number;
}

void NoiseStages::take_failure(Event event, std::int64_t number) {
  ++totals_.failures;
  const auto before = ends_.told_before(end_key(event, Outcome::failed), number);
  Arrival arrival = arrival_of(classifier_.classify(std::move(event)), number);
  if (before) return suppress(arrival, Stage::intake, told_before_words(arrival.event.event, *before));

  const Duration age = clock_ - arrival.event.event.time;
  const FlakyVerdict verdict = age <= kEvidence ? flaky_verdict(arrival.event) : FlakyVerdict{};
  const Duration oldest = rules_.bounds.oldest;
  if (oldest > Duration::zero() && age > oldest)
    return suppress(arrival, Stage::intake, old_words(age, oldest));
  arrival.steps.add(Stage::intake, taken_words(arrival.event));
  judge(std::move(arrival), verdict);
}

void NoiseStages::take_pass(Event event, std::int64_t number) {
  ++totals_.passes;
  if (ends_.told_before(end_key(event, Outcome::passed), number)) return;
  const std::uint64_t subject = subject_key(event), commit = commit_key(event);
  // What may fail proves nothing for what must not.
  const bool may_fail = event.allow_failure;
  const std::int64_t pipeline = event.pipeline_id;
  const Green green = greens_.passed(event, subject, may_fail ? 0 : commit);
  reports_.take(event);
  if (clock_ - event.time <= kEvidence)
    detector_.passed(Classified{.event = std::move(event), .outcome = Outcome::passed});
  if (!may_fail) passed_on_commit(green);
  passed_subject(green, pipeline);
}

NoiseStages::Arrival NoiseStages::arrival_of(Classified event, std::int64_t number) const {
  const std::uint64_t subject = subject_key(event.event), alert = alert_key(subject, event);
  const std::uint64_t commit = commit_key(event.event);
  return {.event = std::move(event), .number = number, .subject = subject, .alert = alert, .commit = commit};
}

// One that was kept, and goes on.
NoiseStages::Arrival NoiseStages::arrival_of(const Alert& alert, Pending pending) const {
  return {.event = pending.event.unpacked(),
          .number = pending.number,
          .subject = alert.subject,
          .alert = alert.key,
          .commit = pending.commit,
          .steps = std::move(pending.steps),
          .is_noted = true,
          .was_flaky = alert.was_flaky,
          .was_hidden = pending.was_hidden,
          .standing = Standing{},
          .packed = pending.event};
}

void NoiseStages::decide(const Verdict& verdict, std::optional<Standing> before, const Classified& event) {
  if (before) count(*before, -1);
  count({verdict.fate, verdict.stage}, 1);
  counters_changed_ = true;
  sink_.decided(verdict, &event);
}

void NoiseStages::count(const Standing& standing, int by) {
  switch (standing.fate) {
    case Fate::waiting:
      totals_.waiting += by;
      break;
    case Fate::sent:
      totals_.sent += by;
      break;
    case Fate::suppressed:
      totals_.suppressed.at(static_cast<std::size_t>(standing.stage)) += by;
      break;
  }
}

void NoiseStages::suppress(Arrival& arrival, Stage stage, std::string reason) {
  arrival.steps.add(stage, reason);
  const Verdict verdict{.event = arrival.number,
                        .fate = Fate::suppressed,
                        .stage = stage,
                        .reason = std::move(reason),
                        .steps = arrival.steps.all(),
                        .group = {},
                        .notification = {}};
  decide(verdict, arrival.standing, arrival.event);
  arrival.standing = Standing{Fate::suppressed, stage};
}

void NoiseStages::suppress(const Pending& pending, Standing before, Stage stage, std::string reason) {
  Steps steps = pending.steps;
  steps.add(stage, reason);
  const Verdict verdict{.event = pending.number,
                        .fate = Fate::suppressed,
                        .stage = stage,
                        .reason = std::move(reason),
                        .steps = steps.all(),
                        .group = {},
                        .notification = {}};
  decide(verdict, before, pending.event.unpacked());
}

// What it waits for is no step yet: the last word is still to come.
void NoiseStages::wait(Arrival& arrival, Stage stage, std::string reason, std::string group) {
  Verdict verdict{.event = arrival.number,
                  .fate = Fate::waiting,
                  .stage = stage,
                  .reason = std::move(reason),
                  .steps = arrival.steps.all(),
                  .group = std::move(group),
                  .notification = {}};
  verdict.steps.push_back({stage, verdict.reason});
  decide(verdict, arrival.standing, arrival.event);
  arrival.standing = Standing{};
}

}  // namespace runneriq::alerting
