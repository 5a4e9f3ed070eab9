// Which of two runners: what a model is asked, and how its answer comes in time. Pure but for the ports.
#pragma once

#include "advisor/consultation.hpp"
#include "scheduler/advisor.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace runneriq::advisor {

// Load, history, carbon and its forecast, of both, as labelled A (the better score) and B; names of runners
// and jobs only as quoted data. The key holds all that the answer depends on, figures rounded, so that the
// same contest is asked about once.
Question tie_break_question(const scheduler::AdvisorQuestion& question);

// Never on a decision's way: choose() answers at once, by what a model has said to the same question before,
// else by rules, and then notes the question (at most kMostWaiting, newest first kept) for whoever calls
// answer_next() beside the loop. A remembered answer holds for kHoldsFor.
//
// The worst that a model can do is to name the other of two runners that both may take the job, where the
// rules of the scheduler let either have it. Only an answer of A or B names the model as who decided; its
// words stand in double quotes, and hold none. In rules_only mode nothing is noted, since nothing is asked.
class TieBreaks final : public scheduler::Advisor {
 public:
  static constexpr std::size_t kMostWaiting = 64, kMostHeld = 1'000;
  static constexpr Duration kHoldsFor = std::chrono::minutes{10};
  explicit TieBreaks(std::function<Time()> clock);
  [[nodiscard]] Result<scheduler::AdvisorAnswer> choose(const scheduler::AdvisorQuestion& question) override;
  // Asks the model about the newest question that waits; false: none waits. Blocks as long as that takes;
  // from one other thread.
  bool answer_next(Consultation& consultation);
  [[nodiscard]] std::size_t waiting() const;

 private:
  struct Held {
    std::string choice, reason, model;
    Time until;
  };
  [[nodiscard]] std::optional<Held> held_or_noted(Question question);
  void hold(const std::string& key, Consulted consulted);

  std::function<Time()> clock_;
  scheduler::RulesAdvisor rules_;
  mutable std::mutex mutex_;
  std::deque<Question> waiting_;
  std::map<std::string, Held> held_;
};

}  // namespace runneriq::advisor
