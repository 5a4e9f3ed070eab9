#include "scheduler/runner_table.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

namespace runneriq::scheduler {
namespace {

constexpr std::string_view kOwnTags = "runneriq:";

std::vector<std::uint32_t> in_order_of_keys(const std::vector<FleetRunner>& runners) {
  std::vector<std::uint32_t> order(runners.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto before = [&](std::uint32_t a, std::uint32_t b) { return runners[a].key < runners[b].key; };
  if (!std::is_sorted(order.begin(), order.end(), before)) std::sort(order.begin(), order.end(), before);
  return order;
}

}  // namespace

int count_user_tags(const std::vector<std::string>& tags) {
  return static_cast<int>(std::count_if(tags.begin(), tags.end(),
                                        [](const std::string& tag) { return !tag.starts_with(kOwnTags); }));
}

RunnerTable::RunnerTable(const FleetSnapshot& fleet, const RunnerWeights& weights)
    : fleet_(&fleet), utilisation_weight_(weights.utilisation), runner_(in_order_of_keys(fleet.runners)) {
  for (std::vector<int>* column : {&active_, &most_, &taken_, &waiting_, &free_, &user_tags_}) {
    column->resize(size());
  }
  base_.resize(size());
  behind_.resize(size());
  index_gitlabs();
  for (Row row = 0; row < size(); ++row) {
    const FleetRunner& runner = at(row);
    active_[row] = std::max(runner.active_jobs, 0);
    most_[row] = std::max(runner.max_jobs, 1);
    user_tags_[row] = count_user_tags(runner.traits.tags);
    update(row);
  }
}

Rows RunnerTable::rows_of(const GitLabUrl& gitlab) const {
  const auto found = std::find_if(gitlabs_.begin(), gitlabs_.end(),
                                  [&](const Rows& rows) { return at(rows.from).key.gitlab == gitlab; });
  return found == gitlabs_.end() ? Rows{} : *found;
}

void RunnerTable::index_gitlabs() {
  for (Row row = 0; row < size(); ++row) {
    if (row == 0 || at(row).key.gitlab != at(row - 1).key.gitlab) gitlabs_.push_back({row, row});
    gitlabs_.back().to = row + 1;
  }
}

void RunnerTable::take(Row row) {
  if (is_full(row)) ++waiting_[row];
  ++taken_[row];
  update(row);
}

// A reported load is of the moment before the jobs that were given the runner since.
double RunnerTable::load(Row row) const {
  const auto most = static_cast<double>(most_[row]);
  const std::optional<double>& reported = at(row).host_load;
  const double now = reported ? *reported : active_[row] / most;
  return now + taken_[row] / most;
}

double RunnerTable::utilisation(Row row) const {
  return is_full(row) ? 0 : utilisation_value(load(row));
}

void RunnerTable::update(Row row) {
  free_[row] = std::max(0, most_[row] - std::min(active_[row], most_[row]) - taken_[row]);
  behind_[row] = kRound * rounds_waiting(row);
  base_[row] = utilisation_weight_ * utilisation(row) - behind_[row];
}

}  // namespace runneriq::scheduler
