#include "scheduler/contenders.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace runneriq::scheduler {
namespace {

// More than any score, and less than a round of waiting jobs.
constexpr double kHeldBack = RunnerTable::kRound / 2;
// Who has no data goes behind an equal one that has.
constexpr double kNoCarbon = 1e-6;

struct Standing {
  Row row = 0;
  double rank = -std::numeric_limits<double>::infinity();
  double waiting_share = 0;
};

bool is_ahead(const Standing& a, const Standing& b) {
  return a.rank > b.rank || (a.rank == b.rank && a.waiting_share < b.waiting_share);
}

// The best two of those that were seen; of equal ones those that were seen first.
struct Podium {
  Standing first, second;
  int seen = 0;

  void see(const Standing& next) {
    ++seen;
    if (is_ahead(next, first)) {
      second = first;
      first = next;
    } else if (is_ahead(next, second)) {
      second = next;
    }
  }
  [[nodiscard]] Contenders contenders() const {
    Contenders found{.better = first.row, .second = std::nullopt};
    if (seen > 1) found.second = second.row;
    return found;
  }
};

int most_free_slots(const RunnerTable& table, const RunnerSet& candidates) {
  int most = 0;
  candidates.for_each([&](Row row) { most = std::max(most, table.free_slots(row)); });
  return most;
}

double tag_match(const RunnerTable& table, Row row, int tags_of_job) {
  return tag_match_value(static_cast<std::size_t>(std::max(0, table.user_tags(row) - tags_of_job)));
}

ScoredFactor scored(RunnerFactor factor, double value, double weight) {
  return {.factor = factor, .value = value, .weight = weight, .points = value * weight};
}

}  // namespace

ContenderSearch::ContenderSearch(const RunnerTable& table, HistoryValues& history, CarbonView& carbon,
                                 const RunnerWeights& weights, const CarbonWeights& carbon_weights)
    : table_(&table),
      history_(&history),
      carbon_(&carbon),
      weights_(weights),
      carbon_weights_(carbon_weights),
      beside_carbon_(beside_carbon(carbon_weights)),
      used_(weights),
      history_value_(table.size(), history_value(0, 0)) {}

Contenders ContenderSearch::best_two(const PendingJob& job, JobClass job_class, const RunnerSet& candidates) {
  put_history(job);
  tags_of_job_ = count_user_tags(job.traits.tags);
  most_free_ = most_free_slots(*table_, candidates);
  used_ = weights_;
  terms_ = CarbonTerms{};
  if (!sees_carbon(job, candidates)) return without_carbon(candidates);
  if (job_class == JobClass::low) return with_carbon(job_class, candidates);
  const Contenders found = without_carbon(candidates);
  set_limits(job_class, found.better);
  return job_class == JobClass::critical ? among_equals(found, candidates)
                                         : with_carbon(job_class, candidates);
}

RunnerScore ContenderSearch::score(Row row) const {
  const RunnerTable& table = *table_;
  const bool is_known = terms_.known && carbon_->intensity(row) > 0;
  const double rest = is_known ? 1 - terms_.share : 1;
  RunnerScore score{.runner = table.runner_of(row), .score = 0, .factors = {}};
  score.factors = {
      scored(RunnerFactor::utilisation, table.utilisation(row), used_.utilisation * rest),
      scored(RunnerFactor::capacity, capacity_value(table.free_slots(row), most_free_),
             used_.capacity * rest),
      scored(RunnerFactor::tag_match, tag_match(table, row, tags_of_job_), used_.tag_match * rest),
      scored(RunnerFactor::history, history_value_[row], used_.history * rest)};
  if (terms_.weighted) score.factors.erase(score.factors.begin());
  if (is_known) {
    score.factors.push_back(
        scored(RunnerFactor::carbon, value_of_carbon(row), gains(row) ? terms_.share : 0));
  }
  score.score = std::round(exact_score(score) * 10) / 10;
  return score;
}

void ContenderSearch::put_history(const PendingJob& job) {
  for (const std::uint32_t row : put_) history_value_[row] = history_value(0, 0);
  put_.clear();
  for (const HistoryValues::Entry& entry : history_->of(job)) {
    history_value_[entry.row] = entry.value;
    put_.push_back(entry.row);
  }
}

bool ContenderSearch::sees_carbon(const PendingJob& job, const RunnerSet& candidates) {
  if (!carbon_->is_on()) return false;
  carbon_->look_at(job);
  terms_.range = carbon_->range(candidates);
  terms_.known = terms_.range.dirtiest > 0;
  return terms_.known;
}

void ContenderSearch::set_limits(JobClass job_class, Row first) {
  terms_.without_carbon = first;
  terms_.longest = carbon_->expected(first) * (1 + most_slowdown(job_class));
  terms_.needs_free_slot = most_free_ > 0;
}

// Points of all factors but utilisation and carbon, as if carbon had no share.
double ContenderSearch::other_points(Row row) const {
  return used_.capacity * capacity_value(table_->free_slots(row), most_free_) +
         used_.tag_match * tag_match(*table_, row, tags_of_job_) + used_.history * history_value_[row];
}

bool ContenderSearch::gains(Row row) const {
  return carbon_->expected(row) <= terms_.longest && !(terms_.needs_free_slot && table_->is_full(row));
}

bool ContenderSearch::is_held_back(Row row) const {
  return !gains(row) && row != terms_.without_carbon;
}

double ContenderSearch::value_of_carbon(Row row) const {
  return carbon_value(carbon_->intensity(row), terms_.range.cleanest, terms_.range.dirtiest);
}

double ContenderSearch::rank_with_carbon(Row row) const {
  const double rank = -table_->behind(row) - (is_held_back(row) ? kHeldBack : 0);
  if (!(carbon_->intensity(row) > 0)) return rank + other_points(row) - kNoCarbon;
  const double gain = gains(row) ? terms_.share * value_of_carbon(row) : 0;
  return rank + (1 - terms_.share) * other_points(row) + gain;
}

Contenders ContenderSearch::without_carbon(const RunnerSet& candidates) const {
  Podium podium;
  candidates.for_each([&](Row row) {
    podium.see({.row = row, .rank = rank_without_carbon(row), .waiting_share = table_->waiting_share(row)});
  });
  return podium.contenders();
}

Contenders ContenderSearch::with_carbon(JobClass job_class, const RunnerSet& candidates) {
  used_ = beside_carbon_;
  terms_.weighted = true;
  terms_.share = carbon_share(carbon_weights_, job_class);
  Podium podium;
  candidates.for_each([&](Row row) {
    podium.see({.row = row, .rank = rank_with_carbon(row), .waiting_share = table_->waiting_share(row)});
  });
  Contenders found = podium.contenders();
  found.carbon_known = true;
  if (!found.second) return found;
  found.second_is_held_back = is_held_back(*found.second);
  found.carbon_counts = terms_.share > 0 && gains(found.better) && gains(*found.second);
  return found;
}

// Whether it could as well be chosen as `first`, the first without carbon.
bool ContenderSearch::is_equal(Row row, Row first) const {
  return rank_without_carbon(row) == rank_without_carbon(first) &&
         table_->waiting_share(row) == table_->waiting_share(first) && gains(row);
}

// `found` are the best two without carbon.
Contenders ContenderSearch::among_equals(Contenders found, const RunnerSet& candidates) {
  found.carbon_known = true;
  const double share = carbon_share(carbon_weights_, JobClass::critical);
  if (!(share > 0) || !found.second || !gains(found.better)) return found;
  const Row first = found.better;
  candidates.for_each([&](Row row) {
    if (is_cleaner(row, found.better) && is_equal(row, first)) found.better = row;
  });
  if (found.better != first) found.second = first;
  found.carbon_counts = is_cleaner(found.better, *found.second) && is_equal(*found.second, first);
  const bool both_known = carbon_->intensity(found.better) > 0 && carbon_->intensity(*found.second) > 0;
  if (found.carbon_counts && both_known) terms_.share = share;
  return found;
}

// What is not known is cleaner than nothing.
bool ContenderSearch::is_cleaner(Row row, Row other) const {
  const double intensity = carbon_->intensity(row);
  const double of_other = carbon_->intensity(other);
  return intensity > 0 && (!(of_other > 0) || intensity < of_other);
}

}  // namespace runneriq::scheduler
