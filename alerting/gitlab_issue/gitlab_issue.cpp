#include "alerting/gitlab_issue/gitlab_issue.hpp"

#include "alerting/gitlab_issue/gitlab_markdown.hpp"
#include "core/json_text.hpp"
#include "core/percent_encoding.hpp"
#include "core/printable.hpp"
#include "gitlab/markdown.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace runneriq::alerting {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLongestBody = 1'000'000;  // characters; GitLab's limit of 1,048,576 less our action

std::optional<std::int64_t> iid_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc{} || end != text.data() + text.size() || number <= 0) return std::nullopt;
  return number;
}

// At the start of a line of its own, behind all that is not ours.
std::string_view action_of(const Notification& notification) {
  if (notification.firing == 0) return "\n/close\n";
  const bool is_news = notification.reason == Reason::first || notification.reason == Reason::new_member;
  return is_news ? "\n/reopen\n" : "";
}

std::string note_of(const Notification& notification, std::string_view action) {
  const MessageText text = message_text(notification);
  return json_line(Json{{"body", "**" + gitlab::code_span(cut_characters(text.title, 800)) + "**\n" +
                                     markdown_of(text, kLongestBody) + std::string(action)}});
}

std::string issue_of(const Notification& notification) {
  const MessageText text = message_text(notification);
  return json_line(
      Json{{"title", gitlab::escaped_title(text.title)}, {"description", markdown_of(text, kLongestBody)}});
}

}  // namespace

Result<GitlabIssue> GitlabIssue::make(std::string url, std::string_view project, std::string_view note_on,
                                      Secret token) {
  const auto iid = iid_of(note_on);
  if (project.empty()) return fail(Errc::invalid_argument, "a project is needed, as in group/project or 42");
  if (!iid && note_on != "issue") {
    return fail(Errc::invalid_argument,
                "notes go on an issue's number, or on 'issue' of each group, not on " + quoted_text(note_on));
  }
  while (url.ends_with('/')) url.pop_back();
  return GitlabIssue{url + "/api/v4/projects/" + percent_encoded(project) + "/issues", iid, std::move(token)};
}

WebCall GitlabIssue::post(std::string url, std::string body) const {
  return {.url = std::move(url),
          .headers = {{"Content-Type", "application/json"}},
          .secret_header = "PRIVATE-TOKEN",
          .secret = token_,
          .body = std::move(body)};
}

Receiver::Call GitlabIssue::call(const Notification& notification, const DeliveryContext& context) const {
  const auto notes = [&](std::int64_t iid) { return issues_ + "/" + std::to_string(iid) + "/notes"; };
  if (note_on_) return post(notes(*note_on_), note_of(notification, ""));
  const auto iid = iid_of(context.handle);
  if (!iid) return post(issues_, issue_of(notification));
  return post(notes(*iid), note_of(notification, action_of(notification)));
}

// Of an issue that was opened; a note names its issue otherwise.
DeliveryReply GitlabIssue::judge(const WebReply& reply, Time now) const {
  DeliveryReply judged = judge_status(reply, now);
  if (judged.kind != DeliveryReply::Kind::delivered || note_on_) return judged;
  const auto document = Json::parse(reply.body, nullptr, false);
  const auto iid = document.is_object() ? document.find("iid") : document.end();
  if (document.is_object() && iid != document.end() && iid->is_number_integer())
    judged.handle = std::to_string(iid->get<std::int64_t>());
  return judged;
}

}  // namespace runneriq::alerting
