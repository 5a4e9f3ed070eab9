// What diagnosis asks of GitLab: a pipeline, its jobs with their retries, what changed, whose merge request
// it is. Reads only. Implemented in gitlab/rest.
#pragma once

#include "core/id.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "gitlab/job.hpp"
#include "gitlab/project.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab {

struct Pipeline {
  PipelineId id = {};
  ProjectId project = {};
  std::string sha{}, before_sha{}, ref{}, source{};
  std::string status{};  // GitLab's: "failed", "success", "running", …
  bool tag = false;
  std::string page{};  // http or https; "" = not told
  std::optional<Time> created_at{};
  std::vector<std::string> yaml_errors{};
};

struct PipelineJob {
  JobId id = {};
  PipelineId pipeline = {};
  std::string name{}, stage{}, ref{}, sha{};
  std::string status{};  // GitLab's
  std::string failure_reason{};
  bool allow_failure = false;
  bool retried = false;  // a later attempt took its place; told by jobs() alone
  std::string page{};
  std::optional<Time> started_at{}, finished_at{};
};

struct FileDiff {
  std::string new_path{}, old_path{};
  std::string hunks{};  // of a unified diff, at most 64 KiB; "" = binary, or too large for GitLab to tell
};
struct Comparison {
  std::vector<FileDiff> files;       // at most kMostDiffFiles
  std::vector<std::string> commits;  // sha, newest first, at most kMostCommits
  bool whole = true;                 // false: there may be more files, or lines of them, than are told
};
inline constexpr std::size_t kMostDiffFiles = 1'000;  // GitLab's own limit, too
inline constexpr std::size_t kMostCommits = 100;
inline constexpr std::size_t kMostPipelineJobs = 1'000;

struct MergeRequestPage {
  MergeRequestIid iid = {};
  std::string state{};  // "opened", "merged", "closed"
  std::vector<std::string> labels{};
  std::string sha{}, source_branch{}, target_branch{};
  PipelineId head_pipeline = {};  // 0 = none
  std::string page{};
  bool from_fork = false;
};

struct ProjectPage {
  ProjectId id = {};
  std::string path{};  // full
  std::string default_branch{};
  std::string page{};
};

struct CiCheck {  // of GitLab's own lint
  bool valid = false;
  std::vector<std::string> errors, warnings;
  // With what it includes; "" where GitLab could not merge it, or it is larger than kLargestConfiguration.
  std::string merged_yaml{};
};
inline constexpr std::size_t kLargestConfiguration = std::size_t{1} << 20;  // bytes

// Errors of all: not_found, permission, timed_out, unavailable, corrupt, invalid_argument (GitLab refuses the
// question as it is, or the answer is larger than any of GitLab's).
class Pipelines {
 public:
  virtual ~Pipelines() = default;
  [[nodiscard]] virtual Result<ProjectPage> project(std::string_view id_or_path) = 0;
  [[nodiscard]] virtual Result<Pipeline> pipeline(ProjectId project, PipelineId pipeline) = 0;
  // With retried ones, oldest first; of more than kMostPipelineJobs the newest. Without trigger jobs.
  [[nodiscard]] virtual Result<std::vector<PipelineJob>> jobs(ProjectId project, PipelineId pipeline) = 0;
  [[nodiscard]] virtual Result<PipelineJob> job(ProjectId project, JobId job) = 0;
  // The newest pipeline of the ref before `before` that passed, among the 1,000 newest that did.
  [[nodiscard]] virtual Result<std::optional<Pipeline>> last_green(ProjectId project, std::string_view ref,
                                                                   PipelineId before) = 0;
  // What `to` changes since it left `from`, each a commit, branch or tag.
  [[nodiscard]] virtual Result<Comparison> compare(ProjectId project, std::string_view from,
                                                   std::string_view to) = 0;
  [[nodiscard]] virtual Result<MergeRequestPage> merge_request(ProjectId project, MergeRequestIid iid) = 0;
  // The open one whose pipeline it is (gitlab/pipeline_pages: is_pipeline_of), or of whose own branch and
  // head it is. Whoever may push can name a branch or tag like a merge request's ref and give it any commit.
  [[nodiscard]] virtual Result<std::optional<MergeRequestPage>> merge_request_of(
      ProjectId project, const Pipeline& pipeline) = 0;
  // Values of the project's masked variables; none without the right to see them (Maintainer).
  [[nodiscard]] virtual Result<std::vector<std::string>> masked_values(ProjectId project) = 0;
  // Of the project's CI configuration as it is in that commit.
  [[nodiscard]] virtual Result<CiCheck> ci_check(ProjectId project, std::string_view sha) = 0;
};

}  // namespace runneriq::gitlab
