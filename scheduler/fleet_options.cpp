#include "scheduler/fleet_options.hpp"

#include "core/option_rows.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <utility>

namespace runneriq::scheduler {
namespace {

constexpr int kMostJobs = 100'000;

constexpr std::array kModes{Word<DecisionMode>{"hybrid", DecisionMode::hybrid},
                            Word<DecisionMode>{"rules_only", DecisionMode::rules_only},
                            Word<DecisionMode>{"claude_only", DecisionMode::claude_only}};

constexpr std::array kTrustModes{Word<TrustMode>{"advisory", TrustMode::advisory},
                                 Word<TrustMode>{"supervised", TrustMode::supervised},
                                 Word<TrustMode>{"autonomous", TrustMode::autonomous}};

constexpr std::array kClasses{
    Word<JobClass>{"CRITICAL", JobClass::critical}, Word<JobClass>{"HIGH", JobClass::high},
    Word<JobClass>{"MEDIUM", JobClass::medium}, Word<JobClass>{"LOW", JobClass::low}};

// The rows of mappings.

std::array<std::pair<RunnerFactor, double*>, 4> parts(RunnerWeights& weights) {
  return {{{RunnerFactor::utilisation, &weights.utilisation},
           {RunnerFactor::capacity, &weights.capacity},
           {RunnerFactor::tag_match, &weights.tag_match},
           {RunnerFactor::history, &weights.history}}};
}

std::array<std::pair<RunnerFactor, double*>, 3> parts(CarbonWeights& weights) {
  return {{{RunnerFactor::capacity, &weights.capacity},
           {RunnerFactor::tag_match, &weights.tag_match},
           {RunnerFactor::history, &weights.history}}};
}

std::array<std::pair<JobClass, double*>, 4> parts(std::array<double, 4>& by_class) {
  std::array<std::pair<JobClass, double*>, 4> all{};
  for (const JobClass job_class : kJobClasses) {
    const auto index = static_cast<std::size_t>(job_class);
    all.at(index) = {job_class, &by_class.at(index)};
  }
  return all;
}

// `expected`: what an entry that is none of them should have been.
template <class Weights>
Option weights_row(Option option, Weights& weights, std::string_view expected) {
  option.set_entry = [&weights, expected](std::string_view entry, std::string_view text) -> Result<void> {
    const auto all = parts(weights);
    const auto part =
        std::find_if(all.begin(), all.end(), [&](const auto& p) { return to_text(p.first) == entry; });
    if (part == all.end()) {
      return fail(Errc::invalid_argument, quoted_text(entry) + " is no " + std::string(expected));
    }
    const Result<double> weight = parse_decimal(text, 0, 1);
    if (!weight) return fail(weight.error());
    *part->second = *weight;
    return {};
  };
  option.show = [&weights] {
    std::string text;
    for (const auto& [name, weight] : parts(weights)) {
      text += (text.empty() ? "" : ",") + std::string(to_text(name)) + "=" + decimal_text(*weight);
    }
    return text;
  };
  return option;
}

Options carbon_rows(CarbonWeights& weights) {
  const std::string under = "assigner.scoring.carbon_weights.";
  return {weights_row(row(under + "classes", "mapping of class to number 0..1",
                          "Carbon's share of a runner's score where it is known, by the class of the job. Of "
                          "CRITICAL jobs it decides between equal runners only."),
                      weights.classes, "class; expected CRITICAL, HIGH, MEDIUM or LOW"),
          weights_row(row(under + "factors", "mapping of factor to number 0..1",
                          "How the other factors share the rest: capacity, tag_match, history."),
                      weights, "factor; expected capacity, tag_match or history")};
}

Option capacity_row(Option option, std::map<std::string, int>& capacity) {
  option.set_entry = [&capacity](std::string_view entry, std::string_view text) -> Result<void> {
    if (entry.empty()) return fail(Errc::invalid_argument, "a runner's id or description must not be empty");
    const Result<int> jobs = parse_whole(text, 1, kMostJobs);
    if (!jobs) return fail(jobs.error());
    capacity[std::string(entry)] = *jobs;
    return {};
  };
  option.show = [&capacity] {
    std::string text;
    for (const auto& [runner, jobs] : capacity) {
      text += (text.empty() ? "" : ",") + runner + "=" + std::to_string(jobs);
    }
    return text;
  };
  return option;
}

}  // namespace

std::string_view to_text(TrustMode mode) {
  return word_of(kTrustModes, mode);
}

Options option_rows(MonitorOptions& options) {
  using std::chrono::hours;
  using std::chrono::seconds;
  const std::string under = "monitor.";
  Option poll =
      duration_row(row(under + "poll_interval", "duration from 1s to 1h", "How often GitLab is asked."),
                   options.poll_interval, seconds{1}, hours{1});
  poll.variable = "RUNNERIQ_POLL_INTERVAL";
  return {
      std::move(poll),
      duration_row(row(under + "contact_limit", "duration from 30s to 2h",
                       "A runner that GitLab has not heard of for so long is given no jobs; GitLab itself "
                       "calls it online for two hours."),
                   options.contact_limit, seconds{30}, hours{2}),
      duration_row(
          row(under + "stuck_after", "duration from 1m to 7d",
              "A job that runs longer, or over twice the p90 of its earlier runs, is reported as stuck."),
          options.stuck_after, seconds{60}, hours{24 * 7}),
      capacity_row(row(under + "capacity", "mapping of runner to number from 1 to 100000",
                       "Jobs that a runner, named by id or description, can run at once; GitLab does not "
                       "tell. By default the most that were ever seen."),
                   options.capacity),
  };
}

Options option_rows(AssignerOptions& options) {
  const std::string under = "assigner.decision_engine.";
  Options rows{weights_row(row("assigner.scoring.weights", "mapping of factor to number 0..1",
                               "Shares of a runner's score: utilisation, capacity, tag_match, history."),
                           options.weights, "factor; expected utilisation, capacity, tag_match or history")};
  std::ranges::move(carbon_rows(options.carbon_weights), std::back_inserter(rows));
  Options decisions{
      word_row(
          row(under + "mode", "hybrid | rules_only | claude_only",
              "Who decides between two runners: hybrid asks the advisor when they are close, rules_only "
              "never, claude_only always. The advisor is a model once a key or a local server is there (see "
              "advisor.provider), else and until it has answered rules."),
          options.mode, kModes),
      decimal_row(row(under + "margin_threshold", "number 0..1",
                      "Two runners are close when their scores differ by no more than this share of the "
                      "better."),
                  options.margin_threshold, 0, 1),
      whole_row(row(under + "daily_token_budget", "number ≥ 0",
                    "Tokens a day, in UTC, for all that models are asked; 0 means unlimited. Between runners "
                    "at most "
                    "half of them."),
                options.daily_token_budget, 0, std::numeric_limits<int>::max()),
  };
  std::ranges::move(decisions, std::back_inserter(rows));
  return rows;
}

Options option_rows(TrustOptions& options) {
  const std::string under = "assigner.trust_model.";
  return {
      word_row(row(under + "mode", "advisory | supervised | autonomous",
                   "How far the daemon is trusted once it runs with --execute, where advisory counts as "
                   "supervised; without that flag it only advises."),
               options.mode, kTrustModes),
      word_row(row(under + "supervised_threshold", "CRITICAL | HIGH | MEDIUM | LOW",
                   "In supervised mode, actions for jobs of this class or above need approval."),
               options.supervised_threshold, kClasses),
  };
}

}  // namespace runneriq::scheduler
