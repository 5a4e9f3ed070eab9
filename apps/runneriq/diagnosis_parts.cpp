#include "apps/runneriq/diagnosis_parts.hpp"

#include "config/yaml/ci_config_document.hpp"
#include "core/version.hpp"
#include "gitlab/rest/address.hpp"

#include <utility>

namespace runneriq::app {

Result<DiagnosisGitLab> open_diagnosis_gitlab(const Watched& watched, const Settings& settings, int stop_fd,
                                              MayWrite may_write) {
  auto client = platform::HttpClient::make(
      {.ca_file = watched.fleet.ca_file, .user_agent = "runneriq/" RUNNERIQ_VERSION, .stop_fd = stop_fd});
  if (!client) return fail(std::move(client.error()));
  DiagnosisGitLab opened;
  opened.url = gitlab::ApiBase{watched.fleet.url}.url();
  opened.project = watched.fleet.project;
  opened.client = *std::move(client);
  const gitlab::RestSettings rest = rest_settings(watched, settings, stop_fd);
  opened.pipelines = std::make_unique<gitlab::RestPipelines>(rest, *opened.client);
  opened.logs = std::make_unique<gitlab::RestJobLogs>(rest, *opened.client);
  if (may_write == MayWrite::yes)
    opened.discussions = std::make_unique<gitlab::RestDiscussions>(rest, *opened.client);
  return opened;
}

Result<gitlab::CiConfig> parse_merged_ci(std::string_view yaml) {
  auto root = config::parse_ci_config(yaml);
  if (!root) return fail(std::move(root.error()));
  return gitlab::CiConfig{*std::move(root)};
}

}  // namespace runneriq::app
