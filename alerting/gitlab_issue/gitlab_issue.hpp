// Messages as issues and notes of a GitLab (REST API v4).
#pragma once

#include "alerting/receiver.hpp"
#include "core/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace runneriq::alerting {

// Either all messages are notes on one issue, which is otherwise left alone; or each group has an issue of
// its own: its first message opens it, later ones are notes on it, and since every message is one call, a
// note closes the issue when nothing fires any longer, and opens it when something fires again, by a quick
// action of ours behind the text (without the right to it the note stays a note). The handle is the issue's
// iid. An issue that is gone leads to the dead letters.
class GitlabIssue final : public Receiver {
 public:
  // `url`: of the GitLab; `project`: path or id; `note_on`: "issue" or an iid; `token`: of scope api.
  // Error: invalid_argument.
  static Result<GitlabIssue> make(std::string url, std::string_view project, std::string_view note_on,
                                  Secret token);

  [[nodiscard]] std::string_view type() const override { return "gitlab"; }
  [[nodiscard]] Duration pace() const override { return std::chrono::seconds{1}; }
  [[nodiscard]] Call call(const Notification& notification, const DeliveryContext& context) const override;
  [[nodiscard]] DeliveryReply judge(const WebReply& reply, Time now) const override;

 private:
  GitlabIssue(std::string issues, std::optional<std::int64_t> note_on, Secret token)
      : issues_(std::move(issues)), note_on_(note_on), token_(std::move(token)) {}
  [[nodiscard]] WebCall post(std::string url, std::string body) const;
  std::string issues_;                   // address of the project's issues
  std::optional<std::int64_t> note_on_;  // none = an issue for each group
  Secret token_;
};

}  // namespace runneriq::alerting
