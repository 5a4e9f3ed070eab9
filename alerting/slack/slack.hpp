// Slack, as an incoming webhook or with chat.postMessage of its Web API.
//
// Everything variable is put into rich text, whose text elements are shown literally: no mrkdwn, no mentions,
// no links but link elements, which only our own spans become. The fallback text and the header are escaped
// as well. A message of a token's channel is changed in place (chat.update) by what follows in its group, see
// updates_in_place(): one call can either change a message or reply to it, and a reply would need both. A
// webhook cannot change anything: each message is a new one.
#pragma once

#include "alerting/receiver.hpp"
#include "core/result.hpp"

#include <string>

namespace runneriq::alerting {

struct SlackSettings {
  Secret secret;          // address of an incoming webhook, or a token: "xoxb-…", "xoxp-…"
  std::string channel{};  // with a token: "#alerts" or an id
  std::string api = "https://slack.com/api";
};
// Error: invalid_argument: a secret that is neither, a token without a channel.
Result<void> check(const SlackSettings& settings);

class Slack final : public Receiver {
 public:
  explicit Slack(SlackSettings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] std::string_view type() const override { return "slack"; }
  [[nodiscard]] Duration pace() const override { return std::chrono::seconds{1}; }
  [[nodiscard]] Call call(const Notification& notification, const DeliveryContext& context) const override;
  // The Web API answers 200 with {"ok": false, "error": …}: "ratelimited" is throttled, a wrong channel,
  // token or message never, what is unknown later. The handle is "CHANNEL/TS".
  [[nodiscard]] DeliveryReply judge(const WebReply& reply, Time now) const override;

 private:
  [[nodiscard]] DeliveryReply judge_webhook(const WebReply& reply, Time now) const;
  [[nodiscard]] DeliveryReply judge_api(const WebReply& reply, Time now) const;

  SlackSettings settings_;
};

}  // namespace runneriq::alerting
