#include "scheduler/admission.hpp"

#include "core/overloaded.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>
#include <span>
#include <tuple>
#include <utility>

namespace runneriq::scheduler {
namespace {

// Section 5's age cap, after which the oldest job of MEDIUM and LOW would go first, needs no
// code here: by then escalation has made the job CRITICAL.
constexpr Duration kAgeCap = std::chrono::hours{2};
static_assert(kCriticalAfter <= kAgeCap);

// A stored duration beyond this is no duration; the bound keeps sums in range.
constexpr Duration kLongestBelieved = std::chrono::days{365};

Duration believed(Duration duration) {
  return std::clamp(duration, Duration::zero(), kLongestBelieved);
}

// ---- order --------------------------------------------------------------------------------

// A job that arrived in the future, because the clock was set back, has not waited here yet.
Duration waited(const HeldJob& job, Time now) {
  const Duration here = now > job.arrived ? now - job.arrived : Duration::zero();
  return believed(job.queued_in_gitlab) + here;
}

JobClass effective_class(const HeldJob& job, Time now) {
  return escalated(job.job_class, waited(job, now));
}

double comparable(double score) {
  return std::isnan(score) ? 0 : score;
}

// ---- expected start -----------------------------------------------------------------------

// When a running job is taken to end: by its median, when it outlived that by its p90, then
// at any moment.
Time expected_end(const RunningJob& job, Time now) {
  const Time started = std::min(job.started, now);
  const Time usually = started + believed(job.expected.median);
  if (usually > now) return usually;
  return std::max(now, started + believed(job.expected.p90));
}

using Earliest = std::priority_queue<Time, std::vector<Time>, std::greater<>>;

// When each slot falls free for the queue. Where more jobs run than there are slots, the
// first to end free none.
Earliest slots_fall_free(const HostQueue& queue, Time now) {
  const auto slots = static_cast<std::size_t>(queue.slots);
  Earliest ends;
  for (const RunningJob& job : queue.running) ends.push(expected_end(job, now));
  while (ends.size() > slots) ends.pop();
  while (ends.size() < slots) ends.push(now);
  return ends;
}

std::optional<Time> expected_start(const HostQueue& queue, std::span<const HeldJob> ordered,
                                   std::size_t position, Time now) {
  if (queue.slots <= 0 || position == 0 || position > ordered.size() + 1) return std::nullopt;
  Earliest free = slots_fall_free(queue, now);
  for (const HeldJob& ahead : ordered.first(position - 1)) {
    const Time start = free.top();
    free.pop();
    free.push(start + believed(ahead.expected));
  }
  return free.top();
}

// ---- the standing of one job --------------------------------------------------------------

Duration bound_of(const HeldJob& job) {
  return std::max(job.hold_until - job.arrived, Duration::zero());
}

// The end of the hold, never further away than the bound, even when the clock was set back.
Time end_of_hold(const HeldJob& job, Time now) {
  return std::min(job.hold_until, now + bound_of(job));
}

// Set back by more than the bound, the clock tells nothing of how long the job was held; it
// must not wait for that time to come again.
bool clock_unusable(const HeldJob& job, Time now) {
  return job.arrived - now > bound_of(job);
}

std::optional<Bypassed> hold_is_over(const HeldJob& job, Time now) {
  if (bound_of(job) == Duration::zero()) return Bypassed{"no slot is free and it is not to be held"};
  if (now >= job.hold_until) return Bypassed{"held for its bound of " + to_reading(bound_of(job))};
  if (clock_unusable(job, now)) return Bypassed{"the clock was set back while it was held"};
  return std::nullopt;
}

std::string slots_text(const HostQueue& queue) {
  const std::string running = std::to_string(queue.running.size());
  const std::string slots = std::to_string(queue.slots) + (queue.slots == 1 ? " slot" : " slots");
  if (std::cmp_greater(queue.running.size(), queue.slots)) return running + " jobs on " + slots;
  if (queue.slots == 1 && queue.running.size() == 1) return "the only slot is busy";
  return running + " of " + slots + " busy";
}

std::string title(const HeldJob& job, Time now) {
  return std::string(to_text(effective_class(job, now))) + " " + printable(job.job_name, 60) + ", job " +
         std::to_string(job.key.job.value());
}

std::string ahead_text(std::span<const HeldJob> ahead, Time now) {
  if (ahead.empty()) return "next in line";
  if (ahead.size() == 1) return "1 job ahead (" + title(ahead.front(), now) + ")";
  return std::to_string(ahead.size()) + " jobs ahead (first " + title(ahead.front(), now) + ")";
}

Held held(const HostQueue& queue, std::span<const HeldJob> ordered, std::size_t position, Time now) {
  const HeldJob& job = ordered[position - 1];
  Held answer;
  answer.position = position;
  answer.queue_length = ordered.size();
  answer.effective_class = effective_class(job, now);
  answer.reason = job.green && waits_for_green(job, now)
                      ? job.green->why
                      : slots_text(queue) + ", " + ahead_text(ordered.first(position - 1), now);
  answer.hold_until = end_of_hold(job, now);
  answer.expected_start = expected_start(queue, ordered, position, now);
  if (answer.expected_start && waits_for_green(job, now)) {
    answer.expected_start = std::max(*answer.expected_start, job.green->until);
  }
  if (answer.expected_start) answer.expected_start = std::min(*answer.expected_start, answer.hold_until);
  return answer;
}

// A job that does not wait: either it runs already, or the queue lost it and it just runs.
Admission without_place(const HostQueue& queue, const JobKey& key) {
  const bool runs = std::any_of(queue.running.begin(), queue.running.end(),
                                [&](const RunningJob& job) { return job.key == key; });
  if (runs) return Granted{"it has its slot already"};
  return Bypassed{"it has no place in this host's queue"};
}

Admission standing(const HostQueue& queue, std::span<const HeldJob> ordered, std::size_t position, Time now) {
  const bool may_start = !waits_for_green(ordered[position - 1], now);
  if (may_start && position <= free_slots(queue)) return Granted{"a slot is free"};
  if (auto bypassed = hold_is_over(ordered[position - 1], now)) return *std::move(bypassed);
  return held(queue, ordered, position, now);
}

std::string when_text(const Held& held, Time now) {
  const std::string latest = "at the latest in " + to_reading(held.hold_until - now);
  if (!held.expected_start || *held.expected_start >= held.hold_until) return "starts " + latest;
  if (*held.expected_start <= now) return "expected start at any moment, " + latest;
  return "expected start in " + to_reading(*held.expected_start - now) + ", " + latest;
}

}  // namespace

std::string describe(const Admission& admission, Time now) {
  return std::visit(
      Overloaded{[](const Granted& granted) { return "admitted: " + granted.reason; },
                 [](const Bypassed& bypassed) { return "runs without a slot: " + bypassed.reason; },
                 [&](const Held& held) {
                   return "position " + std::to_string(held.position) + " of " +
                          std::to_string(held.queue_length) + ", " +
                          std::string(to_text(held.effective_class)) + ", " + held.reason + ", " +
                          when_text(held, now);
                 }},
      admission);
}

Duration hold_bound(Duration max_hold, std::optional<std::chrono::seconds> job_timeout) {
  max_hold = std::max(max_hold, Duration::zero());
  if (!job_timeout || *job_timeout <= std::chrono::seconds::zero()) return max_hold;
  const std::chrono::seconds timeout = std::min<std::chrono::seconds>(*job_timeout, std::chrono::years{100});
  return std::min(max_hold, Duration{timeout} / 4);
}

std::vector<HeldJob> in_order(std::vector<HeldJob> held, Time now) {
  std::sort(held.begin(), held.end(),
            [now](const HeldJob& a, const HeldJob& b) { return goes_before(a, b, now); });
  return held;
}

bool waits_for_green(const HeldJob& job, Time now) {
  return job.green && now < job.green->until && now < job.hold_until && !clock_unusable(job, now) &&
         effective_class(job, now) >= JobClass::medium;
}

bool goes_before(const HeldJob& a, const HeldJob& b, Time now) {
  const bool a_waits = waits_for_green(a, now);
  if (a_waits != waits_for_green(b, now)) return !a_waits;
  const JobClass class_of_a = effective_class(a, now);
  const JobClass class_of_b = effective_class(b, now);
  if (class_of_a != class_of_b) return class_of_a < class_of_b;
  if (class_of_a <= JobClass::high) {
    if (comparable(a.score) != comparable(b.score)) return comparable(a.score) > comparable(b.score);
  } else if (believed(a.expected) != believed(b.expected)) {
    return believed(a.expected) < believed(b.expected);
  }
  return std::tie(a.key.job, a.key.gitlab, a.attempt) < std::tie(b.key.job, b.key.gitlab, b.attempt);
}

Admission decide(const HostQueue& queue, const JobKey& key, Time now) {
  if (queue.slots <= 0) return Granted{"no limit on this host"};
  const std::vector<HeldJob> ordered = in_order(queue.held, now);
  const auto job =
      std::find_if(ordered.begin(), ordered.end(), [&](const HeldJob& j) { return j.key == key; });
  if (job == ordered.end()) return without_place(queue, key);
  return standing(queue, ordered, static_cast<std::size_t>(job - ordered.begin()) + 1, now);
}

Admission decide_in_order(const HostQueue& queue, std::size_t position, Time now) {
  if (queue.slots <= 0) return Granted{"no limit on this host"};
  return standing(queue, queue.held, position, now);
}

std::size_t free_slots(const HostQueue& queue) {
  const auto slots = static_cast<std::size_t>(std::max(queue.slots, 0));
  return slots - std::min(slots, queue.running.size());
}

std::optional<Time> expected_start(const HostQueue& queue, std::size_t position, Time now) {
  return expected_start(queue, in_order(queue.held, now), position, now);
}

}  // namespace runneriq::scheduler
