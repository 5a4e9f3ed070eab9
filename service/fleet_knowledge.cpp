#include "service/fleet_knowledge.hpp"

#include "scheduler/green_wait.hpp"

#include <utility>

namespace runneriq::service {
namespace {

using scheduler::DurationEstimate;
using scheduler::EstimateBasis;
using scheduler::JobDecision;
using scheduler::JobKey;
using scheduler::KnownJob;
using scheduler::PendingJob;

TickKnowledge::Pending pending_of(const scheduler::FleetSnapshot& fleet, const JobDecision& decision) {
  const PendingJob& job = fleet.jobs[decision.job];
  const DurationEstimate& estimate = scheduler::history_of(fleet, job).estimate;
  KnownJob known{
      .score = decision.priority.score, .job_class = decision.calibrated, .expected = std::nullopt};
  if (estimate.basis != EstimateBasis::none) known.expected = estimate;
  return {.key = job.key,
          .history = {job.key.gitlab, job.project, job.facts.name, job.facts.stage},
          .known = std::move(known)};
}

void add_grid(TickKnowledge& knowledge, const scheduler::Tick& tick) {
  knowledge.grid = std::make_shared<const carbon::GridOutlook>(*tick.snapshot.carbon);
  for (const auto& runner : tick.snapshot.runners) knowledge.zones[runner.key] = runner.zone;
  for (const auto& [holder, waiter] : tick.decisions.holders) knowledge.waited_for.insert(holder);
}

}  // namespace

TickKnowledge knowledge_of(const scheduler::Tick& tick) {
  TickKnowledge knowledge{
      .now = tick.now, .whole = tick.snapshot.degraded.empty(), .pending = {}, .running = {}};
  for (const JobDecision& decision : tick.decisions.jobs) {
    knowledge.pending.push_back(pending_of(tick.snapshot, decision));
  }
  for (const auto& job : tick.snapshot.running) knowledge.running.push_back(job.key);
  if (tick.snapshot.carbon) add_grid(knowledge, tick);
  return knowledge;
}

std::vector<JobKey> FleetKnowledge::learn(const TickKnowledge& tick) {
  grid_ = tick.grid;
  zones_ = tick.zones;
  waited_for_ = tick.waited_for;
  green_ = tick.green;
  for (const auto& [key, history, known] : tick.pending) {
    jobs_[key] = {.known = known, .scored = true, .seen_running = false, .last_seen = tick.now};
    if (by_name_.size() >= kMostNames) by_name_.clear();
    if (known.expected) by_name_[{history.gitlab, history.project, history.job_name}] = *known.expected;
  }
  for (const JobKey& key : tick.running) {
    Job& job = jobs_[key];
    job.seen_running = true;
    job.last_seen = tick.now;
  }
  std::vector<JobKey> ended;
  for (const auto& [key, job] : jobs_) {
    if (tick.whole && job.seen_running && job.last_seen < tick.now) ended.push_back(key);
  }
  for (const JobKey& key : ended) jobs_.erase(key);
  std::erase_if(jobs_, [&](const auto& each) { return tick.now - each.second.last_seen > kKnownFor; });
  return ended;
}

std::optional<KnownJob> FleetKnowledge::of(const scheduler::AdmissionRequest& request) const {
  const auto job = jobs_.find(request.key);
  const bool scored = job != jobs_.end() && job->second.scored;
  if (scored && job->second.known.expected) return job->second.known;
  const auto name =
      by_name_.find(Name{request.history.gitlab, request.history.project, request.history.job_name});
  if (!scored && name == by_name_.end()) return std::nullopt;
  KnownJob known = scored ? job->second.known
                          : KnownJob{.score = request.score, .job_class = request.job_class, .expected = {}};
  if (name != by_name_.end()) known.expected = name->second;
  return known;
}

std::optional<scheduler::GreenWait> FleetKnowledge::green_wait(const scheduler::Booking& booking,
                                                               std::optional<Duration> expected,
                                                               Time now) const {
  const JobKey& job = booking.request.key;
  const auto zone = zones_.find({job.gitlab, booking.runner});
  if (!green_ || !grid_ || now - grid_->now > kGridTrusted || zone == zones_.end() ||
      waited_for_.contains(job))
    return std::nullopt;
  return scheduler::green_wait(*grid_, zone->second, expected, now,
                               booking.arrived + booking.request.max_hold, *green_);
}

}  // namespace runneriq::service
