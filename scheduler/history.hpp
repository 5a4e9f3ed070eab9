// How long a job will take, from the runs before it.
#pragma once

#include "core/id.hpp"
#include "core/time.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace runneriq::scheduler {

// Estimates look at the last ten successful runs (scheduling research: the median of ten
// loses at most two points of mean wait against an oracle).
inline constexpr std::size_t kRunsForEstimate = 10;

enum class EstimateBasis { job, stage, project, all, none };

struct DurationEstimate {
  Duration median{};
  Duration p90{};
  EstimateBasis basis = EstimateBasis::none;  // none: never ran; median and p90 are then kUnknownDuration
  friend bool operator==(const DurationEstimate&, const DurationEstimate&) = default;
};

// What a job is taken to last when nothing is known.
inline constexpr Duration kUnknownDuration = std::chrono::minutes{5};

struct HistoryKey {
  GitLabUrl gitlab;
  ProjectId project;
  std::string job_name;
  std::string stage;
};

// Durations of successful runs, newest first, at most kRunsForEstimate per list.
struct DurationSamples {
  std::vector<Duration> of_job, of_stage, of_project, of_all;
};

// The first list that is not empty decides. Median: of an even number the mean of the middle
// two; p90: nearest rank.
DurationEstimate estimate(const DurationSamples& samples);

}  // namespace runneriq::scheduler
