#include "alerting/young_alerts.hpp"

#include "alerting/stable_hash.hpp"

#include <algorithm>

namespace runneriq::alerting {
namespace {

constexpr Duration kYoung = std::chrono::minutes{1};
constexpr std::size_t kMostEntries = 8'192;
constexpr std::size_t kMostExplained = 64;

enum class Place : std::uint64_t { runner, job, pipeline };

StableHash start(Place place, const Event& event) {
  return StableHash{}.add(static_cast<std::uint64_t>(place)).add(event.gitlab);
}

std::uint64_t runner_key(const Event& event) {
  const bool by_name = event.kind == EventKind::runner && event.runner.empty();
  return start(Place::runner, event).add(by_name ? event.name : event.runner).value();
}

std::uint64_t job_key(const Event& event) {
  return start(Place::job, event).add(event.project).add(event.name).value();
}

std::uint64_t pipeline_key(const Event& event) {
  return start(Place::pipeline, event)
      .add(event.project)
      .add(static_cast<std::uint64_t>(event.pipeline_id))
      .value();
}

}  // namespace

void YoungAlerts::fires(std::uint64_t alert, const Classified& of, Time heard) {
  const Event& event = of.event;
  forget(heard);
  if (!event.runner.empty()) add(runner_key(event), alert, heard);
  if (is_of_merge_request(event)) add(job_key(event), alert, heard);
  if (event.pipeline_id != 0) add(pipeline_key(event), alert, heard);
}

std::vector<std::uint64_t> YoungAlerts::explained_by(const Classified& inhibitor, Time now) {
  forget(now);
  const Event& event = inhibitor.event;
  std::vector<std::uint64_t> alerts;
  const auto take = [&](std::uint64_t key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return;
    for (auto one = found->second.rbegin(); one != found->second.rend() && alerts.size() < kMostExplained;
         ++one)
      alerts.push_back(*one);
  };
  if (event.kind == EventKind::runner) take(runner_key(event));
  if (inhibitor.on_default_branch) take(job_key(event));
  if (event.kind == EventKind::job && event.pipeline_id != 0) take(pipeline_key(event));
  return alerts;
}

void YoungAlerts::add(std::uint64_t key, std::uint64_t alert, Time heard) {
  entries_.push_back({heard, key, alert});
  by_key_[key].push_back(alert);
}

void YoungAlerts::forget(Time now) {
  while (!entries_.empty() && (entries_.front().heard < now - kYoung || entries_.size() > kMostEntries)) {
    const auto found = by_key_.find(entries_.front().key);
    found->second.pop_front();
    if (found->second.empty()) by_key_.erase(found);
    entries_.pop_front();
  }
}

}  // namespace runneriq::alerting
