// Admission by the scheduler service's order and the host's slots: the service says who is next, the
// host's desk gives the slot. A service that does not answer is given up for this job, in one line of the
// job log, and the host's own order decides from then on.
#pragma once

#include "executor/driver.hpp"
#include "scheduler/admission_service.hpp"
#include "scheduler/host_state.hpp"

#include <optional>

namespace runneriq::executor {

// A free slot that the service keeps a job from, and that nobody takes for so long, is the job's all the
// same: whoever was to take it is gone, or the service knows no better.
inline constexpr Duration kSlotLeftToOthers = std::chrono::seconds{5};
// How often a job that the service has lost, or whose connection broke, is submitted again.
inline constexpr int kMostSubmissions = 3;

class ServiceDesk final : public scheduler::AdmissionDesk {
 public:
  // All must outlive this.
  ServiceDesk(scheduler::AdmissionService& service, scheduler::OrderedDesk& host,
              const scheduler::HostReport& report, JobLog& log)
      : service_(service), host_(host), report_(report), log_(log) {}

  // Errors are the host's.
  [[nodiscard]] Result<scheduler::Admission> ask(const scheduler::AdmissionRequest& request,
                                                 Time now) override;
  [[nodiscard]] Result<void> leave(const scheduler::JobKey& key, const AttemptId& attempt, Time now) override;

  // Whether the service was given up: it is not to be asked again for this job.
  [[nodiscard]] bool service_is_given_up() const { return state_ == State::given_up; }

 private:
  enum class State { not_asked, answers, left, given_up };

  void consult(const scheduler::AdmissionRequest& request, Time now);
  void submit(const scheduler::AdmissionRequest& request, Time now);
  void look_for_change(const scheduler::AdmissionRequest& request, Time now);
  void give_up(const Error& error);
  void leave_service(const scheduler::AdmissionKey& key);
  [[nodiscard]] scheduler::Turn turn(Time now) const;
  [[nodiscard]] Result<scheduler::Admission> ask_host(const scheduler::AdmissionRequest& request, Time now);
  [[nodiscard]] scheduler::Held as_the_service_has_it(scheduler::Held held) const;

  scheduler::AdmissionService& service_;
  scheduler::OrderedDesk& host_;
  const scheduler::HostReport& report_;
  JobLog& log_;
  State state_ = State::not_asked;
  std::optional<scheduler::AdmissionStanding> standing_;  // while the service answers
  std::optional<Time> first_asked_;
  std::optional<Time> slot_left_since_;
  int submissions_ = 0;
};

}  // namespace runneriq::executor
