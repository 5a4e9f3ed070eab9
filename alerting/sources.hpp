// Makers of events: from what GitLab says of jobs, by reading and by webhook, and from what the monitor,
// steering, the audit trail and the carbon ledger find. Pure. Texts are bounded as event.hpp says.
#pragma once

#include "alerting/event.hpp"
#include "carbon/summary.hpp"
#include "gitlab/fleet_reader.hpp"
#include "gitlab/webhook.hpp"
#include "scheduler/audit.hpp"
#include "scheduler/monitor.hpp"
#include "scheduler/steering.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::alerting {

// The jobs of `finished` that failed or passed, in the reading's order. A time that GitLab does not tell is
// that of the reading.
std::vector<Event> events_of(const gitlab::FleetReading& reading);

// None for what is no job's end. `gitlab` of the event is the address that the hook tells, which may be
// another one than the fleet is configured by. A time that is not told is `now`. The pipeline's source is not
// told by a hook.
std::optional<Event> event_of(const gitlab::Webhook& hook, Time now);

// Turns the conditions of the fleet, which are found anew in each tick, into events: one where a condition
// begins, one with status "resolved" (a runner: "online") where it ends, and one an hour while it lasts, the
// same but for its time. What is known is forgotten with the process: what lasts then is told again.
class FleetConditions {
 public:
  explicit FleetConditions(Duration retold = std::chrono::hours{1}) : retold_(retold) {}

  // Of each reading before the report that is made of it: names of projects and runners. Stuck jobs of a
  // GitLab of which nothing was heard since the report before neither end nor begin.
  void heard(const gitlab::FleetReading& reading);
  // - Runners that went offline, until they are back, or gone: runner_offline, runner_online.
  // - Runners that vanished while they were online, once: runner_offline with the reason "vanished".
  // - Stuck jobs: job_stuck, with the monitor's sentence as its excerpt. Their refs are not told.
  std::vector<Event> monitored(const scheduler::MonitorReport& report, Time now);
  // lease_expired: runners that could not be brought back to rest for too long, until one is. Told again as
  // steering says it again.
  std::vector<Event> steered(const scheduler::SteeringReport& report, Time now);
  // audit_broken: a trail that is broken or truncated. A torn tail is neither: all that is in it is good.
  std::vector<Event> audited(const scheduler::AuditVerdict& verdict, Time now);
  // budget_exceeded: those that are over; `budgets` are all there are.
  std::vector<Event> budgeted(std::span<const carbon::BudgetState> budgets, Time now);

 private:
  struct Condition {
    Event event;  // as first told
    Time told{};
  };
  using Key = std::pair<EventKind, std::string>;  // of conditions of one kind

  using IsOver = std::function<bool(const Key&, const Condition&)>;

  // It begins, or lasts: then it is told again when it is time.
  void holds(const Key& key, Event event, std::vector<Event>& events);
  void last(Condition& condition, Time now, std::vector<Event>& events) const;
  void end(const Key& key, Time now, std::vector<Event>& events);
  void end_where(const IsOver& is_over, Time now, std::vector<Event>& events);
  void change(const scheduler::RunnerChange& change, Time now, std::vector<Event>& events);
  [[nodiscard]] Event stuck_event(const scheduler::StuckJob& job, Time now) const;
  [[nodiscard]] std::string runner_name(const scheduler::RunnerKey& runner) const;

  Duration retold_;
  std::map<Key, Condition> lasting_;
  std::map<std::pair<GitLabUrl, ProjectId>, std::string> projects_;     // to full path
  std::map<std::pair<GitLabUrl, RunnerId>, std::string> descriptions_;  // of runners
  std::set<GitLabUrl> heard_;                                           // since the last report
};

}  // namespace runneriq::alerting
