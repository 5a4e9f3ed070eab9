// Reads job logs, or their ends, over GitLab's REST API: GET /projects/:id/jobs/:job_id/trace. Never changes
// anything there.
#pragma once

#include "gitlab/fleet_reader.hpp"
#include "gitlab/job_logs.hpp"
#include "gitlab/rest/rest_fleet.hpp"
#include "platform/http_client.hpp"

#include <memory>

namespace runneriq::gitlab {

// For an end it asks for a range; most GitLabs know none and send the whole log, of which only the end is
// kept. A whole log that broke off is asked for from there on, or once more from its beginning, which is then
// passed over. Each call may take the time of a tick, retries with it, of a budget of its own; that of a
// whole log all of it at once.
class RestJobLogs final : public JobLogs {
 public:
  // Of `settings` the fleet, the token, the limits and the clock count. `transport` must outlive this.
  RestJobLogs(RestSettings settings, platform::HttpTransport& transport);
  ~RestJobLogs() override;
  [[nodiscard]] Result<std::string> tail(ProjectId project, JobId job, std::size_t bytes) override;
  [[nodiscard]] Result<LogExtent> read(ProjectId project, JobId job, std::size_t most_bytes,
                                       const std::function<void(std::string_view)>& take) override;
  // Since the start.
  [[nodiscard]] const CallCount& count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace runneriq::gitlab
