#include "advisor/plain_text.hpp"
#include "advisor/rounded.hpp"
#include "advisor/tie_break.hpp"
#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace runneriq::advisor {
namespace {

using nlohmann::ordered_json;
using scheduler::AdvisorQuestion;
using scheduler::FleetRunner;
using scheduler::JobHistory;
using scheduler::RunnerScore;

constexpr std::size_t kLongestName = 80;
constexpr int kHoursTold = 6;
constexpr std::int64_t kGrams = 10, kValues = 5, kPercents = 5;

std::string quoted(const std::string& name) {
  return redacted_line(name, {}, kLongestName);
}

template <class Number>
ordered_json or_null(const std::optional<Number>& number) {
  return number ? ordered_json(*number) : ordered_json(nullptr);
}

std::optional<std::int64_t> grams_of(const std::optional<carbon::Intensity>& intensity) {
  return intensity ? std::optional{rounded(intensity->g_per_kwh(), kGrams)} : std::nullopt;
}

double load_of(const FleetRunner& runner) {
  return runner.host_load.value_or(static_cast<double>(runner.active_jobs) / std::max(runner.max_jobs, 1));
}

// Its own average of the job, else the fleet's, else the estimate; none: the job never ran.
std::optional<std::int64_t> expected_seconds(const JobHistory& history, const scheduler::RunnerKey& key) {
  const auto own =
      std::ranges::find(history.by_runner, key, &std::pair<scheduler::RunnerKey, Duration>::first);
  if (own != history.by_runner.end()) return rounded_seconds(own->second);
  if (history.fleet_average) return rounded_seconds(*history.fleet_average);
  if (history.estimate.basis == scheduler::EstimateBasis::none) return std::nullopt;
  return rounded_seconds(history.estimate.median);
}

ordered_json values_of(const RunnerScore& score) {
  ordered_json values = ordered_json::object();
  for (const scheduler::ScoredFactor& factor : score.factors) {
    values[std::string(scheduler::to_text(factor.factor))] = rounded(factor.value, kValues);
  }
  return values;
}

// By the hour from now on; null: nothing is known of the runner's zone.
ordered_json forecast_of(const AdvisorQuestion& question, const FleetRunner& runner) {
  const auto& grid = question.fleet->carbon;
  const carbon::Outlook* const outlook = grid ? grid->of(runner.zone) : nullptr;
  if (outlook == nullptr) return nullptr;
  ordered_json hours = ordered_json::array();
  for (int hour = 0; hour < kHoursTold; ++hour) {
    const Time from = question.fleet->now + std::chrono::hours{hour};
    hours.push_back(or_null(grams_of(outlook->mean(from, from + std::chrono::hours{1}))));
  }
  return hours;
}

ordered_json runner_document(const AdvisorQuestion& question, const RunnerScore& score,
                             const std::optional<carbon::Intensity>& intensity) {
  const FleetRunner& runner = question.fleet->runners[score.runner];
  ordered_json document{
      {"score", rounded(score.score, 1)},
      {"values", values_of(score)},
      {"load_percent", rounded(load_of(runner) * 100, kPercents)},
      {"running_jobs", runner.active_jobs},
      {"slots", runner.max_jobs},
      {"expected_seconds", or_null(expected_seconds(history_of(*question.fleet, *question.job), runner.key))},
      {"success_percent",
       or_null(runner.reliability ? std::optional{rounded(*runner.reliability * 100, 1)} : std::nullopt)}};
  if (question.carbon) {
    document["carbon_g_per_kwh"] = or_null(grams_of(intensity));
    document["forecast_g_per_kwh"] = forecast_of(question, runner);
  }
  return document;
}

std::optional<carbon::Intensity> carbon_of(const AdvisorQuestion& question,
                                           std::optional<carbon::Intensity> scheduler::CarbonOfTwo::*which) {
  return question.carbon ? (*question.carbon).*which : std::nullopt;
}

const std::string& name_of(const AdvisorQuestion& question, const RunnerScore& score) {
  return question.fleet->runners[score.runner].description;
}

}  // namespace

Question tie_break_question(const AdvisorQuestion& question) {
  const auto better = carbon_of(question, &scheduler::CarbonOfTwo::better),
             second = carbon_of(question, &scheduler::CarbonOfTwo::second);
  const ordered_json document{{"class", scheduler::to_text(question.job_class)},
                              {"margin_percent", rounded(question.margin * 100, 1)},
                              {"A", runner_document(question, *question.better, better)},
                              {"B", runner_document(question, *question.second, second)},
                              {"quoted",
                               {{"job", quoted(question.job->facts.name)},
                                {"stage", quoted(question.job->facts.stage)},
                                {"A", quoted(name_of(question, *question.better))},
                                {"B", quoted(name_of(question, *question.second))}}}};
  std::string text = json_line(document);
  return {.kind = QuestionKind::tie_break, .key = text, .document = text};
}

}  // namespace runneriq::advisor
