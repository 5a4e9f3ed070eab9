// Reads and writes notes of merge requests, and issues, over GitLab's REST API. It writes nothing else.
#pragma once

#include "gitlab/discussions.hpp"
#include "gitlab/fleet_reader.hpp"
#include "gitlab/rest/rest_fleet.hpp"
#include "platform/http_client.hpp"

#include <memory>

namespace runneriq::gitlab {

// The token needs the scope api, and its user the role Reporter (notes) in the project. Each question may
// take the time of a tick, reads with retries, of a budget of its own; writes do not count in that budget.
class RestDiscussions final : public Discussions {
 public:
  // Of `settings` the fleet's address, the token, the limits and the clock count. `transport` must outlive
  // this.
  RestDiscussions(RestSettings settings, platform::HttpTransport& transport);
  ~RestDiscussions() override;
  // Asked once, and remembered.
  [[nodiscard]] Result<OwnUser> own_user() override;
  [[nodiscard]] Result<std::vector<Note>> own_notes(ProjectId project, MergeRequestIid merge_request,
                                                    std::string_view marker) override;
  [[nodiscard]] Result<Note> add_note(ProjectId project, MergeRequestIid merge_request,
                                      const std::string& body) override;
  [[nodiscard]] Result<Note> edit_note(ProjectId project, MergeRequestIid merge_request, std::int64_t note,
                                       const std::string& body) override;
  // GitLab's search may not know yet what was written a moment ago, and takes no marks: what it does not find
  // is looked for among the user's 300 newest issues in the project.
  [[nodiscard]] Result<std::optional<IssuePage>> own_issue(ProjectId project,
                                                           std::string_view marker) override;
  [[nodiscard]] Result<IssuePage> create_issue(ProjectId project, const std::string& title,
                                               const std::string& description,
                                               std::span<const std::string> labels) override;
  // Since the start.
  [[nodiscard]] const CallCount& count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace runneriq::gitlab
