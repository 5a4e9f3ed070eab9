// One GitLab as diagnosis sees it.
#pragma once

#include "apps/runneriq/sources.hpp"
#include "diagnosis/inquiry.hpp"
#include "gitlab/rest/rest_discussions.hpp"
#include "gitlab/rest/rest_job_logs.hpp"
#include "gitlab/rest/rest_pipelines.hpp"

#include <memory>
#include <string>

namespace runneriq::app {

enum class MayWrite { no, yes };

// For one thread.
struct DiagnosisGitLab {
  std::string url, project;  // project: the configured one; "" = none
  std::unique_ptr<platform::HttpClient> client;
  std::unique_ptr<gitlab::RestPipelines> pipelines;
  std::unique_ptr<gitlab::RestJobLogs> logs;
  std::unique_ptr<gitlab::RestDiscussions> discussions;  // null where nothing may be written
};
Result<DiagnosisGitLab> open_diagnosis_gitlab(const Watched& watched, const Settings& settings, int stop_fd,
                                              MayWrite may_write);

Result<gitlab::CiConfig> parse_merged_ci(std::string_view yaml);

}  // namespace runneriq::app
