#include "scheduler/advisor.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string_view>

namespace runneriq::scheduler {
namespace {

const FleetRunner& runner_of(const AdvisorQuestion& question, const RunnerScore& score) {
  return question.fleet->runners[score.runner];
}

long in_percent(double share) {
  return std::lround(share * 100);
}

std::string percent(double share) {
  return std::to_string(in_percent(share)) + " %";
}

std::string both_within(const AdvisorQuestion& question) {
  return "both within " + percent(question.margin) + "; ";
}

bool has_free_slot(const RunnerScore& score) {
  return value_of(score, RunnerFactor::capacity) > 0;
}

std::optional<AdvisorAnswer> by_free_slot(const AdvisorQuestion& question) {
  const bool better_is_free = has_free_slot(*question.better);
  if (better_is_free == has_free_slot(*question.second)) return std::nullopt;
  const RunnerScore& free = better_is_free ? *question.better : *question.second;
  return AdvisorAnswer{free.runner,
                       both_within(question) + title(runner_of(question, free)) + " has a free slot"};
}

// Scores that differ by less are alike.
constexpr double kAlike = 1e-6;

std::string in_digits(double number, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

// "95 against 340 g/kWh": with as many digits as it takes to tell them apart.
std::string against(carbon::Intensity cleaner, carbon::Intensity dirtier) {
  constexpr int kMostDigits = 3;
  int digits = 0;
  const auto text = [&](carbon::Intensity intensity) { return in_digits(intensity.g_per_kwh(), digits); };
  while (digits < kMostDigits && text(cleaner) == text(dirtier)) ++digits;
  return text(cleaner) + " against " + text(dirtier) + " g/kWh";
}

std::optional<AdvisorAnswer> by_known_carbon(const AdvisorQuestion& question) {
  const CarbonOfTwo& carbon = *question.carbon;
  if (carbon.better.has_value() == carbon.second.has_value()) return std::nullopt;
  if (carbon.second && question.margin > kAlike) return std::nullopt;
  const RunnerScore& known = carbon.better ? *question.better : *question.second;
  const carbon::Intensity intensity = carbon.better ? *carbon.better : *carbon.second;
  return AdvisorAnswer{known.runner, both_within(question) + "only of " + title(runner_of(question, known)) +
                                         " the carbon is known (" + in_digits(intensity.g_per_kwh(), 0) +
                                         " g/kWh)"};
}

std::optional<AdvisorAnswer> by_carbon(const AdvisorQuestion& question) {
  if (!question.carbon) return std::nullopt;
  const CarbonOfTwo& carbon = *question.carbon;
  if (!carbon.better || !carbon.second) return by_known_carbon(question);
  if (*carbon.better == *carbon.second) return std::nullopt;
  const bool better_is_cleaner = *carbon.better < *carbon.second;
  const RunnerScore& cleaner = better_is_cleaner ? *question.better : *question.second;
  return AdvisorAnswer{
      cleaner.runner,
      both_within(question) + title(runner_of(question, cleaner)) + " is cleaner (" +
          against(std::min(*carbon.better, *carbon.second), std::max(*carbon.better, *carbon.second)) + ")"};
}

std::optional<AdvisorAnswer> by_reliability(const AdvisorQuestion& question) {
  const std::optional<double> first = runner_of(question, *question.better).reliability;
  const std::optional<double> other = runner_of(question, *question.second).reliability;
  if (!first || !other || in_percent(*first) == in_percent(*other)) return std::nullopt;
  const RunnerScore& best = *first > *other ? *question.better : *question.second;
  return AdvisorAnswer{best.runner, both_within(question) + title(runner_of(question, best)) +
                                        " is more reliable (" + percent(std::max(*first, *other)) +
                                        " against " + percent(std::min(*first, *other)) + ")"};
}

std::optional<AdvisorAnswer> by_score(const AdvisorQuestion& question) {
  if (question.is_close) return std::nullopt;
  const FleetRunner& better = runner_of(question, *question.better);
  return AdvisorAnswer{question.better->runner,
                       title(better) + " scores better by " + percent(question.margin)};
}

AdvisorAnswer by_id(const AdvisorQuestion& question) {
  const bool better_is_lower =
      runner_of(question, *question.better).key < runner_of(question, *question.second).key;
  const RunnerScore& lower = better_is_lower ? *question.better : *question.second;
  return {lower.runner, both_within(question) + title(runner_of(question, lower)) + " has the lower id"};
}

}  // namespace

Result<AdvisorAnswer> RulesAdvisor::choose(const AdvisorQuestion& question) {
  if (auto answer = by_score(question)) return *std::move(answer);
  if (auto answer = by_free_slot(question)) return *std::move(answer);
  if (auto answer = by_carbon(question)) return *std::move(answer);
  if (auto answer = by_reliability(question)) return *std::move(answer);
  return by_id(question);
}

}  // namespace runneriq::scheduler
