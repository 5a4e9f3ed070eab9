// Admission on a host: who runs next, decided from the host's queue as data. Pure.
#pragma once

#include "core/id.hpp"
#include "core/time.hpp"
#include "scheduler/history.hpp"
#include "scheduler/job_class.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace runneriq::scheduler {

// Identity of a job in a host's queue: a retried prepare of the same job keeps its place.
struct JobKey {
  GitLabUrl gitlab;
  JobId job;
  friend auto operator<=>(const JobKey&, const JobKey&) = default;
  friend bool operator==(const JobKey&, const JobKey&) = default;
};

// What a stage asks admission for.
struct AdmissionRequest {
  JobKey key;
  AttemptId attempt;
  HistoryKey history;
  double score = 0;
  JobClass job_class = JobClass::low;
  Duration queued_in_gitlab{};  // before this host accepted it
  Duration max_hold{};          // 0 = never hold; see hold_bound()
};

// Cleaner power that a job waits for, though there may be a free slot.
struct GreenWait {
  Time until;
  std::string why;  // "waits until 14:15 UTC for cleaner power: 210 instead of 320 g/kWh in DE"
};

struct HeldJob {
  JobKey key;
  AttemptId attempt;
  std::string job_name;
  double score = 0;
  JobClass job_class = JobClass::low;  // before escalation
  Duration queued_in_gitlab{};
  Duration expected{};
  Time arrived;     // first attempt of this job on this host
  Time hold_until;  // bound of the hold: runs then, slot or not
  std::optional<GreenWait> green = {};
};

struct RunningJob {
  JobKey key;
  Time started;
  DurationEstimate expected;
};

// Living jobs only; dead owners have been reaped before.
struct HostQueue {
  int slots = 0;  // 0 = no limit
  std::vector<RunningJob> running;
  std::vector<HeldJob> held;
};

// Reasons are ready to be printed: text of jobs in them is escaped.
struct Granted {
  std::string reason;  // "a slot is free", "no limit on this host"
};
struct Bypassed {
  std::string reason;  // "held for its 10 min bound", "state file is locked": runs without a slot
};
struct Held {
  std::size_t position = 1;  // 1 = next
  std::size_t queue_length = 1;
  JobClass effective_class = JobClass::low;
  std::string reason;                  // "2 of 2 slots busy, 1 job ahead (CRITICAL deploy, job 4711)"
  std::optional<Time> expected_start;  // none when nothing can be estimated; not after hold_until
  Time hold_until;
};
using Admission = std::variant<Granted, Held, Bypassed>;

// One sentence for log, CLI and API:
// "position 2 of 3, HIGH, 2 of 2 slots busy, 1 job ahead (CRITICAL deploy, job 4711),
// expected start in 4 min 10 s, at the latest in 9 min".
std::string describe(const Admission& admission, Time now);

// A hold lasts at most `max_hold` and at most a quarter of the job's timeout; a timeout that is
// not positive is not known. Never negative.
Duration hold_bound(Duration max_hold, std::optional<std::chrono::seconds> job_timeout);

// Whether it waits for cleaner power at `now`: LOW or MEDIUM by then, within its hold, and that time is yet
// to come. Nobody waits behind such a job.
bool waits_for_green(const HeldJob& job, Time now);

// Held jobs in the order they run: those that wait for no cleaner power; then by class (escalated by queue
// time and hold); within CRITICAL and HIGH higher score, within MEDIUM and LOW shortest expected duration;
// then lower job id, then GitLab. Who waited for an hour is CRITICAL, so nobody needs an age cap to get ahead
// of shorter jobs. A job that arrived after `now` (clock set back) has not waited. A total order: the same
// queue gives the same order.
std::vector<HeldJob> in_order(std::vector<HeldJob> held, Time now);
// That order, of two jobs.
bool goes_before(const HeldJob& a, const HeldJob& b, Time now);

// The standing of `key` among `queue.held`:
// - Granted: no limit, or its position is within the free slots. The caller claims the slot.
// - Bypassed: no slot is free and its hold is over: `hold_until` has come, or is `arrived`
//   (never to be held), or `arrived` lies further ahead of `now` than the whole bound, so that
//   the clock was set back and would hold it for too long.
// - Held: else, and while it waits for cleaner power. More running jobs than slots leave no slot free.
// A key that is not held is Granted when it is running (it has its slot), else Bypassed.
Admission decide(const HostQueue& queue, const JobKey& key, Time now);
// The same of the job at `position` (1 = next) of a queue whose held jobs stand in their order already.
Admission decide_in_order(const HostQueue& queue, std::size_t position, Time now);
// Slots that no running job has; 0 where there is no limit.
std::size_t free_slots(const HostQueue& queue);

// When the job at `position` (1 = next, at most one behind the last) can be expected to start:
// slots fall free as running jobs and those ahead end by their expected durations; a job that
// outlives its estimate is taken to end at its p90, then at any moment (`now`). Never before
// `now`. Bounds of holds are not looked at. None without slots or for another position.
std::optional<Time> expected_start(const HostQueue& queue, std::size_t position, Time now);

}  // namespace runneriq::scheduler
