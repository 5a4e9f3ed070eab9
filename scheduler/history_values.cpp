#include "scheduler/history_values.hpp"

#include <algorithm>

namespace runneriq::scheduler {
namespace {

double milliseconds(Duration duration) {
  return static_cast<double>(duration.count());
}

}  // namespace

HistoryValues::HistoryValues(const FleetSnapshot& fleet, const RunnerTable& table)
    : fleet_(&fleet), table_(&table), known_(fleet.histories.size()) {}

std::span<const HistoryValues::Entry> HistoryValues::of(const PendingJob& job) {
  const JobHistory& history = history_of(*fleet_, job);
  if (history.by_runner.empty()) return {};
  auto& known = known_[job.history];
  if (!known) {
    index_rows();
    known = entries(history);
  }
  return *known;
}

void HistoryValues::index_rows() {
  if (!ids_.empty()) return;
  ids_.reserve(table_->size());
  for (Row row = 0; row < table_->size(); ++row) ids_.push_back(table_->at(row).key.runner.value());
}

// The history is sorted by key, as the rows are: each is looked for behind the one before.
std::vector<HistoryValues::Entry> HistoryValues::entries(const JobHistory& history) const {
  std::vector<Entry> found;
  const double fleet_average = milliseconds(history.fleet_average.value_or(Duration::zero()));
  const GitLabUrl* gitlab = nullptr;
  Rows rows;
  for (const auto& [key, average] : history.by_runner) {
    if (gitlab == nullptr || *gitlab != key.gitlab) rows = table_->rows_of(key.gitlab);
    gitlab = &key.gitlab;
    const auto end = ids_.begin() + static_cast<std::ptrdiff_t>(rows.to);
    const auto id =
        std::lower_bound(ids_.begin() + static_cast<std::ptrdiff_t>(rows.from), end, key.runner.value());
    rows.from = static_cast<Row>(id - ids_.begin());
    if (id == end || *id != key.runner.value()) continue;
    found.push_back({.row = static_cast<std::uint32_t>(rows.from),
                     .value = history_value(fleet_average, milliseconds(average)),
                     .average = average});
  }
  return found;
}

}  // namespace runneriq::scheduler
