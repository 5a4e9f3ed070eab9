#include "scheduler/carbon_view.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <unordered_map>

namespace runneriq::scheduler {
namespace {

double milliseconds(Duration duration) {
  return static_cast<double>(duration.count());
}

// The length of a job as its carbon is counted.
Duration span_of(const JobHistory& history) {
  const DurationEstimate& estimate = history.estimate;
  const bool is_known = estimate.basis != EstimateBasis::none && estimate.median > Duration::zero();
  return is_known ? estimate.median : kUnknownSpan;
}

}  // namespace

CarbonView::CarbonView(const FleetSnapshot& fleet, const RunnerTable& table, HistoryValues& history)
    : fleet_(&fleet), table_(&table), history_(&history), outlooks_{nullptr} {
  if (!fleet.carbon) return;
  index_zones();
  known_.resize(fleet.histories.size());
  own_.resize(table.size());
}

void CarbonView::index_zones() {
  std::unordered_map<std::string_view, std::uint32_t> numbers;
  zone_.reserve(table_->size());
  for (Row row = 0; row < table_->size(); ++row) {
    const carbon::ZoneKey& zone = table_->at(row).zone;
    const auto [number, is_new] = numbers.try_emplace(zone.value(), 0);
    const carbon::Outlook* const outlook = is_new ? fleet_->carbon->of(zone) : nullptr;
    if (outlook != nullptr) {
      number->second = static_cast<std::uint32_t>(outlooks_.size());
      outlooks_.push_back(outlook);
    }
    zone_.push_back(number->second);
  }
}

void CarbonView::look_at(const PendingJob& job) {
  const std::size_t index = job.history < known_.size() ? job.history : 0;
  if (known_[index].empty()) known_[index] = intensities(span_of(history_of(*fleet_, job)));
  by_zone_ = &known_[index];
  put_durations(job);
}

CarbonView::Range CarbonView::range(const RunnerSet& candidates) const {
  Range range{.cleanest = std::numeric_limits<double>::infinity(), .dirtiest = 0};
  candidates.for_each([&](Row row) {
    const double found = intensity(row);
    range.dirtiest = std::max(range.dirtiest, found);
    range.cleanest = std::min(range.cleanest, found > 0 ? found : range.cleanest);
  });
  return range.dirtiest > 0 ? range : Range{};
}

std::vector<double> CarbonView::intensities(Duration span) const {
  std::vector<double> by_zone{0};
  for (const carbon::Outlook* const outlook : outlooks_) {
    if (outlook == nullptr) continue;
    const auto mean = outlook->mean(fleet_->now, fleet_->now + span);
    by_zone.push_back(mean ? mean->g_per_kwh() : 0);
  }
  return by_zone;
}

void CarbonView::put_durations(const PendingJob& job) {
  const JobHistory& history = history_of(*fleet_, job);
  for (const std::uint32_t row : put_) own_[row] = 0;
  put_.clear();
  elsewhere_ = milliseconds(history.fleet_average.value_or(span_of(history)));
  for (const HistoryValues::Entry& entry : history_->of(job)) {
    own_[entry.row] = milliseconds(entry.average);
    put_.push_back(entry.row);
  }
}

}  // namespace runneriq::scheduler
