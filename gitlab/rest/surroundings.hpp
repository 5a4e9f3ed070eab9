// What one project's pending jobs are judged by, beside themselves: protected refs, roles, merge
// requests, and whether a person started them. Asked for only as far as pending jobs need it.
#pragma once

#include "gitlab/fleet_reader.hpp"
#include "gitlab/rest/cached.hpp"
#include "gitlab/rest/lookup.hpp"
#include "gitlab/rest/refusal.hpp"
#include "gitlab/rest/sender.hpp"

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace runneriq::gitlab {

class Surroundings {
 public:
  // `manual_refused` says of all projects of the fleet that GraphQL does not tell; it must outlive this.
  Surroundings(ProjectId project, Refusal& manual_refused)
      : project_(project), manual_refused_(manual_refused) {}

  // By falling importance.
  enum class Topic { protected_branches, protected_tags, roles, merge_requests, manual };
  static constexpr std::array kTopics{Topic::protected_branches, Topic::protected_tags, Topic::roles,
                                      Topic::merge_requests, Topic::manual};

  // These wait now, for a runner or for a resource group; `path` is the project's.
  void attend(const std::vector<Job>& pending, const std::vector<Job>& waiting, const std::string& path,
              Time now);
  [[nodiscard]] bool due(Topic topic, Time now) const;
  void ask(Topic topic, Sender& sender, Time now);
  // `title` names the project.
  void report(const std::string& title, FleetReading& reading) const;
  [[nodiscard]] std::optional<bool> manual(JobId job) const;

 private:
  void note_needs(const Job& job);
  void ask_patterns(std::string_view kind, Cached<std::vector<std::string>>& patterns, Sender& sender,
                    Time now);
  void ask_roles(Sender& sender, Time now);
  void ask_merge_requests(Sender& sender, Time now);
  void ask_manual(Sender& sender, Time now);
  void take_manual(const Answer& answer, Time now);
  void report_refs(const std::string& title, FleetReading& reading) const;
  [[nodiscard]] std::string address(std::string_view below) const;

  ProjectId project_;
  Refusal& manual_refused_;
  std::string path_;
  // What the pending jobs need.
  bool on_branches_ = false;
  bool on_tags_ = false;
  std::set<UserId> users_;
  std::set<MergeRequestIid> iids_;
  std::set<JobId> jobs_;
  // What is known.
  Cached<std::vector<std::string>> branches_, tags_;
  Lookup<UserId, int> levels_{std::chrono::hours{1}};
  Lookup<MergeRequestIid, std::optional<MergeRequest>> merge_requests_{std::chrono::minutes{2}};
  std::optional<Error> manual_trouble_;          // of this reading
  std::map<JobId, std::optional<bool>> manual_;  // none = asked, not told
};

}  // namespace runneriq::gitlab
