// Outcomes on their way from the host's file to the scheduler service.
#pragma once

#include "executor/driver.hpp"
#include "scheduler/admission_service.hpp"
#include "scheduler/host_state.hpp"

namespace runneriq::executor {

// Hands over the oldest outcomes that the service has not got, at most kMostOutcomes, and marks those
// that it has made durable; the others stay for a later call. One that the service refuses as it is would
// hold up all behind it: it is marked, too, and `log` says so. Error: the service does not answer, or the
// host's file cannot be used.
Result<void> deliver_outcomes(scheduler::OutcomeStore& outcomes, scheduler::AdmissionService& service,
                              const scheduler::HostReport& host, JobLog& log);

}  // namespace runneriq::executor
