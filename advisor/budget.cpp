#include "advisor/budget.hpp"

#include <algorithm>
#include <cmath>

namespace runneriq::advisor {
namespace {

// What a provider adds to what is sent: the frame of a conversation, the schema in words of its own.
constexpr std::int64_t kOverhead = 1'000;

std::int64_t share_of(std::int64_t tokens, double share) {
  if (!(share > 0)) return 0;
  return static_cast<std::int64_t>(std::floor(static_cast<double>(tokens) * std::min(share, 1.0)));
}

bool fits(std::int64_t limit, std::int64_t spent, std::int64_t tokens) {
  return spent >= 0 && spent <= limit && tokens <= limit - spent;
}

// "49,800"
std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string spent_words(const std::string& what, std::int64_t limit, std::int64_t spent,
                        std::int64_t tokens) {
  const std::string state = spent >= limit ? "is spent" : "has too little left";
  return what + " of " + grouped(limit) + " tokens " + state + " (" + grouped(spent) + " used, " +
         grouped(tokens) + " needed)";
}

}  // namespace

std::optional<std::string> hindrance(const BudgetTerms& terms, const DayUse& use, QuestionKind kind,
                                     std::int64_t tokens) {
  if (terms.daily_tokens == 0) return std::nullopt;
  const std::int64_t needed = std::max<std::int64_t>(tokens, 0);
  if (!fits(terms.daily_tokens, use.spent, needed)) {
    return spent_words("the day's budget", terms.daily_tokens, use.spent, needed);
  }
  const bool is_tie_break = kind == QuestionKind::tie_break;
  const std::int64_t limit =
      share_of(terms.daily_tokens, is_tie_break ? terms.tie_break_share : terms.project_share);
  const std::int64_t used = is_tie_break ? use.by_kind.at(static_cast<std::size_t>(kind)) : use.by_project;
  if (fits(limit, used, needed)) return std::nullopt;
  return spent_words(
      is_tie_break ? "the tie-breaks' share of the day's budget" : "the project's share of the day's budget",
      limit, used, needed);
}

std::int64_t most_tokens(const Question& question) {
  const QuestionForm& form = form_of(question.kind);
  const std::size_t bytes =
      form.instructions.size() + form.schema.size() + form.schema_name.size() + question.document.size();
  return static_cast<std::int64_t>(bytes) + kOverhead + form.most_output;
}

}  // namespace runneriq::advisor
