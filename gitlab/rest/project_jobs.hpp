// The jobs of one project: those that wait for a runner or a resource, or run, those that have ended
// since, and what is remembered of these.
#pragma once

#include "gitlab/fleet_reader.hpp"
#include "gitlab/rest/cached.hpp"
#include "gitlab/rest/listing.hpp"
#include "gitlab/rest/refusal.hpp"
#include "gitlab/rest/sender.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab {

// What a 403 or 404 for the jobs of one project means for the fleet.
enum class Standing { only_one, one_of_many };

class ProjectJobs {
 public:
  ProjectJobs(ProjectId project, Standing standing) : project_(project), standing_(standing) {}

  // A reading begins.
  void open() { just_finished_.clear(); }
  [[nodiscard]] bool open_jobs_due(Time now) const { return open_.due(Duration{0}, now); }
  // GitLab says that they are none of ours.
  [[nodiscard]] bool refused() const { return open_.refused(); }
  void ask_open_jobs(Sender& sender, Time now);
  void leave_out(Error why, Time now) { open_.miss(std::move(why), now); }
  // Whether a job that was open is gone, or the last look was two minutes ago.
  [[nodiscard]] bool finished_jobs_due(Time now) const;
  void ask_finished_jobs(Sender& sender, Time now);

  [[nodiscard]] bool busy() const { return !pending().empty() || !running().empty(); }
  [[nodiscard]] std::optional<Time> read_at() const { return open_.read_at(); }
  [[nodiscard]] std::optional<Time> finished_read_at() const { return newest_.read_at(); }
  [[nodiscard]] const std::vector<Job>& pending() const;
  // Those that wait for a resource group; nothing of them where GitLab takes one scope at a time.
  [[nodiscard]] const std::vector<Job>& waiting() const;
  [[nodiscard]] bool is_open(JobId job) const;  // pending or running
  void report(const std::string& title, FleetReading& reading) const;

 private:
  struct OpenJobs {
    std::vector<Job> pending, running, waiting;  // by id
  };
  [[nodiscard]] const std::vector<Job>& running() const;
  using JobsDone = std::function<void(Listed<Job>)>;
  using Enough = std::function<bool(const std::vector<Job>&)>;
  [[nodiscard]] std::string path(std::string_view scopes, Time now) const;
  void ask_pending_jobs(Sender& sender, Time now);
  // `scopes` must outlive it.
  void read_jobs(Sender& sender, Time now, std::string_view scopes, JobsDone done, Enough enough = {});
  void take_open(Listed<Job> listed, Time now);
  void await_vanished(const OpenJobs& now_open);
  void take_finished(Listed<Job> listed, Time now);
  void remember(const Job& job);
  [[nodiscard]] JobId oldest_wanted() const;

  ProjectId project_;
  Standing standing_;
  Cached<OpenJobs> open_;
  Refusal several_refused_;  // several scopes in one question
  Refusal keyset_refused_;
  Refusal doubted_;                       // whether that heeds them all: nothing seemed to wait
  std::optional<Error> running_trouble_;  // they alone could not be read
  Cached<JobId> newest_;                  // of the finished ones
  std::set<JobId> awaited_;               // were open, are gone, did not show up as finished yet
  std::vector<Job> just_finished_;
  std::vector<Job> ended_;     // id, pipeline and name of the last ones
  std::set<JobId> ended_ids_;  // of the same
};

}  // namespace runneriq::gitlab
