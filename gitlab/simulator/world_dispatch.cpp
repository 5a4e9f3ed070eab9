// Time, the machines that the simulator plays, and GitLab's order of handing out jobs.
#include "gitlab/simulator/world.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace runneriq::gitlab::simulator {
namespace {

constexpr Duration kPoll = std::chrono::seconds{3};  // check_interval of gitlab-runner

Time after(Time time, Duration step, Time at_least) {
  if (time >= at_least) return time;
  const auto steps = (at_least - time + step - Duration{1}) / step;
  return time + steps * step;
}

}  // namespace

std::optional<Time> World::next_event() const {
  std::optional<Time> next;
  if (!events_.empty()) next = events_.begin()->at;
  if (machines_have_a_reason()) next = next ? std::min(*next, next_poll_) : next_poll_;
  return next;
}

void World::move_to(Time now) {
  for (auto next = next_event(); next && *next <= now; next = next_event()) {
    now_ = std::max(now_, *next);
    next_poll_ = after(next_poll_, kPoll, now_);
    if (!events_.empty() && events_.begin()->at <= now_) {
      happen(events_.extract(events_.begin()).value());
    } else {
      poll_machines();
      next_poll_ += kPoll;
    }
  }
  now_ = std::max(now_, now);
  next_poll_ = after(next_poll_, kPoll, now_ + Duration{1});
  for (auto& [id, runner] : runners_) {
    if (runner.slots == 0 || !runner.machine_on) continue;
    runner.contacted_at = now_;
    for (ManagerRecord& machine : runner.managers) machine.contacted_at = now_;
  }
}

void World::happen(const Event& event) {
  if (event.deed != 0) {
    const auto deed = deeds_.extract(event.deed);
    return deed.mapped()();
  }
  if (event.ends == JobId{}) {
    add_pipeline(arrivals_.at(event.arrives)).value();
    return;
  }
  const JobRecord& job = jobs_.at(event.ends);
  if (job.status != JobStatus::running) return;  // canceled meanwhile
  finish(job.id, job.ends_well ? JobStatus::success : JobStatus::failed, job.planned_failure);
}

bool World::machines_have_a_reason() const {
  return !pending_.empty() && std::any_of(runners_.begin(), runners_.end(), [&](const auto& row) {
    const RunnerRecord& runner = row.second;
    return runner.machine_on && !runner.paused && running_on(runner.id) < runner.slots &&
           runner.asked_in_vain != queue_value(runner);
  });
}

void World::poll_machines() {
  for (auto& [id, runner] : runners_) {
    if (runner.machine_on && !runner.paused && running_on(id) < runner.slots) poll(runner);
  }
}

void World::poll(RunnerRecord& runner) {
  if (runner.asked_in_vain == queue_value(runner)) return;
  const std::string system_id = runner.managers.empty() ? "" : runner.managers.front().system_id;
  const JobRecord* const taken = take_job(runner.id, system_id);
  if (taken == nullptr) {
    runner.asked_in_vain = queue_value(runner);
    return;
  }
  JobRecord& job = jobs_.at(taken->id);
  job.played = true;
  plan_end(job, runner);
}

std::string World::queue_value(const RunnerRecord& runner) const {
  return std::to_string(queue_ticks_) + "-" + std::to_string(runner.ticks);
}

// Ci::Queue::BuildQueueService: oldest id first; for instance runners first the projects with the
// fewest jobs on instance runners.
JobRecord* World::next_for(const RunnerRecord& runner) {
  JobRecord* best = nullptr;
  int fewest = 0;
  const bool fair = runner.traits.type == RunnerType::instance;
  for (const JobId id : pending_) {
    JobRecord& job = jobs_.at(id);
    if (could_take(runner.traits, job.traits) != Match::takes) continue;
    if (!fair) return &job;
    const auto count = running_on_instance_runners_.find(job.project);
    const int running = count == running_on_instance_runners_.end() ? 0 : count->second;
    if (best == nullptr || running < fewest) std::tie(best, fewest) = std::tuple(&job, running);
    if (fewest == 0) break;
  }
  return best;
}

const JobRecord* World::take_job(RunnerId id, std::string_view system_id) {
  const RunnerRecord& runner = runners_.at(id);
  if (runner.paused) return nullptr;
  JobRecord* const job = next_for(runner);
  if (job != nullptr) start(*job, runner, system_id);
  return job;
}

void World::start(JobRecord& job, const RunnerRecord& runner, std::string_view system_id) {
  job.runner = runner.id;
  job.system_id = std::string(system_id);
  job.started_at = now_;
  job.token = "glcbt-simulated-" + std::to_string(job.id.value());
  set_status(job, JobStatus::running);
}

void World::plan_end(const JobRecord& job, const RunnerRecord& runner) {
  const double milliseconds = static_cast<double>(job.takes.count()) / runner.speed;
  const Time end = *job.started_at + Duration{std::llround(milliseconds)};
  events_.insert({.at = std::max(end, now_), .order = planned_++, .ends = job.id});
}

}  // namespace runneriq::gitlab::simulator
