#include "scheduler/sqlite/round.hpp"

#include "scheduler/host_state.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::scheduler {
namespace {

enum class Fate {
  stays,
  ends,  // the attempt is dead, its runner lives and may try the job again
  goes,
};

// Asks the probe once per runner: most places share theirs.
class Census {
 public:
  explicit Census(const LifeProbe& life) : life_(life) {}

  bool runner_lives(const ProcessIdentity& runner) {
    const auto known = std::ranges::find(runners_, runner, &std::pair<ProcessIdentity, bool>::first);
    if (known != runners_.end()) return known->second;
    return runners_.emplace_back(runner, life_.process_lives(runner)).second;
  }
  [[nodiscard]] bool prepare_lives(const Place& place) const { return life_.process_lives(place.prepare); }
  [[nodiscard]] bool attempt_lives(const Place& place) const { return life_.attempt_lives(place.attempt); }

 private:
  const LifeProbe& life_;
  std::vector<std::pair<ProcessIdentity, bool>> runners_;
};

// The clock may have been set back or forward since: then the place is given up early.
bool place_is_kept(const Place& place, Time now) {
  return place.left_at && std::chrono::abs(now - *place.left_at) <= kPlaceKept;
}

Fate fate_of(const Place& place, Time now, Census& census) {
  if (!census.runner_lives(place.runner)) return Fate::goes;
  if (place.state == PlaceState::left) return place_is_kept(place, now) ? Fate::stays : Fate::goes;
  return census.attempt_lives(place) ? Fate::stays : Fate::ends;
}

HeldJob held_job(const Place& place) {
  return {place.key,       place.attempt,          place.job_name,        place.score,
          place.job_class, place.queued_in_gitlab, place.expected.median, place.arrived,
          place.hold_until};
}

// Whoever has not taken the end of its hold is stopped or stuck; a free slot must not wait for it.
bool is_overdue(const Place& place, Time now) {
  constexpr Duration kLate = std::chrono::seconds{5};
  return now > place.hold_until + kLate;
}

void add_to(HostQueue& queue, const Place& place, const Census& census, Time now) {
  if (place.state == PlaceState::running) {
    queue.running.push_back({place.key, place.admitted_at.value_or(place.arrived), place.expected});
  } else if (place.state == PlaceState::held && census.prepare_lives(place) && !is_overdue(place, now)) {
    queue.held.push_back(held_job(place));
  }
}

Place new_place(const Asking& asking) {
  Place place;
  place.key = asking.request.key;
  place.attempt = asking.request.attempt;
  place.arrived = asking.now;
  place.expected = asking.expected.value_or(estimate({}));
  return place;
}

// A new attempt of a known job waits anew at the old place; a slot of the old one is given up.
void begin_attempt(Place& place, const AttemptId& attempt) {
  place.attempt = attempt;
  place.state = PlaceState::held;
  place.admitted_at.reset();
  place.left_at.reset();
}

Place own_place(const Place* known, const Asking& asking) {
  Place own = known != nullptr ? *known : new_place(asking);
  const bool same_attempt = own.attempt == asking.request.attempt;
  if (same_attempt && own.state == PlaceState::running) return own;
  if (!same_attempt || own.state == PlaceState::left) begin_attempt(own, asking.request.attempt);
  own.runner = asking.runner;
  own.prepare = asking.prepare;
  own.prepare.boot_id = asking.runner.boot_id;
  own.job_name = asking.request.history.job_name;
  own.score = asking.request.score;
  own.job_class = asking.request.job_class;
  own.queued_in_gitlab = asking.request.queued_in_gitlab;
  // When the clock was set back, the wait starts again rather than seeming negative.
  own.arrived = std::min(own.arrived, asking.now);
  own.hold_until = own.arrived + asking.request.max_hold;
  return own;
}

Held left_to_others(const Place& own, const HostQueue& queue, Time now) {
  const Duration waited = own.queued_in_gitlab + std::max(now - own.arrived, Duration::zero());
  return {.position = 1,
          .queue_length = queue.held.size(),
          .effective_class = escalated(own.job_class, waited),
          .reason = "others of this host go first",
          .expected_start = std::nullopt,
          .hold_until = own.hold_until};
}

AnswerInTurn decide_in_turn(const Place& own, HostQueue queue, Turn turn, Time now) {
  if (own.state == PlaceState::running) return {Granted{"the job already has its slot"}};
  if (turn == Turn::now) queue.held.clear();
  queue.held.push_back(held_job(own));
  Admission answer = decide(queue, own.key, now);
  const bool waits = turn == Turn::later && queue.slots > 0 && now < own.hold_until;
  if (!waits || !std::holds_alternative<Granted>(answer)) return {std::move(answer)};
  return {left_to_others(own, queue, now), true};
}

void take_place(Place& own, const Admission& answer, Time now) {
  if (own.state == PlaceState::running || std::holds_alternative<Held>(answer)) return;
  own.state = PlaceState::running;
  own.admitted_at = now;
}

}  // namespace

Round play_round(const std::vector<Place>& places, const Asking& asking, const LifeProbe& life) {
  Census census{life};
  Round round;
  HostQueue queue{.slots = asking.slots, .running = {}, .held = {}};
  const Place* known = nullptr;
  for (const Place& place : places) {
    const Fate fate = fate_of(place, asking.now, census);
    if (place.key == asking.request.key) {
      if (fate != Fate::goes) known = &place;
    } else if (fate == Fate::ends) {
      round.ended.push_back(place);
    } else if (fate == Fate::goes) {
      round.gone.push_back(place.key);
    } else {
      add_to(queue, place, census, asking.now);
    }
  }
  round.own = own_place(known, asking);
  AnswerInTurn answer = decide_in_turn(round.own, std::move(queue), asking.turn, asking.now);
  take_place(round.own, answer.admission, asking.now);
  round.answer = std::move(answer.admission);
  round.slot_left_to_others = answer.slot_left_to_others;
  round.own_changed = known == nullptr || round.own != *known;
  return round;
}

HostQueue living_queue(const std::vector<Place>& places, int slots, Time now, const LifeProbe& life) {
  Census census{life};
  HostQueue queue{.slots = slots, .running = {}, .held = {}};
  for (const Place& place : places) {
    if (fate_of(place, now, census) == Fate::stays) add_to(queue, place, census, now);
  }
  return queue;
}

}  // namespace runneriq::scheduler
