// Notes on merge requests, and issues: what RunnerIQ writes where people look. Implemented in gitlab/rest.
#pragma once

#include "core/id.hpp"
#include "core/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab {

struct Note {
  std::int64_t id = 0;
  UserId author = {};
  std::string body{};  // at most 64 KiB of it
};

struct IssuePage {
  std::int64_t iid = 0;
  std::string state{};                 // "opened", "closed"
  std::string title{}, description{};  // of the description at most 64 KiB
  std::string page{};
};

struct OwnUser {
  UserId id = {};
  std::string name{};  // user name
};

// Bodies are Markdown and quick actions to GitLab: whoever calls has made them safe (diagnosis/markdown.hpp).
// Writes are sent once; what became of one without an answer is seen by reading. Errors: not_found,
// permission, timed_out, unavailable, corrupt (after these three a write may have happened), invalid_argument
// (refused as it is: sending it again is in vain).
class Discussions {
 public:
  virtual ~Discussions() = default;
  [[nodiscard]] virtual Result<OwnUser> own_user() = 0;
  // Those of the token's own user whose body contains `marker`, oldest first; looks at the newest 1,000
  // notes.
  [[nodiscard]] virtual Result<std::vector<Note>> own_notes(ProjectId project, MergeRequestIid merge_request,
                                                            std::string_view marker) = 0;
  [[nodiscard]] virtual Result<Note> add_note(ProjectId project, MergeRequestIid merge_request,
                                              const std::string& body) = 0;
  [[nodiscard]] virtual Result<Note> edit_note(ProjectId project, MergeRequestIid merge_request,
                                               std::int64_t note, const std::string& body) = 0;
  // Open or closed, by the token's own user, whose description contains `marker`: the newest open one, else
  // the newest.
  [[nodiscard]] virtual Result<std::optional<IssuePage>> own_issue(ProjectId project,
                                                                   std::string_view marker) = 0;
  // A title beyond GitLab's 255 characters is cut.
  [[nodiscard]] virtual Result<IssuePage> create_issue(ProjectId project, const std::string& title,
                                                       const std::string& description,
                                                       std::span<const std::string> labels) = 0;
};

}  // namespace runneriq::gitlab
