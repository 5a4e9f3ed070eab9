// Tokens a day, and the port to the ledger that keeps them. The ledger (advisor/sqlite) is durable; the rule
// is here. Pure.
#pragma once

#include "advisor/question.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace runneriq::advisor {

struct BudgetTerms {
  std::int64_t daily_tokens = 50'000;  // 0 = unlimited
  double project_share = 0.5;          // of the day's, for one project at most
  double tie_break_share = 0.5;        // of the day's, for tie-breaks at most; so triage always has some
};

// Of one UTC day. What is reserved and not settled counts as spent.
struct DayUse {
  std::int64_t spent = 0;
  std::array<std::int64_t, kQuestionKinds> by_kind{};
  std::int64_t by_project = 0;  // of the project that was asked for
  std::int64_t calls = 0;
};

// Whether `tokens` more may be reserved; else what stands against it, for people: "the day's budget of 50000
// tokens is spent (49,800)".
std::optional<std::string> hindrance(const BudgetTerms& terms, const DayUse& use, QuestionKind kind,
                                     std::int64_t tokens);

// No fewer tokens than the question can cost: bytes of all that is sent (no tokenizer makes more tokens than
// bytes), a fixed overhead, and all that the answer may have.
std::int64_t most_tokens(const Question& question);

class BudgetLedger {
 public:
  virtual ~BudgetLedger() = default;
  // Reserves durably, before anything is sent; checks hindrance() in the same transaction, so that several
  // processes cannot overspend together. Error: conflict over the budget; unavailable where it cannot be
  // kept.
  [[nodiscard]] virtual Result<std::int64_t> reserve(const BudgetTerms& terms, const Question& question,
                                                     std::int64_t tokens, Time now) = 0;
  // What it cost in the end; at most once. More than was reserved is kept as it is, and counts.
  [[nodiscard]] virtual Result<void> settle(std::int64_t reserve, std::int64_t tokens) = 0;
  [[nodiscard]] virtual Result<DayUse> use(Time now, std::string_view project) = 0;

  // Answers by key and version of the form, for kKeptFor.
  static constexpr Duration kKeptFor = std::chrono::hours{24 * 7};
  struct Remembered {
    Answer answer;
    std::string model;
  };
  [[nodiscard]] virtual Result<std::optional<Remembered>> remembered(const Question& question, Time now) = 0;
  [[nodiscard]] virtual Result<void> remember(const Question& question, const Remembered& answer,
                                              Time now) = 0;
};

}  // namespace runneriq::advisor
