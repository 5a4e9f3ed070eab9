#include "executor/outcome_delivery.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::executor {
namespace {

using scheduler::JobOutcome;

Result<void> mark(scheduler::OutcomeStore& outcomes, std::span<const JobOutcome> delivered) {
  return delivered.empty() ? Result<void>{} : outcomes.mark_delivered(delivered);
}

Result<void> refuse(scheduler::OutcomeStore& outcomes, const JobOutcome& outcome, const Error& why,
                    JobLog& log) {
  log.line("the outcome of job " + std::to_string(outcome.key.job.value()) +
           " is not delivered: " + why.message);
  return outcomes.mark_delivered({&outcome, 1});
}

}  // namespace

Result<void> deliver_outcomes(scheduler::OutcomeStore& outcomes, scheduler::AdmissionService& service,
                              const scheduler::HostReport& host, JobLog& log) {
  auto waiting = outcomes.undelivered(scheduler::kMostOutcomes);
  if (!waiting) return fail(std::move(waiting.error()));
  if (waiting->empty()) return {};
  scheduler::OutcomeReport report{host, std::move(*waiting)};
  auto accepted = service.deliver(report);
  if (!accepted && accepted.error().code == Errc::invalid_argument && report.outcomes.size() > 1) {
    report.outcomes.resize(1);
    accepted = service.deliver(report);
  }
  if (accepted) {
    return mark(outcomes, std::span(report.outcomes).first(std::min(*accepted, report.outcomes.size())));
  }
  if (accepted.error().code != Errc::invalid_argument) return fail(std::move(accepted.error()));
  return refuse(outcomes, report.outcomes.front(), accepted.error(), log);
}

}  // namespace runneriq::executor
