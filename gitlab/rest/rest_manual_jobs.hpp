// Reads manual jobs over GitLab's REST API and starts them: POST /projects/:id/jobs/:job_id/play. With
// rest_runner_tags and rest_discussions the only sender of calls that change anything in GitLab.
#pragma once

#include "gitlab/manual_jobs.hpp"
#include "gitlab/rest/pipeline_marks.hpp"
#include "gitlab/rest/rest_fleet.hpp"
#include "platform/http_client.hpp"

#include <memory>

namespace runneriq::gitlab {

// GitLab lets a played job run in the name of whoever played it, with that user's rights in its
// CI_JOB_TOKEN: the token is best that of a user who may do little else.
class RestManualJobs final : public ManualJobs {
 public:
  // Of `settings` the fleet, the token, the limits and the clock count. `transport` must outlive this.
  RestManualJobs(RestSettings settings, platform::HttpTransport& transport, CiReader read_ci = {});
  ~RestManualJobs() override;

  // Asks GitLab at most every two minutes, for at most 20 projects in turn: of each the 500 newest manual
  // jobs that are younger than 31 days. A job appears once all that may mark it is known.
  [[nodiscard]] Result<ManualReading> read(Time now) override;
  [[nodiscard]] Result<JobStatus> status(ProjectId project, JobId job, Time deadline) override;
  [[nodiscard]] PlayOutcome play(ProjectId project, JobId job, Time deadline) override;

  // Since the start.
  [[nodiscard]] const CallCount& count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace runneriq::gitlab
