// One question from reserve to answer. Pure: the ports do what has effects.
#pragma once

#include "advisor/breaker.hpp"
#include "advisor/budget.hpp"
#include "advisor/wire.hpp"
#include "core/event_log.hpp"

#include <array>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace runneriq::advisor {

struct Consulted {
  Answer answer;
  std::string model;
  std::int64_t tokens = 0;  // 0 = remembered
};

struct ConsultationCounts {
  std::int64_t asked = 0, answered = 0, remembered = 0, tokens = 0;
  std::map<Failure, std::int64_t> failures{};
};

struct ConsultationPorts {
  const Wire& wire;
  Carrier& carrier;
  BudgetLedger& ledger;
  EventLog& log;
  std::function<Time()> clock;
  // Returns at that time at the latest. Empty: nothing is asked again that the provider wants a pause before.
  std::function<void(Time)> sleep_until{};
};

// Remembered answer → breaker → reserve → call, at most one retry within the form's limit → strict reading →
// settle. The reserve is settled from the usage; without one it stays spent, unless the provider surely has
// not counted. A model that is gone (404) or a bad key shuts the breaker until the configuration is read
// anew. Each attempt has a reserve of its own. Of a remembered answer the lines are left out: they were those
// of another log. Logged: `advisor_asked` at debug, `advisor_failed` once per kind of failure,
// `advisor_restored`. Never a document, never a key. May be asked from several threads.
class Consultation {
 public:
  // `models`: ids by kind of question; "" = such questions have no answer.
  Consultation(ConsultationPorts ports, BudgetTerms terms, std::array<std::string, kQuestionKinds> models);
  // Error: unavailable, timed_out, conflict (budget), permission, corrupt; with words for people.
  [[nodiscard]] Result<Consulted> ask(const Question& question);
  [[nodiscard]] ConsultationCounts counts() const;
  [[nodiscard]] Result<DayUse> use(std::string_view project) const;
  [[nodiscard]] const BudgetTerms& terms() const { return terms_; }

 private:
  struct Outcome;
  [[nodiscard]] std::optional<Consulted> remembered(const Question& question);
  [[nodiscard]] bool lets_through();
  [[nodiscard]] Outcome attempt(const Question& question, const std::string& model, Time deadline);
  static void judge(Outcome& outcome, const Question& question, const ModelReply& reply);
  [[nodiscard]] bool pauses_for(const Outcome& outcome, Time deadline) const;
  void note(const Question& question, const Outcome& outcome);
  void tell(const Question& question, const Outcome& outcome, const std::string& before,
            const std::string& after);
  [[nodiscard]] std::string complaint() const;

  ConsultationPorts ports_;
  BudgetTerms terms_;
  std::array<std::string, kQuestionKinds> models_;
  mutable std::mutex mutex_;  // of what follows
  Breaker breaker_;
  ConsultationCounts counts_;
  std::string complaint_;  // the failure of the last question; "" = it was answered
};

}  // namespace runneriq::advisor
