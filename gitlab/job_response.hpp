// What gitlab-runner passes on of a job in JOB_RESPONSE_FILE: the fields that RunnerIQ
// reads, nothing else. GitLab and the runner write this file, so job_info and git_info can
// be trusted; of the variables only those that GitLab itself sets (see gitlab_variable()).
#pragma once

#include "core/id.hpp"
#include "core/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab {

enum class RefType { branch, tag };

struct ServiceImage {
  std::string name;
  std::string alias;
  std::vector<std::string> entrypoint;
  std::vector<std::string> command;
};

struct JobVariable {
  std::string key;
  std::string value;
};

// Every field may be missing: a missing field keeps its default and never fails a job.
struct JobResponse {
  JobId id;
  std::string name;
  std::string stage;
  ProjectId project;
  std::string project_path;  // "group/project"; may hold anything, never build a host path of it
  PipelineId pipeline;
  std::optional<std::chrono::milliseconds> queued;  // job_info.time_in_queue_seconds
  std::string ref;
  RefType ref_type = RefType::branch;
  std::optional<bool> ref_protected;  // git_info's; before GitLab 18.3 what CI_COMMIT_REF_PROTECTED says
  std::optional<std::chrono::seconds> timeout;  // runner_info.timeout
  std::string image;
  std::vector<std::string> image_entrypoint;
  std::vector<ServiceImage> services;
  // Only keys that RunnerIQ reads, each at its first occurrence, in order of appearance
  // (the file lists GitLab's own before those of project, YAML and user).
  std::vector<JobVariable> variables;
};

struct ParsedJobResponse {
  JobResponse job;
  // What could not be read, as a sentence for the job log; the fields before it are kept.
  std::optional<std::string> trouble;
};

// Reads a job response in one streaming pass that keeps only the fields above: memory stays
// within a few times the longest kept value, whatever the size or depth of `json`. Strings
// are cut after 64 KiB and bytes that are no UTF-8 read as U+FFFD.
// Wrong types and out-of-range numbers read as missing. Never throws, never fails.
ParsedJobResponse parse_job_response(std::string_view json);

// Whether merge_request_of_ref() (gitlab/project.hpp) knows `ref`: refs that GitLab alone makes.
bool is_merge_request_ref(std::string_view ref);

// The value that GitLab gave a predefined variable; empty when there is none. A job can add
// variables of any name; but the file lists GitLab's own first, so the first occurrence is
// GitLab's wherever GitLab always sets the variable. For CI_JOB_MANUAL, which GitLab sets
// only sometimes, it must also stand before CI_PROJECT_ID (Rails: Gitlab::Ci::Variables::
// Builder puts the job's predefined variables before the project's). The merge request's count
// only when `ref` is a merge request's ref, which no user can choose, and not behind
// CI_RUNNER_ID, where GitLab's own end: it sets the labels only where there are any. RUNNERIQ_*
// are the user's wishes and come as they are.
std::string_view gitlab_variable(const JobResponse& job, std::string_view key);

}  // namespace runneriq::gitlab
