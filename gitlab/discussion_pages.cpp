#include "gitlab/discussion_pages.hpp"

#include "core/utf8.hpp"
#include "gitlab/json_reader.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace runneriq::gitlab {
namespace {

using Json = nlohmann::json;

// As long as ScreenedJson lets it be.
std::string whole_text_in(const Json& object, std::string_view key) {
  const Json& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : std::string{};
}

std::optional<NotePage> note_of(const Json& object) {
  const std::int64_t id = id_in(object, "id");
  if (id == 0) return std::nullopt;
  return NotePage{.id = id,
                  .note = {.id = id,
                           .author = UserId{id_in(member(object, "author"), "id")},
                           .body = whole_text_in(object, "body")},
                  .system = switch_in(object, "system").value_or(false)};
}

std::optional<IssueOfUser> issue_in(const Json& object) {
  const std::int64_t iid = id_in(object, "iid");
  if (iid == 0) return std::nullopt;
  return IssueOfUser{.iid = iid,
                     .issue = {.iid = iid,
                               .state = text_in(object, "state"),
                               .title = text_in(object, "title"),
                               .description = whole_text_in(object, "description"),
                               .page = page_in(object, "web_url")},
                     .author = UserId{id_in(member(object, "author"), "id")}};
}

template <class Type>
Result<std::vector<Type>> list_of(std::string_view json, std::optional<Type> (*type_of)(const Json&)) {
  std::vector<Type> list;
  bool any = false;
  auto done = read_list(json, [&](const Json& element) {
    any = true;
    if (auto one = type_of(element)) list.push_back(*std::move(one));
  });
  if (!done) return fail(std::move(done.error()));
  if (any && list.empty())
    return fail(Errc::corrupt, "the list holds nothing of the kind that was asked for");
  return list;
}

bool is_word_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

Result<OwnUser> parse_own_user(std::string_view json) {
  Result<Json> object = read_object(json);
  if (!object) return fail(std::move(object.error()));
  OwnUser user{.id = UserId{id_in(*object, "id")}, .name = text_in(*object, "username")};
  if (user.id == UserId{}) return fail(Errc::corrupt, "the answer is no user: it has no valid id");
  return user;
}

Result<std::vector<NotePage>> parse_notes(std::string_view json) {
  return list_of(json, note_of);
}

Result<Note> parse_note(std::string_view json) {
  Result<Json> object = read_object(json);
  if (!object) return fail(std::move(object.error()));
  std::optional<NotePage> note = note_of(*object);
  if (!note) return fail(Errc::corrupt, "the answer is no note: it has no valid id");
  return std::move(note->note);
}

Result<std::vector<IssueOfUser>> parse_issues(std::string_view json) {
  return list_of(json, issue_in);
}

Result<IssuePage> parse_issue(std::string_view json) {
  Result<Json> object = read_object(json);
  if (!object) return fail(std::move(object.error()));
  std::optional<IssueOfUser> issue = issue_in(*object);
  if (!issue) return fail(Errc::corrupt, "the answer is no issue: it has no valid iid");
  return std::move(issue->issue);
}

std::vector<Note> notes_of(std::vector<NotePage> notes, UserId author, std::string_view marker) {
  std::vector<Note> own;
  for (NotePage& one : notes) {
    const bool fits = !one.system && one.note.author == author && author != UserId{} &&
                      one.note.body.find(marker) != std::string::npos;
    if (fits) own.push_back(std::move(one.note));
  }
  std::ranges::sort(own, {}, &Note::id);
  return own;
}

std::optional<IssuePage> issue_of(std::vector<IssueOfUser> issues, UserId author, std::string_view marker) {
  std::erase_if(issues, [&](const IssueOfUser& one) {
    return one.author != author || author == UserId{} ||
           one.issue.description.find(marker) == std::string::npos;
  });
  const auto rank = [](const IssueOfUser& one) { return std::pair(one.issue.state == "opened", one.iid); };
  const auto best = std::ranges::max_element(issues, {}, rank);
  return best == issues.end() ? std::nullopt : std::optional{std::move(best->issue)};
}

std::string_view longest_word(std::string_view marker) {
  std::string_view longest;
  while (!marker.empty()) {
    const auto end = std::ranges::find_if_not(marker, is_word_character);
    const std::string_view word = marker.substr(0, static_cast<std::size_t>(end - marker.begin()));
    if (word.size() > longest.size()) longest = word;
    marker.remove_prefix(std::min(word.size() + 1, marker.size()));
  }
  return longest;
}

std::string_view within_a_title(std::string_view title) {
  constexpr int kLongest = 255;
  std::size_t end = 0;
  for (int characters = 0; characters < kLongest && end < title.size(); ++characters)
    end += std::max<std::size_t>(utf8_length(title.substr(end)), 1);
  return title.substr(0, end);
}

}  // namespace runneriq::gitlab
