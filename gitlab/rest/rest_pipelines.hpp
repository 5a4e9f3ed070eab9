// Reads pipelines, their jobs, changes and merge requests over GitLab's REST API. Never changes anything
// there.
#pragma once

#include "gitlab/fleet_reader.hpp"
#include "gitlab/pipelines.hpp"
#include "gitlab/rest/rest_fleet.hpp"
#include "platform/http_client.hpp"

#include <memory>

namespace runneriq::gitlab {

// Each question may take the time of a tick, retries with it, of a budget of its own.
class RestPipelines final : public Pipelines {
 public:
  // Of `settings` the fleet's address, the token, the limits and the clock count. `transport` must outlive
  // this.
  RestPipelines(RestSettings settings, platform::HttpTransport& transport);
  ~RestPipelines() override;
  [[nodiscard]] Result<ProjectPage> project(std::string_view id_or_path) override;
  [[nodiscard]] Result<Pipeline> pipeline(ProjectId project, PipelineId pipeline) override;
  [[nodiscard]] Result<std::vector<PipelineJob>> jobs(ProjectId project, PipelineId pipeline) override;
  [[nodiscard]] Result<PipelineJob> job(ProjectId project, JobId job) override;
  [[nodiscard]] Result<std::optional<Pipeline>> last_green(ProjectId project, std::string_view ref,
                                                           PipelineId before) override;
  [[nodiscard]] Result<Comparison> compare(ProjectId project, std::string_view from,
                                           std::string_view to) override;
  [[nodiscard]] Result<MergeRequestPage> merge_request(ProjectId project, MergeRequestIid iid) override;
  [[nodiscard]] Result<std::optional<MergeRequestPage>> merge_request_of(ProjectId project,
                                                                         const Pipeline& pipeline) override;
  [[nodiscard]] Result<std::vector<std::string>> masked_values(ProjectId project) override;
  [[nodiscard]] Result<CiCheck> ci_check(ProjectId project, std::string_view sha) override;
  // Since the start.
  [[nodiscard]] const CallCount& count() const;

 private:
  Result<std::optional<MergeRequestPage>> open_one(ProjectId project, MergeRequestIid iid);
  Result<std::optional<MergeRequestPage>> merge_request_of_branch(ProjectId project,
                                                                  const Pipeline& pipeline);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace runneriq::gitlab
