#include "carbon/fetching.hpp"

#include <algorithm>
#include <cmath>

namespace runneriq::carbon {
namespace {

constexpr Duration kLongestRetryAfter = std::chrono::days{1};
constexpr double kLeastBurst = 3;  // one call for each want
constexpr double kJitterShare = 0.25;
constexpr int kRefusalsThatCount = 2;

double burst(const FetchTerms& terms) {
  return std::max(terms.calls_per_hour / 4.0, kLeastBurst);
}

WantState& state_of(Channel& channel, Want want) {
  return channel.wants.at(static_cast<std::size_t>(want));
}

void set_back(std::optional<Time>& time, Duration by) {
  if (time) *time -= by;
}

// No time that is kept is of a moment after `tokens_at`, but for pauses. So when the clock stands before
// that it was set back, and all goes back with it.
void follow_clock(Channel& channel, Time now) {
  if (now >= channel.tokens_at) return;
  const Duration by = channel.tokens_at - now;
  for (WantState& state : channel.wants) {
    set_back(state.answered, by);
    set_back(state.not_before, by);
  }
  channel.tokens_at = now;
}

void refill(Channel& channel, const FetchTerms& terms, Time now) {
  follow_clock(channel, now);
  const double hours = std::chrono::duration<double, std::ratio<3600>>(now - channel.tokens_at).count();
  const double kept = std::isfinite(channel.tokens) ? channel.tokens : 0;
  channel.tokens = std::clamp(kept + hours * terms.calls_per_hour, 0.0, burst(terms));
  channel.tokens_at = now;
}

Duration interval(Want want, const FetchTerms& terms) {
  switch (want) {
    case Want::latest:
      return terms.latest_every;
    case Want::forecast:
      return terms.forecast_every;
    case Want::history:
      return terms.history_every;
  }
  return terms.latest_every;
}

bool is_due(const WantState& state, Duration every, Time now) {
  const bool paused = state.not_before && now < *state.not_before;
  return !paused && (!state.answered || now - *state.answered >= every);
}

std::vector<Want> wants_due(Channel& channel, const Provider& provider, const FetchTerms& terms, Time now) {
  std::vector<Want> wants;
  for (const Want want : {Want::latest, Want::forecast, Want::history}) {
    const bool asked = provider.offers(channel.key.zone, want);
    if (asked && is_due(state_of(channel, want), interval(want, terms), now)) wants.push_back(want);
  }
  std::stable_sort(wants.begin(), wants.end(), [&](Want a, Want b) {
    return state_of(channel, a).answered < state_of(channel, b).answered;  // never answered comes first
  });
  return wants;
}

// Doubles with each failure in a row.
Duration pause_after(int failures, const FetchTerms& terms) {
  Duration pause = terms.first_pause;
  for (int i = 1; i < failures && pause < terms.longest_pause; ++i) pause *= 2;
  return std::min(pause, terms.longest_pause);
}

Duration pause_of(const WantState& state, const FetchOutcome& outcome, const FetchTerms& terms) {
  Duration pause = pause_after(state.failures, terms);
  if (outcome.kind == FetchOutcome::Kind::absent) pause = std::max(pause, terms.latest_every);
  if (outcome.retry_after) pause = std::max(pause, std::min(*outcome.retry_after, kLongestRetryAfter));
  return pause;
}

Duration spread(Duration pause, double jitter) {
  const double share = kJitterShare * std::clamp(jitter, 0.0, 1.0);
  return pause + Duration{static_cast<Duration::rep>(static_cast<double>(pause.count()) * share)};
}

void not_before(WantState& state, Time when) {
  state.not_before = std::max(state.not_before, std::optional{when});
}

// What the key does not cover is left out, of this zone alone.
void leave_out(Channel& channel, Want want, const FetchTerms& terms, Time now) {
  WantState& state = state_of(channel, want);
  not_before(state, now + terms.refused_for);
  if (!channel.trouble.empty()) channel.trouble += "; ";
  channel.trouble += std::string(to_text(want)) + " of " + channel.key.zone.value() +
                     " is not asked for again before " + runneriq::to_text(*state.not_before);
}

void pause(Channel& channel, Want want, const FetchOutcome& outcome, Time until) {
  not_before(state_of(channel, want), until);
  const bool of_the_source = outcome.kind == FetchOutcome::Kind::throttled || outcome.retry_after;
  if (!of_the_source) return;
  for (WantState& state : channel.wants) not_before(state, until);
}

}  // namespace

Channel new_channel(ChannelKey key, const FetchTerms& terms, Time now) {
  return {.key = std::move(key), .tokens = burst(terms), .tokens_at = now, .wants = {}, .trouble = {}};
}

std::vector<Want> due(Channel& channel, const Provider& provider, const FetchTerms& terms, Time now) {
  refill(channel, terms, now);
  std::vector<Want> wants = wants_due(channel, provider, terms, now);
  const auto affordable = static_cast<std::size_t>(channel.tokens);
  if (wants.size() > affordable) wants.resize(affordable);
  channel.tokens -= static_cast<double>(wants.size());
  return wants;
}

void note(Channel& channel, Want want, const FetchOutcome& outcome, const FetchTerms& terms, Time now,
          double jitter) {
  using Kind = FetchOutcome::Kind;
  refill(channel, terms, now);
  WantState& state = state_of(channel, want);
  channel.trouble = outcome.trouble;
  if (outcome.kind == Kind::answered) {
    state = {.answered = now, .failures = 0, .refusals = 0, .not_before = std::nullopt};
    return;
  }
  ++state.failures;
  state.refusals = outcome.kind == Kind::refused ? state.refusals + 1 : 0;
  pause(channel, want, outcome, now + spread(pause_of(state, outcome, terms), jitter));
  if (state.refusals >= kRefusalsThatCount) leave_out(channel, want, terms, now);
}

}  // namespace runneriq::carbon
