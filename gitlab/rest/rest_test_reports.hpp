// Reads test reports over GitLab's REST API: GET /projects/:id/pipelines/:pipeline_id/test_report. Never
// changes anything there.
#pragma once

#include "gitlab/fleet_reader.hpp"
#include "gitlab/rest/rest_fleet.hpp"
#include "gitlab/test_reports.hpp"
#include "platform/http_client.hpp"

#include <memory>

namespace runneriq::gitlab {

// Each call may take the time of a tick, retries with it, of a budget of its own.
class RestTestReports final : public TestReports {
 public:
  // Of `settings` the fleet, the token, the limits and the clock count. `transport` must outlive this.
  RestTestReports(RestSettings settings, platform::HttpTransport& transport);
  ~RestTestReports() override;
  [[nodiscard]] Result<TestReport> of_pipeline(ProjectId project, PipelineId pipeline) override;
  // Since the start.
  [[nodiscard]] const CallCount& count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace runneriq::gitlab
