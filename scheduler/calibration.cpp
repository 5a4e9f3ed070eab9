#include "scheduler/calibration.hpp"

#include <algorithm>

namespace runneriq::scheduler {
namespace {

// The share of the project's jobs whose score reaches `score`.
double share_from(double score, const std::vector<double>& sorted) {
  const auto first = std::lower_bound(sorted.begin(), sorted.end(), score);
  return static_cast<double>(sorted.end() - first) / static_cast<double>(sorted.size());
}

}  // namespace

bool is_inflated(const ScoreHistory& history) {
  return history.jobs >= kJobsForCalibration && history.critical > kMostCriticalShare * history.jobs;
}

JobClass calibrated(JobClass by_score, double score, const ScoreHistory& history) {
  if (by_score != JobClass::critical || !is_inflated(history) || history.scores.empty()) return by_score;
  return share_from(score, history.scores) > kMostCriticalShare ? JobClass::high : JobClass::critical;
}

}  // namespace runneriq::scheduler
