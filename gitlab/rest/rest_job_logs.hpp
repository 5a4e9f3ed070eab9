// Reads the ends of job logs over GitLab's REST API: GET /projects/:id/jobs/:job_id/trace. Never changes
// anything there.
#pragma once

#include "gitlab/fleet_reader.hpp"
#include "gitlab/job_logs.hpp"
#include "gitlab/rest/rest_fleet.hpp"
#include "platform/http_client.hpp"

#include <memory>

namespace runneriq::gitlab {

// It asks for a range; most GitLabs know none and send the whole log, of which only the end is kept. Each
// call may take the time of a tick, retries with it, of a budget of its own.
class RestJobLogs final : public JobLogs {
 public:
  // Of `settings` the fleet, the token, the limits and the clock count. `transport` must outlive this.
  RestJobLogs(RestSettings settings, platform::HttpTransport& transport);
  ~RestJobLogs() override;
  [[nodiscard]] Result<std::string> tail(ProjectId project, JobId job, std::size_t bytes) override;
  // Since the start.
  [[nodiscard]] const CallCount& count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace runneriq::gitlab
