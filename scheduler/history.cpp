#include "scheduler/history.hpp"

#include <algorithm>

namespace runneriq::scheduler {
namespace {

Duration median(const std::vector<Duration>& sorted) {
  const std::size_t middle = sorted.size() / 2;
  if (sorted.size() % 2 == 1) return sorted[middle];
  return sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2;
}

Duration p90(const std::vector<Duration>& sorted) {
  const std::size_t rank = (9 * sorted.size() + 9) / 10;  // nearest rank: ⌈0.9 n⌉, from 1
  return sorted[rank - 1];
}

DurationEstimate estimate_from(std::span<const Duration> newest_first, EstimateBasis basis) {
  const auto used = newest_first.first(std::min(newest_first.size(), kRunsForEstimate));
  std::vector<Duration> sorted{used.begin(), used.end()};
  std::sort(sorted.begin(), sorted.end());
  return {.median = median(sorted), .p90 = p90(sorted), .basis = basis};
}

}  // namespace

DurationEstimate estimate(const DurationSamples& samples) {
  if (!samples.of_job.empty()) return estimate_from(samples.of_job, EstimateBasis::job);
  if (!samples.of_stage.empty()) return estimate_from(samples.of_stage, EstimateBasis::stage);
  if (!samples.of_project.empty()) return estimate_from(samples.of_project, EstimateBasis::project);
  if (!samples.of_all.empty()) return estimate_from(samples.of_all, EstimateBasis::all);
  return {.median = kUnknownDuration, .p90 = kUnknownDuration, .basis = EstimateBasis::none};
}

}  // namespace runneriq::scheduler
