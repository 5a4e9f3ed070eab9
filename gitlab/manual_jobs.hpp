// Jobs that wait for somebody to start them, and the port through which RunnerIQ does: with
// runner_tags.hpp the only one through which it changes anything in GitLab. Implemented in gitlab/rest.
#pragma once

#include "core/id.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "gitlab/job.hpp"
#include "gitlab/pipeline_replies.hpp"
#include "gitlab/project.hpp"

#include <string>
#include <vector>

namespace runneriq::gitlab {

// A job in the state `manual`. Where its `allow_failure` is false its pipeline waits for it.
struct ManualJob {
  Job job = {};
  Project project = {};
  Time pipeline_created = {};
  OurVariables variables = {};  // of the pipeline, which go before those of the job
};

struct ManualReading {
  std::vector<ManualJob> jobs;     // by id
  std::vector<std::string> notes;  // sentences: what cannot be read, and what follows from that
};

struct PlayOutcome {
  enum class Kind {
    applied,  // GitLab answered with the job as it is now
    refused,  // GitLab said no (4xx): nothing was started
    not_now,  // GitLab asks to wait (429), or nothing left this program: nothing was started, ask again soon
    unknown,  // no answer, 5xx, half an answer: it may have been started, or may yet be
  };
  Kind kind = Kind::unknown;
  JobStatus status = JobStatus::unknown;  // when applied
  Error error = {};                       // else
};

class ManualJobs {
 public:
  virtual ~ManualJobs() = default;
  // Those of the watched projects, some minutes old at most where GitLab answers. Error only when nothing
  // is known: permission (token, scope), not_found, unavailable, timed_out.
  [[nodiscard]] virtual Result<ManualReading> read(Time now) = 0;
  // One job as it is now, never from a cache. Errors: not_found, permission, timed_out, unavailable, corrupt.
  [[nodiscard]] virtual Result<JobStatus> status(ProjectId project, JobId job, Time deadline) = 0;
  // Sent once: who does not know what became of it asks for the job's status.
  [[nodiscard]] virtual PlayOutcome play(ProjectId project, JobId job, Time deadline) = 0;
};

}  // namespace runneriq::gitlab
