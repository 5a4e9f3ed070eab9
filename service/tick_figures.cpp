#include "service/tick_figures.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::service {
namespace {

using scheduler::FleetRunner;

// The words of `runneriq status`.
std::string state_of(const FleetRunner& runner) {
  if (runner.paused) return "paused";
  if (scheduler::takes_jobs(runner)) return runner.active_jobs < runner.max_jobs ? "free" : "full";
  if (runner.status == gitlab::RunnerStatus::online) return "silent";
  return std::string(gitlab::to_text(runner.status));
}

void add_steering(TickFigures& figures, const scheduler::SteeringReport& steering) {
  figures.steered = true;
  figures.cuts = steering.plan.cuts.size();
  for (const scheduler::Lease& lease : steering.leases) {
    ++figures.leases.at(static_cast<std::size_t>(lease.kind));
    figures.oldest_expired = std::max(figures.oldest_expired, figures.at - lease.expires);
  }
  for (const scheduler::SteeringStep& step : steering.steps)
    ++figures.steps.at(static_cast<std::size_t>(step.kind));
}

}  // namespace

TickFigures figures_of(const scheduler::Tick& tick, const scheduler::SteeringReport* steering,
                       std::optional<Duration> took) {
  TickFigures figures;
  figures.at = tick.now;
  figures.took = took;
  for (const auto& job : tick.decisions.jobs) ++figures.pending.at(static_cast<std::size_t>(job.job_class));
  for (const FleetRunner& runner : tick.snapshot.runners) ++figures.runners[state_of(runner)];
  figures.degraded = static_cast<int>(tick.degraded.size());
  figures.calls = tick.calls;
  if (steering != nullptr) add_steering(figures, *steering);
  return figures;
}

void TickTotals::add(TickFigures figures) {
  ++succeeded;
  trouble.clear();
  if (figures.took) {
    took += *figures.took;
    ++timed;
  }
  for (std::size_t kind = 0; kind < steps.size(); ++kind) steps.at(kind) += figures.steps.at(kind);
  calls += figures.calls.calls;
  calls_failed += figures.calls.failed;
  calls_retried += figures.calls.retried;
  calls_mutating += figures.calls.mutating;
  last = std::move(figures);
}

}  // namespace runneriq::service
