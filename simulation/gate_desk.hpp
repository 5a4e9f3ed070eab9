// RunnerIQ in the simulation: it keeps the snapshot that a reading of GitLab would give, decides on it by the
// code of scheduler/, and says which writes follow.
#pragma once

#include "scheduler/advisor.hpp"
#include "scheduler/gate.hpp"
#include "simulation/fleet_model.hpp"
#include "simulation/job.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

namespace runneriq::simulation {

struct CutWrite {
  std::size_t host = 0;
  std::optional<std::size_t> cut;  // none: all lanes come back
};

class GateDesk {
 public:
  GateDesk(const Jobs& jobs, const scheduler::Lanes& lanes, const FleetModel& fleet,
           const SteeringModel& steering);

  void arrived(std::size_t job);
  void taken(std::size_t job, std::size_t host, Duration now);
  void ended(std::size_t job, std::size_t host);
  void gone(std::size_t job);  // from the queue, to nobody

  // The writes of a tick, in their order: those that give lanes back before those that take some.
  std::vector<CutWrite> look(Duration now);
  // Nothing waits and nothing is cut: a look would change nothing.
  [[nodiscard]] bool is_idle() const;
  [[nodiscard]] std::size_t refused_cuts() const { return refused_cuts_; }

 private:
  std::size_t remember(const SimulatedJob& job);
  void forget(std::size_t history);
  void tell_time(Duration now);
  [[nodiscard]] scheduler::Decisions decisions();
  std::vector<CutWrite> open(const scheduler::GatePlan& plan);
  void cut(const scheduler::GatePlan& plan, Duration now, std::vector<CutWrite>& writes);
  bool take_from_budget(Duration now);
  void intend(const scheduler::Cut& cut);

  const Jobs& jobs_;
  const scheduler::Lanes& lanes_;
  SteeringModel steering_;
  scheduler::FleetSnapshot fleet_;
  std::vector<std::size_t> free_histories_;
  std::vector<Duration> started_;  // as fleet_.running
  std::vector<scheduler::GateRunner> runners_;
  std::vector<scheduler::Pool> pools_;
  scheduler::GateMemory memory_;
  scheduler::RulesAdvisor advisor_;
  std::deque<Duration> cuts_of_last_minute_;
  std::size_t refused_cuts_ = 0;
};

}  // namespace runneriq::simulation
