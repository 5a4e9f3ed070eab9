#include "gitlab/job.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace runneriq::gitlab {
namespace {

using NamedStatus = std::pair<JobStatus, std::string_view>;

constexpr std::array kStatuses{
    NamedStatus{JobStatus::created, "created"},
    NamedStatus{JobStatus::waiting_for_resource, "waiting_for_resource"},
    NamedStatus{JobStatus::preparing, "preparing"},
    NamedStatus{JobStatus::waiting_for_callback, "waiting_for_callback"},
    NamedStatus{JobStatus::pending, "pending"},
    NamedStatus{JobStatus::running, "running"},
    NamedStatus{JobStatus::success, "success"},
    NamedStatus{JobStatus::failed, "failed"},
    NamedStatus{JobStatus::canceling, "canceling"},
    NamedStatus{JobStatus::canceled, "canceled"},
    NamedStatus{JobStatus::skipped, "skipped"},
    NamedStatus{JobStatus::manual, "manual"},
    NamedStatus{JobStatus::scheduled, "scheduled"},
};

using Attempts = std::map<std::pair<PipelineId, std::string_view>, JobId>;

// The first attempt of each job, by pipeline and name.
Attempts first_attempts(const std::vector<Job>& ended) {
  Attempts first;
  for (const Job& job : ended) {
    const auto [place, is_new] = first.try_emplace({job.pipeline, job.name}, job.id);
    if (!is_new) place->second = std::min(place->second, job.id);
  }
  return first;
}

}  // namespace

std::string_view to_text(JobStatus status) {
  const auto named = std::find_if(kStatuses.begin(), kStatuses.end(),
                                  [&](const NamedStatus& row) { return row.first == status; });
  return named == kStatuses.end() ? "unknown" : named->second;
}

JobStatus job_status(std::string_view text) {
  const auto named = std::find_if(kStatuses.begin(), kStatuses.end(),
                                  [&](const NamedStatus& row) { return row.second == text; });
  return named == kStatuses.end() ? JobStatus::unknown : named->first;
}

void mark_retries(std::vector<Job>& waiting, const std::vector<Job>& ended) {
  const Attempts first = first_attempts(ended);
  for (Job& job : waiting) {
    const auto earlier = first.find({job.pipeline, job.name});
    if (earlier != first.end() && earlier->second < job.id) job.retry = true;
  }
}

}  // namespace runneriq::gitlab
