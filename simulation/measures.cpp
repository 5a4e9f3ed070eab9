#include "simulation/measures.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace runneriq::simulation {
namespace {

double seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1000;
}

double at_rank(const std::vector<double>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

struct PipelineSpan {
  Duration created{}, ended{};
  std::size_t jobs = 0;
};

}  // namespace

Spread spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  return {.count = values.size(),
          .mean = sum / static_cast<double>(values.size()),
          .p50 = at_rank(values, 0.50),
          .p95 = at_rank(values, 0.95),
          .p99 = at_rank(values, 0.99),
          .max = values.back()};
}

void MeasuresOfSeeds::add(const Jobs& jobs, const RunOutcome& outcome, std::size_t warm_up) {
  for (std::size_t i = warm_up; i < jobs.size(); ++i) {
    if (jobs[i].phantom_for) continue;
    if (!outcome.jobs[i].started) {
      ++never_started_;
      continue;
    }
    const double wait = seconds(*outcome.jobs[i].started - jobs[i].arrived);
    by_class_[static_cast<std::size_t>(jobs[i].job_class)].push_back(wait);
    by_pool_[static_cast<std::size_t>(jobs[i].pool)].push_back(wait);
    all_.push_back(wait);
  }
  add_pipelines(jobs, outcome, warm_up);
  totals_.span += outcome.totals.span;
  totals_.slot_seconds += outcome.totals.slot_seconds;
  totals_.idle_seconds += outcome.totals.idle_seconds;
  totals_.idle_with_work_seconds += outcome.totals.idle_with_work_seconds;
  totals_.writes += outcome.totals.writes;
  totals_.looks += outcome.totals.looks;
  totals_.refused_cuts += outcome.totals.refused_cuts;
}

void MeasuresOfSeeds::add_pipelines(const Jobs& jobs, const RunOutcome& outcome, std::size_t warm_up) {
  std::map<std::int64_t, PipelineSpan> spans;
  for (std::size_t i = warm_up; i < jobs.size(); ++i) {
    if (jobs[i].phantom_for) continue;
    const auto [at, is_new] = spans.try_emplace(jobs[i].pipeline, PipelineSpan{.created = jobs[i].arrived});
    at->second.ended = std::max(at->second.ended, outcome.jobs[i].finished);
    ++at->second.jobs;
  }
  for (const auto& [pipeline, span] : spans) {
    pipelines_.push_back(seconds(span.ended - span.created));
    has_pipelines_ |= span.jobs > 1;
  }
}

Measures MeasuresOfSeeds::measures() const {
  Measures measures;
  for (std::size_t i = 0; i < by_class_.size(); ++i) measures.wait_by_class[i] = spread_of(by_class_[i]);
  for (std::size_t i = 0; i < by_pool_.size(); ++i) measures.wait_by_pool[i] = spread_of(by_pool_[i]);
  measures.wait = spread_of(all_);
  if (has_pipelines_) measures.pipeline = spread_of(pipelines_);
  const double hours = seconds(totals_.span) / 3600;
  measures.idle_share = ratio(totals_.idle_seconds, totals_.slot_seconds);
  measures.idle_with_work_share = ratio(totals_.idle_with_work_seconds, totals_.slot_seconds);
  measures.idle_with_work_seconds = ratio(totals_.idle_with_work_seconds, hours);
  measures.writes_per_hour = ratio(static_cast<double>(totals_.writes), hours);
  measures.looks_per_hour = ratio(static_cast<double>(totals_.looks), hours);
  measures.refused_cuts = totals_.refused_cuts;
  measures.never_started = never_started_;
  return measures;
}

}  // namespace runneriq::simulation
