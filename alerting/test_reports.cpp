#include "alerting/test_reports.hpp"

#include "alerting/stable_hash.hpp"

namespace runneriq::alerting {
namespace {

constexpr std::size_t kMostEnds = 4'000;

std::uint64_t key_of(const Event& job) {
  return StableHash{}
      .add(job.gitlab)
      .add(job.project)
      .add(static_cast<std::uint64_t>(job.pipeline_id))
      .add(job.name)
      .add(job.sha)
      .value();
}

}  // namespace

void TestReports::failed(const Event& job, bool is_flaky) {
  const auto [end, is_new] = ends_.try_emplace(key_of(job));
  ++end->second.tests;
  end->second.flaky += is_flaky ? 1 : 0;
  if (!is_new) return;
  order_.push_back(end->first);
  if (order_.size() <= kMostEnds) return;
  ends_.erase(order_.front());
  order_.pop_front();
}

std::optional<TestReports::Failed> TestReports::take(const Event& job) {
  if (ends_.empty()) return std::nullopt;
  const auto end = ends_.extract(key_of(job));
  return end.empty() ? std::nullopt : std::optional{end.mapped()};
}

}  // namespace runneriq::alerting
