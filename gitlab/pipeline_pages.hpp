// GitLab's replies about pipelines, their jobs, what changed and their merge requests, as
// gitlab/pipelines.hpp has them. Tolerant of unknown fields, nulls and new words, strict about what they are.
// Errors: corrupt. Pure.
#pragma once

#include "gitlab/pipelines.hpp"

namespace runneriq::gitlab {

inline constexpr std::size_t kLongestPath = 4096;     // of a file in a repository; a longer one is left out
inline constexpr std::size_t kMostVariables = 8'000;  // GitLab's limit of a project

struct ProjectVariable {
  std::string id{};            // of its key and its environments
  std::string masked_value{};  // "" = not masked, or not told (hidden)
};

Result<ProjectPage> parse_project_page(std::string_view json);         // GET /projects/:id
Result<Pipeline> parse_pipeline_page(std::string_view json);           // GET /projects/:id/pipelines/:id
Result<std::vector<Pipeline>> parse_pipelines(std::string_view json);  // GET /projects/:id/pipelines
// GET /projects/:id/pipelines/:id/jobs
Result<std::vector<PipelineJob>> parse_pipeline_jobs(std::string_view json);
Result<PipelineJob> parse_pipeline_job(std::string_view json);  // GET /projects/:id/jobs/:id
// GET /projects/:id/repository/compare. Of a file's diff 64 KiB are read, as it stands in JSON.
Result<Comparison> parse_comparison(std::string_view json);
Result<MergeRequestPage> parse_merge_request_page(std::string_view json);
Result<std::vector<MergeRequestPage>> parse_merge_request_pages(std::string_view json);
// GET /projects/:id/variables. The values of others than masked ones are not kept.
Result<std::vector<ProjectVariable>> parse_project_variables(std::string_view json);
Result<CiCheck> parse_ci_check(std::string_view json);  // GET /projects/:id/ci/lint

// Oldest first, those marked that a later one of the same name took the place of; the newest
// kMostPipelineJobs.
std::vector<PipelineJob> in_order_of_attempts(std::vector<PipelineJob> jobs);

// Whether nothing but another pipeline tells whose it is (a child), or it is nobody's (a tag's).
bool has_no_merge_request(const Pipeline& pipeline);

// Whether a pipeline for merge requests is this open one's: GitLab started it as such, under its ref, and its
// commit or head pipeline agrees. Merged results and trains have a commit of their own.
bool is_pipeline_of(const MergeRequestPage& merge_request, const Pipeline& pipeline);

// Of merge requests that contain the commit of a branch's pipeline the open one of that very branch, not of a
// fork's, whose head it is; of several the newest.
std::optional<MergeRequestPage> open_one_with_head(std::vector<MergeRequestPage> found,
                                                   const Pipeline& pipeline);

}  // namespace runneriq::gitlab
