// Who holds the resource groups that jobs of one project wait for. REST's jobs do not tell their group:
// the project's groups are asked who is to come.
#pragma once

#include "gitlab/fleet_reader.hpp"
#include "gitlab/rest/cached.hpp"
#include "gitlab/rest/listing.hpp"
#include "gitlab/rest/project_jobs.hpp"
#include "gitlab/rest/refusal.hpp"
#include "gitlab/rest/sender.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace runneriq::gitlab {

class ResourceGroups {
 public:
  // `untold` says of the whole GitLab that it does not tell the holder (it does since 18.6); it must
  // outlive this.
  ResourceGroups(ProjectId project, Refusal& untold) : project_(project), untold_(untold) {}

  // Drops what is known of groups whose holder has ended, and where a new waiter may wait.
  void attend(const ProjectJobs& jobs, Time now);
  [[nodiscard]] bool due(Time now) const;
  // Asks for the list of groups where it may lack one, and for a few of the groups: at most seven
  // calls. A project with many groups is gone through from reading to reading.
  void ask(Sender& sender, Time now);
  // Waits whose holder is pending or running now. `title` names the project.
  void report(const std::string& title, const ProjectJobs& jobs, FleetReading& reading) const;

 private:
  struct Queue {
    std::set<JobId> upcoming;
    std::optional<JobId> holder;  // asked for only where one of ours waits
  };
  using Queues = std::map<std::string, Cached<Queue>>;  // by the group's key

  [[nodiscard]] bool is_explained(JobId waiter) const;
  [[nodiscard]] bool some_unexplained() const;
  [[nodiscard]] bool concerns_us(const Cached<Queue>& queue) const;
  [[nodiscard]] std::vector<std::string> due_groups(Time now) const;
  [[nodiscard]] std::string address(const std::string& below) const;
  void ask_groups(Sender& sender, Time now);
  void ask_upcoming(const std::string& key, Sender& sender, Time now);
  void ask_holder(const std::string& key, Queue queue, Sender& sender, Time now);
  void take_list(Listed<std::string> listed, Time now);

  ProjectId project_;
  Refusal& untold_;
  std::set<JobId> waiters_;
  Cached<std::vector<std::string>> list_;
  Queues queues_;
};

}  // namespace runneriq::gitlab
