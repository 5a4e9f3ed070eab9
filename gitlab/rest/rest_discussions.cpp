#include "gitlab/rest/rest_discussions.hpp"

#include "core/percent_encoding.hpp"
#include "gitlab/discussion_pages.hpp"
#include "gitlab/rest/single_calls.hpp"

#include <utility>

namespace runneriq::gitlab {
namespace {

constexpr std::size_t kMostNotes = 1'000;
constexpr std::size_t kMostIssues = 300;
constexpr std::size_t kShortestSearch = 3;  // GitLab finds nothing by less

std::string project_path(ProjectId project) {
  return "/api/v4/projects/" + std::to_string(project.value());
}

std::string title_of(MergeRequestIid merge_request) {
  return "notes of merge request !" + std::to_string(merge_request.value());
}

std::string issues_path(ProjectId project, UserId author, std::string_view search) {
  std::string path = project_path(project) + "/issues?author_id=" + std::to_string(author.value()) +
                     "&scope=all&order_by=created_at&sort=desc&per_page=100";
  if (!search.empty()) path += "&in=description&search=" + percent_encoded(search);
  return path;
}

// Pages whose texts without the marker are dropped at once: other people's may be long.
auto notes_with(std::string_view marker) {
  return [marker](std::string_view json) {
    auto notes = parse_notes(json);
    if (!notes) return notes;
    for (NotePage& one : *notes) {
      if (one.note.body.find(marker) == std::string::npos) one.note.body = {};
    }
    return notes;
  };
}
auto issues_with(std::string_view marker) {
  return [marker](std::string_view json) {
    auto issues = parse_issues(json);
    if (!issues) return issues;
    for (IssueOfUser& one : *issues) {
      if (one.issue.description.find(marker) == std::string::npos) one.issue.description = {};
    }
    return issues;
  };
}

template <class Type>
Result<Type> parsed(const Answer& answer, Result<Type> (*parse)(std::string_view), const std::string& title) {
  Result<Type> value = answer.body ? parse(*answer.body) : Result<Type>(fail(answer.body.error()));
  if (!value) return fail(std::move(value.error()).within(title));
  return value;
}

}  // namespace

struct RestDiscussions::State {
  Answer write(Question question) {
    return calls.ask(std::move(question).charged(CallBudget::Charge::exempt));
  }
  Result<std::optional<IssuePage>> issue(ProjectId project, UserId author, std::string_view search,
                                         std::string_view marker);
  SingleCalls calls;
  std::optional<OwnUser> user{};
};

Result<std::optional<IssuePage>> RestDiscussions::State::issue(ProjectId project, UserId author,
                                                               std::string_view search,
                                                               std::string_view marker) {
  auto listed =
      calls.list<IssueOfUser>({.path = issues_path(project, author, search),
                               .parse = issues_with(marker),
                               .done = {},
                               .enough = [](const auto& so_far) { return so_far.size() >= kMostIssues; }});
  if (listed.items) return issue_of(*std::move(listed.items), author, marker);
  return fail(std::move(listed.items.error()).within("issues of project " + std::to_string(project.value())));
}

RestDiscussions::RestDiscussions(RestSettings settings, platform::HttpTransport& transport)
    : state_(new State{.calls = {std::move(settings), transport, Permit::reads_and_discussions}}) {}
RestDiscussions::~RestDiscussions() = default;

Result<OwnUser> RestDiscussions::own_user() {
  if (state_->user) return *state_->user;
  auto user = parsed(state_->calls.ask(Question::get("/api/v4/user")), parse_own_user, "the token's user");
  if (user) state_->user = *user;
  return user;
}

Result<std::vector<Note>> RestDiscussions::own_notes(ProjectId project, MergeRequestIid merge_request,
                                                     std::string_view marker) {
  const auto user = own_user();
  if (!user) return fail(user.error());
  auto listed = state_->calls.list<NotePage>(
      {.path = project_path(project) + "/merge_requests/" + std::to_string(merge_request.value()) +
               "/notes?order_by=created_at&sort=desc&per_page=100",
       .parse = notes_with(marker),
       .done = {},
       .enough = [](const auto& so_far) { return so_far.size() >= kMostNotes; }});
  if (!listed.items) return fail(std::move(listed.items.error()).within(title_of(merge_request)));
  return notes_of(*std::move(listed.items), user->id, marker);
}

Result<Note> RestDiscussions::add_note(ProjectId project, MergeRequestIid merge_request,
                                       const std::string& body) {
  return parsed(state_->write(Question::post_note(project, merge_request, note_body(body))), parse_note,
                title_of(merge_request));
}

Result<Note> RestDiscussions::edit_note(ProjectId project, MergeRequestIid merge_request, std::int64_t note,
                                        const std::string& body) {
  auto edited = parsed(state_->write(Question::put_note(project, merge_request, note, note_body(body))),
                       parse_note, title_of(merge_request));
  if (edited && edited->id != note)
    return fail(Errc::corrupt, title_of(merge_request) + ": GitLab answered with another note");
  return edited;
}

Result<std::optional<IssuePage>> RestDiscussions::own_issue(ProjectId project, std::string_view marker) {
  const auto user = own_user();
  if (!user) return fail(user.error());
  const std::string_view word = longest_word(marker);
  if (word.size() >= kShortestSearch) {
    auto found = state_->issue(project, user->id, word, marker);
    if (!found || *found) return found;
  }
  return state_->issue(project, user->id, {}, marker);
}

Result<IssuePage> RestDiscussions::create_issue(ProjectId project, const std::string& title,
                                                const std::string& description,
                                                std::span<const std::string> labels) {
  const std::string body = issue_body(within_a_title(title), description, labels);
  return parsed(state_->write(Question::post_issue(project, body)), parse_issue,
                "an issue of project " + std::to_string(project.value()));
}

const CallCount& RestDiscussions::count() const {
  return state_->calls.count();
}

}  // namespace runneriq::gitlab
