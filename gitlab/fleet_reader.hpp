// What one look at a GitLab gives, and the port through which the scheduler looks.
#pragma once

#include "core/id.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "gitlab/job.hpp"
#include "gitlab/project.hpp"
#include "gitlab/runner.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::gitlab {

// Something that could not be read anew. What is in the reading of it is `age` old.
struct Stale {
  std::string what;             // "jobs of project acme/shop", "details of runner 12"
  std::string why;              // "503 Service Unavailable", "over the budget of 60 calls a minute"
  std::optional<Duration> age;  // none = never read: there is nothing of it in the reading
  // Whether a decision may be wrong for it (runners, jobs), or only less exact (roles, labels).
  bool essential = true;
  Errc code = Errc::unavailable;  // of what `why` says
};

// A job that waits for a resource group (status waiting_for_resource), and who holds that.
struct HeldResource {
  Job waiter;
  std::string resource_group;
  JobId holder;
};

struct CallCount {
  int calls = 0;   // of this reading
  int failed = 0;  // of these, in the end
  int retried = 0;
  int mutating = 0;  // not GET and not a GraphQL query: 0 for ever in a reader
  std::int64_t bytes = 0;
};

// Lists are complete as of `read_at`, or as of the age that `stale` says: a page that failed
// never leaves half a list.
struct FleetReading {
  GitLabUrl gitlab;
  Time read_at;
  std::vector<Runner> runners;    // by id
  bool runners_current = true;    // the list of runners was read now; false: it is old, or there is none
  std::vector<Project> projects;  // by id
  std::vector<Job> pending;       // by id
  std::vector<Job> running;       // by id
  std::vector<Job> finished;      // ended since the reading before; at first the newest page of each project
  std::map<ProjectId, ProtectedRefs> protected_refs;
  std::map<std::pair<ProjectId, UserId>, int>
      access_levels;  // of those who started pending jobs; 0 = no member
  std::map<std::pair<ProjectId, MergeRequestIid>, MergeRequest> merge_requests;
  std::vector<HeldResource> held_resources;  // by the waiter's id
  Duration runners_age{};                    // of the list of runners; 0 = read now
  std::map<ProjectId, Duration> jobs_age;    // of lists of pending and running jobs that were not read now
  std::vector<Stale> stale;
  CallCount calls;
};

class FleetReader {
 public:
  virtual ~FleetReader() = default;
  // Always gives a reading; trouble is in `stale`. Error only when there is nothing to go on
  // with, for the first reading and for a token that GitLab refuses: permission (token, scope),
  // not_found (project, group, no GitLab there), unavailable, timed_out.
  [[nodiscard]] virtual Result<FleetReading> read(Time now) = 0;
  // After a hint that jobs of these projects have changed: reads their jobs, and takes the rest from what
  // was read before where it is younger than two polls. As read() else, and for who knows no better way.
  [[nodiscard]] virtual Result<FleetReading> read_hinted(Time now, std::span<const ProjectId> changed) {
    (void)changed;
    return read(now);
  }
};

}  // namespace runneriq::gitlab
