#include "scheduler/assigner.hpp"

#include "core/printable.hpp"
#include "scheduler/assignment_words.hpp"
#include "scheduler/candidate_gate.hpp"
#include "scheduler/carbon_estimate.hpp"
#include "scheduler/contenders.hpp"
#include "scheduler/history_values.hpp"
#include "scheduler/runner_table.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::scheduler {
namespace {

using gitlab::Match;

constexpr double kOverloaded = 0.9;
constexpr std::size_t kLongestAdvice = 1'000, kLongestModel = 60;

double relative_margin(const RunnerScore& better, const RunnerScore& second) {
  const double best = exact_score(better);
  return best > 0 ? std::clamp((best - exact_score(second)) / best, 0.0, 1.0) : 0;
}

// The two best runners, scored.
struct Duel {
  Row better_row, second_row;
  RunnerScore better, second;
  bool carbon_counts = false, second_is_held_back = false;
  JobClass job_class = JobClass::low;
  double margin = 0;
};

// Scores that differ by less are alike where carbon is in them.
constexpr double kAlike = 1e-6;

class Assigner {
 public:
  Assigner(const FleetSnapshot& fleet, std::span<const RankedJob> jobs, const AssignerOptions& options,
           Advisor& advisor)
      : fleet_(fleet),
        options_(options),
        advisor_(advisor),
        weights_(in_proportion(options.weights)),
        table_(fleet, weights_),
        gate_(fleet, table_, jobs),
        history_(fleet, table_),
        carbon_(fleet, table_, history_),
        search_(table_, history_, carbon_, weights_, options.carbon_weights),
        estimate_(table_, carbon_, options) {}

  Assignment assign(const RankedJob& ranked) {
    const PendingJob& job = fleet_.jobs[ranked.job];
    gate_.find(job, candidates_);
    const int candidates = candidates_.size();
    Assignment assignment = candidates == 0 ? without_candidate(job) : with_candidates(ranked, job);
    assignment.candidates = candidates;
    return assignment;
  }

 private:
  Assignment without_candidate(const PendingJob& job) {
    Assignment assignment;
    assignment.reason = no_candidate_words(gate_.exclusions(job), gate_.lacking_tags(job));
    return assignment;
  }

  Assignment with_candidates(const RankedJob& ranked, const PendingJob& job) {
    const Contenders found = search_.best_two(job, ranked.job_class, candidates_);
    Assignment assignment;
    Row chosen = found.better;
    if (found.second) {
      chosen = decide(ranked, found, assignment);
    } else {
      assignment.path = DecisionPath::direct;
      assignment.margin = 1;
      assignment.chosen = search_.score(found.better);
      assignment.reason = only_candidate_words(table_.at(found.better));
    }
    if (found.carbon_known) assignment.carbon = carbon_of(found, chosen);
    place(ranked, job, chosen, assignment);
    return assignment;
  }

  [[nodiscard]] AssignmentCarbon carbon_of(const Contenders& found, Row chosen) const {
    const std::optional<Row> other =
        found.second && chosen == *found.second ? std::optional{found.better} : found.second;
    return estimate_.of(candidates_, chosen, other);
  }

  Row decide(const RankedJob& ranked, const Contenders& found, Assignment& assignment) {
    Duel duel{.better_row = found.better,
              .second_row = *found.second,
              .better = search_.score(found.better),
              .second = search_.score(*found.second),
              .carbon_counts = found.carbon_counts,
              .second_is_held_back = found.second_is_held_back,
              .job_class = ranked.job_class};
    duel.margin = relative_margin(duel.better, duel.second);
    assignment.margin = duel.margin;
    assignment.path = DecisionPath::rules;
    const bool second_wins =
        is_to_be_asked(duel) && advised_second(fleet_.jobs[ranked.job], duel, assignment);
    if (assignment.path == DecisionPath::rules) assignment.reason += contest_words(contest(duel));
    if (second_wins) std::swap(duel.better, duel.second);
    assignment.chosen = std::move(duel.better);
    assignment.runner_up = std::move(duel.second);
    return second_wins ? duel.second_row : duel.better_row;
  }

  [[nodiscard]] bool is_to_be_asked(const Duel& duel) const {
    switch (options_.mode) {
      case DecisionMode::rules_only:
        return false;
      case DecisionMode::claude_only:
        return true;
      case DecisionMode::hybrid:
        break;
    }
    return is_close(duel) && second_may_win(duel);
  }

  [[nodiscard]] bool is_close(const Duel& duel) const {
    return !duel.second_is_held_back && !(duel.margin > options_.margin_threshold);
  }

  [[nodiscard]] bool second_may_win(const Duel& duel) const {
    return !duel.second_is_held_back &&
           table_.rounds_waiting(duel.better_row) == table_.rounds_waiting(duel.second_row);
  }

  [[nodiscard]] std::optional<CarbonOfTwo> carbon_of_two(const Duel& duel) const {
    if (!duel.carbon_counts) return std::nullopt;
    return CarbonOfTwo{.better = carbon::Intensity::of(carbon_.intensity(duel.better_row)),
                       .second = carbon::Intensity::of(carbon_.intensity(duel.second_row))};
  }

  // Asks the advisor; true when it wants the second. Without a usable answer the path stays `rules`.
  bool advised_second(const PendingJob& job, const Duel& duel, Assignment& assignment) {
    const Result<AdvisorAnswer> answer = advisor_.choose({.fleet = &fleet_,
                                                          .job = &job,
                                                          .better = &duel.better,
                                                          .second = &duel.second,
                                                          .margin = duel.margin,
                                                          .is_close = is_close(duel),
                                                          .carbon = carbon_of_two(duel),
                                                          .job_class = duel.job_class,
                                                          .second_may_win = second_may_win(duel)});
    if (!answer) {
      assignment.reason = "the advisor failed (" + printable(answer.error().message, kLongestAdvice) +
                          "), so the better score wins: ";
      return false;
    }
    if (answer->runner != duel.better.runner && answer->runner != duel.second.runner) {
      assignment.reason = "the advisor named neither of the two best, so the better score wins: ";
      return false;
    }
    assignment.path = DecisionPath::advisor;
    assignment.reason = printable(answer->reason, kLongestAdvice);
    assignment.model = printable(answer->model, kLongestModel);
    if (assignment.reason.empty())
      assignment.reason = "the advisor chose " + title(fleet_.runners[answer->runner]);
    return answer->runner == duel.second.runner;
  }

  [[nodiscard]] Contest contest(const Duel& duel) const {
    return {.better = &table_.at(duel.better_row),
            .second = &table_.at(duel.second_row),
            .better_score = duel.better.score,
            .second_score = duel.second.score,
            .margin = duel.margin,
            .decided_by = decided_by(duel),
            .job_class = duel.job_class};
  }

  [[nodiscard]] DecidedBy decided_by(const Duel& duel) const {
    if (table_.rounds_waiting(duel.better_row) != table_.rounds_waiting(duel.second_row)) {
      return DecidedBy::rounds_waiting;
    }
    if (duel.second_is_held_back && !(duel.margin > 0)) return DecidedBy::speed_limit;
    if (duel.carbon_counts && duel.margin < kAlike && !(carbon_.intensity(duel.second_row) > 0)) {
      return DecidedBy::known_carbon;
    }
    if (duel.margin > 0) return DecidedBy::score;
    return table_.waiting_share(duel.better_row) < table_.waiting_share(duel.second_row)
               ? DecidedBy::jobs_waiting
               : DecidedBy::id;
  }

  // Gives the job its slot, or its place among those that wait for one.
  void place(const RankedJob& ranked, const PendingJob& job, Row row, Assignment& assignment) {
    const FleetRunner& runner = table_.at(row);
    assignment.waits_for_slot = table_.is_full(row);
    if (assignment.waits_for_slot) assignment.reason += waiting_words(table_.slots(row), table_.waiting(row));
    const double load = table_.load(row);
    if (ranked.job_class == JobClass::critical && (assignment.waits_for_slot || load >= kOverloaded)) {
      assignment.anomalies.push_back(overload_words(runner, load));
    }
    if (auto words = misfit_words(runner, history_of(fleet_, job))) {
      assignment.anomalies.push_back(*std::move(words));
    }
    if (assignment.carbon) assignment.reason += "; " + carbon_words(fleet_, *assignment.carbon);
    table_.take(row);
  }

  const FleetSnapshot& fleet_;
  const AssignerOptions& options_;
  Advisor& advisor_;
  RunnerWeights weights_;
  RunnerTable table_;
  CandidateGate gate_;
  HistoryValues history_;
  CarbonView carbon_;
  ContenderSearch search_;
  CarbonEstimate estimate_;
  RunnerSet candidates_;
};

void count(Exclusions& found, const FleetRunner& runner, const gitlab::JobTraits& job) {
  if (!runner.traits_known) {
    ++found.unknown_traits;
  } else if (const Match match = could_take(runner.traits, job); match != Match::takes) {
    ++found.by_match.at(static_cast<std::size_t>(match));
  } else if (runner.status != gitlab::RunnerStatus::online) {
    ++found.offline;
  } else if (runner.paused) {
    ++found.paused;
  } else if (!runner.recent_contact) {
    ++found.silent;
  }
}

int& counter(Split& split, DecisionPath path) {
  switch (path) {
    case DecisionPath::direct:
      return split.direct;
    case DecisionPath::rules:
      return split.rules;
    case DecisionPath::advisor:
      return split.advisor;
    case DecisionPath::none:
      break;
  }
  return split.queued;
}

}  // namespace

std::string_view to_text(DecisionPath path) {
  switch (path) {
    case DecisionPath::none:
      return "none";
    case DecisionPath::direct:
      return "direct";
    case DecisionPath::rules:
      return "rules";
    case DecisionPath::advisor:
      return "advisor";
  }
  return "none";
}

std::vector<Assignment> assign(const FleetSnapshot& fleet, std::span<const RankedJob> in_order,
                               const AssignerOptions& options, Advisor& advisor) {
  Assigner assigner{fleet, in_order, options, advisor};
  std::vector<Assignment> assignments;
  assignments.reserve(in_order.size());
  for (const RankedJob& job : in_order) assignments.push_back(assigner.assign(job));
  return assignments;
}

Split split_of(std::span<const Assignment> assignments) {
  Split split;
  for (const Assignment& assignment : assignments) ++counter(split, assignment.path);
  return split;
}

Exclusions exclusions(const FleetSnapshot& fleet, const PendingJob& job) {
  Exclusions found;
  for (const FleetRunner& runner : fleet.runners) {
    if (runner.key.gitlab == job.key.gitlab) count(found, runner, job.traits);
  }
  return found;
}

}  // namespace runneriq::scheduler
