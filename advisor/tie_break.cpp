#include "advisor/tie_break.hpp"

#include "advisor/plain_text.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::advisor {
namespace {

using scheduler::AdvisorAnswer;
using scheduler::AdvisorQuestion;

constexpr std::size_t kLongestQuote = 300;

// A double quote in them would seem to end the model's words.
std::string in_quotes(std::string words) {
  std::replace(words.begin(), words.end(), '"', '\'');
  return "\"" + plain_line(words, kLongestQuote) + "\"";
}

// What a model said, apart from what it decides.
std::string words_of(const std::string& model, const std::string& said, const std::string& reason) {
  return "the model " + model + " " + said + (reason.empty() ? "" : ": " + in_quotes(reason));
}

}  // namespace

TieBreaks::TieBreaks(std::function<Time()> clock) : clock_(std::move(clock)) {}

Result<AdvisorAnswer> TieBreaks::choose(const AdvisorQuestion& question) {
  auto by_rules = rules_.choose(question);
  if (!by_rules || !question.second_may_win) return by_rules;
  Question asked = tie_break_question(question);
  const std::optional<Held> held = held_or_noted(std::move(asked));
  if (!held) return by_rules;
  if (held->choice == "NO_PREFERENCE") {
    by_rules->reason += "; " + words_of(held->model, "has no preference", held->reason);
    return by_rules;
  }
  const std::size_t chosen = held->choice == "B" ? question.second->runner : question.better->runner;
  const std::string said = "chose " + title(question.fleet->runners[chosen]);
  return AdvisorAnswer{
      .runner = chosen,
      .reason = words_of(held->model, said, held->reason) + "; by rules: " + by_rules->reason,
      .model = held->model};
}

std::optional<TieBreaks::Held> TieBreaks::held_or_noted(Question question) {
  const Time now = clock_();
  const std::lock_guard lock{mutex_};
  const auto held = held_.find(question.key);
  if (held != held_.end() && now < held->second.until) return held->second;
  const auto same = std::ranges::find(waiting_, question.key, &Question::key);
  if (same != waiting_.end()) waiting_.erase(same);
  waiting_.push_back(std::move(question));
  if (waiting_.size() > kMostWaiting) waiting_.pop_front();
  return std::nullopt;
}

bool TieBreaks::answer_next(Consultation& consultation) {
  Question question;
  {
    const std::lock_guard lock{mutex_};
    if (waiting_.empty()) return false;
    question = std::move(waiting_.back());
    waiting_.pop_back();
  }
  if (auto consulted = consultation.ask(question)) hold(question.key, *std::move(consulted));
  return true;
}

void TieBreaks::hold(const std::string& key, Consulted consulted) {
  const Time until = clock_() + kHoldsFor;
  const std::lock_guard lock{mutex_};
  held_[key] = {std::move(consulted.answer.choice), std::move(consulted.answer.reason),
                std::move(consulted.model), until};
  if (held_.size() <= kMostHeld) return;
  held_.erase(std::ranges::min_element(held_, {}, [](const auto& entry) { return entry.second.until; }));
}

std::size_t TieBreaks::waiting() const {
  const std::lock_guard lock{mutex_};
  return waiting_.size();
}

}  // namespace runneriq::advisor
