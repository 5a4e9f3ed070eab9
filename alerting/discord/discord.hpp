// Discord, by the address of a channel's webhook.
//
// One embed. Markdown is escaped, mentions are switched off and broken, too. What follows in a group changes
// its first message in place, see updates_in_place().
#pragma once

#include "alerting/receiver.hpp"
#include "core/result.hpp"

#include <string>
#include <string_view>

namespace runneriq::alerting {

struct DiscordSettings {
  Secret secret;  // the address: its last part is the credential
};
// Error: invalid_argument: no address.
Result<void> check(const DiscordSettings& settings);

// Discord's limits, in characters; an embed may hold 6,000 in all.
inline constexpr std::size_t kDiscordTitle = 256;
inline constexpr std::size_t kDiscordDescription = 4096;

class Discord final : public Receiver {
 public:
  explicit Discord(DiscordSettings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] std::string_view type() const override { return "discord"; }
  // Five messages in two seconds, with a margin.
  [[nodiscard]] Duration pace() const override { return std::chrono::milliseconds{500}; }
  [[nodiscard]] Call call(const Notification& notification, const DeliveryContext& context) const override;
  // 429 says how long in its body. A message that is gone (10008) is posted again later, a webhook that is
  // gone (10015) never. The handle is the message's id.
  [[nodiscard]] DeliveryReply judge(const WebReply& reply, Time now) const override;

 private:
  DiscordSettings settings_;
};

// With what Markdown could read within a line behind a backslash; a zero-width space behind each '@'.
std::string discord_escaped(std::string_view text);

}  // namespace runneriq::alerting
