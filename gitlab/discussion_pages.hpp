// GitLab's replies about notes, issues and users, as gitlab/discussions.hpp has them. Errors: corrupt. Pure.
#pragma once

#include "gitlab/discussions.hpp"

namespace runneriq::gitlab {

struct NotePage {
  std::int64_t id = 0;
  Note note{};
  bool system = false;  // what GitLab wrote of a change
};
struct IssueOfUser {
  std::int64_t iid = 0;
  IssuePage issue{};
  UserId author{};
};

Result<OwnUser> parse_own_user(std::string_view json);                 // GET /user
Result<std::vector<NotePage>> parse_notes(std::string_view json);      // GET …/merge_requests/:iid/notes
Result<Note> parse_note(std::string_view json);                        // POST and PUT of one
Result<std::vector<IssueOfUser>> parse_issues(std::string_view json);  // GET /projects/:id/issues
Result<IssuePage> parse_issue(std::string_view json);                  // POST of one

// Those of the user that hold `marker` and that no change of GitLab's wrote, oldest first.
std::vector<Note> notes_of(std::vector<NotePage> notes, UserId author, std::string_view marker);
// The newest open one, else the newest, of the user that holds `marker`.
std::optional<IssuePage> issue_of(std::vector<IssueOfUser> issues, UserId author, std::string_view marker);

// The longest run of letters and digits in `marker`: what a search by words can find.
std::string_view longest_word(std::string_view marker);

// `title` within GitLab's 255 characters.
std::string_view within_a_title(std::string_view title);

}  // namespace runneriq::gitlab
