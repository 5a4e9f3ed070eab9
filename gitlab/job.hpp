// Jobs, as the REST API lists them.
#pragma once

#include "core/id.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab {

enum class JobStatus {
  created,
  waiting_for_resource,
  preparing,
  waiting_for_callback,
  pending,
  running,
  success,
  failed,
  canceling,
  canceled,
  skipped,
  manual,
  scheduled,
  unknown,
};

std::string_view to_text(JobStatus status);
JobStatus job_status(std::string_view text);  // unknown for what no version before this one knew

// Missing fields keep their defaults.
struct Job {
  JobId id = {};
  ProjectId project = {};
  PipelineId pipeline = {};
  std::string name = {};
  std::string stage = {};
  JobStatus status = JobStatus::unknown;
  std::string ref = {};  // a branch, a tag, or "refs/merge-requests/12/head"
  bool is_tag = false;
  bool allow_failure = false;
  std::vector<std::string> tags = {};  // sorted, each once
  UserId user = {};                    // who started it; 0 = not told
  RunnerId runner = {};                // 0 = none yet
  std::string pipeline_source = {};    // "push", "merge_request_event", …; an open set
  std::string failure_reason = {};     // "" unless failed; an open set
  // Told of jobs that have ended only, so that thousands of waiting ones cost no memory for it.
  std::string sha = {};  // of the commit; of merged results and trains the source's, where its parents tell
  std::string user_name = {};  // of `user`
  std::string url = {};        // of its page, http or https
  std::optional<Time> created_at = {};
  std::optional<Time> started_at = {};
  std::optional<Time> finished_at = {};
  std::optional<Duration> ran = {};     // duration
  std::optional<Duration> queued = {};  // queued_duration: while pending, up to the reading
  // What REST does not tell; none = not known.
  std::optional<bool> manual = {};  // when: manual, played by a person
  std::optional<bool> retry = {};   // an earlier attempt of the same job in the same pipeline has ended
};

// Sets `retry` of each job in `waiting`: whether `ended` holds a job of the same pipeline and
// name with a lower id. One that is found is a retry; one that is not found stays as it was.
void mark_retries(std::vector<Job>& waiting, const std::vector<Job>& ended);

}  // namespace runneriq::gitlab
