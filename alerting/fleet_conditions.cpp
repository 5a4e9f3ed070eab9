#include "alerting/sources.hpp"
#include "core/printable.hpp"
#include "gitlab/json_reader.hpp"

#include <algorithm>
#include <cmath>

namespace runneriq::alerting {
namespace {

using gitlab::bounded;
using scheduler::ChangeKind;
using scheduler::RunnerChange;
using scheduler::SteeringStep;
using scheduler::StuckJob;

constexpr std::string_view kResolved = "resolved";
constexpr std::size_t kMostNames = 50'000;

// Our own sentences, which may quote others.
std::string excerpt(std::string_view sentence) {
  return printable_path(sentence, kLongestExcerpt);
}

std::string key_of(const GitLabUrl& gitlab, std::int64_t id) {
  return gitlab.value() + " " + std::to_string(id);
}

// Descriptions are not unique: one runner must not seem back because its namesake is.
std::string concerned(std::int64_t runner, const std::string& description) {
  const std::string id = std::to_string(runner);
  return description.empty() ? id : bounded(description) + " (" + id + ")";
}

Event condition(EventKind kind, Time now) {
  return {.time = now, .kind = kind, .kind_word = std::string(to_text(kind)), .status = "failed"};
}

Event runner_event(const RunnerChange& change, bool back, Time now) {
  const std::int64_t id = change.runner.runner.value();
  Event event = condition(EventKind::runner, now);
  event.kind_word = back ? "runner_online" : "runner_offline";
  event.status = back ? "online" : "offline";
  event.gitlab = change.runner.gitlab.value();
  event.name = bounded(concerned(id, change.description));
  event.runner = change.description.empty() ? std::to_string(id) : bounded(change.description);
  event.runner_id = id;
  return event;
}

Event vanished_event(const RunnerChange& change, Time now) {
  Event event = runner_event(change, false, now);
  event.failure_reason = scheduler::to_text(ChangeKind::vanished);
  return event;
}

std::string runner_words(const SteeringStep& step) {
  return "runner " + std::to_string(step.runner.runner.value());
}

Event lease_event(const std::string& sentence, const std::string& runner,
                  const scheduler::SteeringReport& report, Time now) {
  Event event = condition(EventKind::lease, now);
  event.name = bounded(runner);
  event.log_excerpt = excerpt(sentence);
  const auto step = std::ranges::find_if(report.steps, [&](const SteeringStep& one) {
    return one.kind != SteeringStep::Kind::reverted && runner_words(one) == runner;
  });
  if (step == report.steps.end()) return event;
  event.gitlab = step->runner.gitlab.value();
  event.runner = bounded(step->description);
  return event;
}

std::string kilograms(double grams) {
  return std::to_string(std::llround(grams / 1000)) + " kg";
}

Event budget_event(const carbon::BudgetState& state, Time now) {
  Event event = condition(EventKind::budget, now);
  event.name = bounded(state.budget->name);
  event.log_excerpt = excerpt("over the month's budget of " + kilograms(state.budget->grams_per_month) +
                              " CO2e: " + kilograms(state.used) + " so far");
  return event;
}

}  // namespace

// ---- beginning, lasting, ending -----------------------------------------------------------

void FleetConditions::holds(const Key& key, Event event, std::vector<Event>& events) {
  const Time now = event.time;
  const auto [place, is_new] = lasting_.try_emplace(key, Condition{std::move(event), now});
  if (is_new)
    events.push_back(place->second.event);
  else
    last(place->second, now, events);
}

void FleetConditions::last(Condition& condition, Time now, std::vector<Event>& events) const {
  if (now < condition.told) condition.told = now;  // the clock was set back
  if (now - condition.told < retold_) return;
  condition.told = now;
  events.push_back(condition.event);
  events.back().time = now;
}

void FleetConditions::end(const Key& key, Time now, std::vector<Event>& events) {
  auto ended = lasting_.extract(key);
  if (ended.empty()) return;
  Event& event = events.emplace_back(std::move(ended.mapped().event));
  event.time = now;
  const bool runner = event.kind == EventKind::runner;
  event.status = runner ? "online" : kResolved;
  if (runner) event.kind_word = "runner_online";
}

void FleetConditions::end_where(const IsOver& is_over, Time now, std::vector<Event>& events) {
  std::vector<Key> over;
  for (const auto& [key, condition] : lasting_) {
    if (is_over(key, condition)) over.push_back(key);
  }
  for (const Key& key : over) end(key, now, events);
}

// ---- the monitor --------------------------------------------------------------------------

// Runners come and go.
void FleetConditions::heard(const gitlab::FleetReading& reading) {
  if (descriptions_.size() > kMostNames) descriptions_.clear();
  if (projects_.size() > kMostNames) projects_.clear();
  heard_.insert(reading.gitlab);
  for (const gitlab::Project& project : reading.projects)
    projects_[{reading.gitlab, project.id}] = bounded(project.path);
  for (const gitlab::Runner& runner : reading.runners)
    descriptions_[{reading.gitlab, runner.id}] = bounded(runner.description);
}

std::string FleetConditions::runner_name(const scheduler::RunnerKey& runner) const {
  const auto known = descriptions_.find({runner.gitlab, runner.runner});
  const bool described = known != descriptions_.end() && !known->second.empty();
  return described ? known->second : std::to_string(runner.runner.value());
}

Event FleetConditions::stuck_event(const StuckJob& job, Time now) const {
  const auto project = projects_.find({job.key.gitlab, job.project});
  Event event = condition(EventKind::stuck, now);
  event.gitlab = job.key.gitlab.value();
  event.project = project == projects_.end() ? std::to_string(job.project.value()) : project->second;
  event.job_id = job.key.job.value();
  event.name = bounded(job.name);
  if (job.runner) event.runner = runner_name(*job.runner);
  event.log_excerpt = excerpt(job.reason);
  return event;
}

void FleetConditions::change(const RunnerChange& change, Time now, std::vector<Event>& events) {
  const Key key{EventKind::runner, key_of(change.runner.gitlab, change.runner.runner.value())};
  const bool known = lasting_.contains(key);
  if (change.kind == ChangeKind::went_offline) holds(key, runner_event(change, false, now), events);
  if (change.kind == ChangeKind::vanished && !known) events.push_back(vanished_event(change, now));
  if (change.kind == ChangeKind::vanished || change.kind == ChangeKind::went_online) end(key, now, events);
  if (change.kind == ChangeKind::went_online && !known)
    events.push_back(runner_event(change, true, now));  // it went offline before this process began
}

std::vector<Event> FleetConditions::monitored(const scheduler::MonitorReport& report, Time now) {
  std::vector<Event> events;
  for (const RunnerChange& one : report.changes) change(one, now, events);
  for (auto& [key, condition] : lasting_) {
    if (key.first == EventKind::runner) last(condition, now, events);
  }
  std::set<Key> stuck;
  for (const StuckJob& job : report.stuck_jobs) {
    const auto key = stuck.emplace(EventKind::stuck, key_of(job.key.gitlab, job.key.job.value())).first;
    holds(*key, stuck_event(job, now), events);
  }
  const auto is_over = [&](const Key& key, const Condition& condition) {
    return key.first == EventKind::stuck && !stuck.contains(key) &&
           heard_.contains(GitLabUrl{condition.event.gitlab});
  };
  end_where(is_over, now, events);
  heard_.clear();
  return events;
}

// ---- steering, audit, budgets -------------------------------------------------------------

std::vector<Event> FleetConditions::steered(const scheduler::SteeringReport& report, Time now) {
  std::vector<Event> events;
  for (const SteeringStep& step : report.steps) {
    if (step.kind == SteeringStep::Kind::reverted) end({EventKind::lease, runner_words(step)}, now, events);
  }
  for (const std::string& sentence : report.sentences) {
    const std::size_t runner = sentence.find(scheduler::kNotAtRest);
    if (runner == std::string::npos) continue;
    const std::string name = sentence.substr(0, runner);
    holds({EventKind::lease, name}, lease_event(sentence, name, report, now), events);
  }
  return events;
}

std::vector<Event> FleetConditions::audited(const scheduler::AuditVerdict& verdict, Time now) {
  using Kind = scheduler::AuditVerdict::Kind;
  std::vector<Event> events;
  const Key key{EventKind::audit, {}};
  if (verdict.kind == Kind::broken || verdict.kind == Kind::truncated) {
    Event event = condition(EventKind::audit, now);
    event.log_excerpt = excerpt(verdict.words);
    holds(key, std::move(event), events);
  } else {
    end(key, now, events);
  }
  return events;
}

std::vector<Event> FleetConditions::budgeted(std::span<const carbon::BudgetState> budgets, Time now) {
  std::vector<Event> events;
  std::set<Key> exceeded;
  for (const carbon::BudgetState& state : budgets) {
    if (state.budget == nullptr || state.level != carbon::BudgetState::Level::over) continue;
    const auto key = exceeded.emplace(EventKind::budget, state.budget->name).first;
    holds(*key, budget_event(state, now), events);
  }
  const auto is_over = [&](const Key& key, const Condition&) {
    return key.first == EventKind::budget && !exceeded.contains(key);
  };
  end_where(is_over, now, events);
  return events;
}

}  // namespace runneriq::alerting
