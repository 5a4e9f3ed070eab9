// Microsoft Teams, by a Workflows (Power Automate) address.
//
// The message is one adaptive card. Its texts are runs of rich text, in which Markdown is not read; mentions
// exist only as entities, of which there are none; a link is the action of a run of our own.
// Delivered means that the flow was started: Teams answers 202 also where the flow then fails.
#pragma once

#include "alerting/receiver.hpp"
#include "core/result.hpp"

namespace runneriq::alerting {

struct TeamsSettings {
  Secret secret;  // the address: its `sig` is the credential
};
// Error: invalid_argument: no address.
Result<void> check(const TeamsSettings& settings);

inline constexpr std::size_t kTeamsBody = 28'000;  // bytes; Teams refuses more than 28 KB

class Teams final : public Receiver {
 public:
  explicit Teams(TeamsSettings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] std::string_view type() const override { return "teams"; }
  // Four messages a second.
  [[nodiscard]] Duration pace() const override { return std::chrono::milliseconds{250}; }
  [[nodiscard]] Call call(const Notification& notification, const DeliveryContext& context) const override;
  // The retired connectors answer 200 with an error in words; theirs with "429" is throttled.
  [[nodiscard]] DeliveryReply judge(const WebReply& reply, Time now) const override;

 private:
  TeamsSettings settings_;
};

}  // namespace runneriq::alerting
