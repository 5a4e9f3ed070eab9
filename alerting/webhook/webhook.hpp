// Messages as JSON to any address, signed as Standard Webhooks has it (standardwebhooks.com, version 1).
#pragma once

#include "alerting/receiver.hpp"
#include "core/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::alerting {

// The body is notification_document() with a first member `version`, 1. Headers: webhook-id (the message's,
// the same whenever it is sent again), webhook-timestamp (seconds, of this attempt) and, with a key,
// webhook-signature: "v1," and the base64 of the HMAC-SHA256 of "id.timestamp.body"; one for each key, with
// blanks between them, so that a key can be replaced while both are known.
class Webhook final : public Receiver {
 public:
  // `keys`: "whsec_" and base64 of 24 to 64 bytes; up to four, with blanks between them; none = unsigned.
  // Error: invalid_argument, which shows nothing of a key.
  static Result<Webhook> make(std::string url, const Secret& keys);

  [[nodiscard]] std::string_view type() const override { return "webhook"; }
  [[nodiscard]] Duration pace() const override { return Duration::zero(); }
  [[nodiscard]] Call call(const Notification& notification, const DeliveryContext& context) const override;
  [[nodiscard]] DeliveryReply judge(const WebReply& reply, Time now) const override;

 private:
  Webhook(std::string url, std::vector<Secret> keys) : url_(std::move(url)), keys_(std::move(keys)) {}
  [[nodiscard]] std::string signatures(std::string_view content) const;
  std::string url_;
  std::vector<Secret> keys_;  // raw bytes
};

}  // namespace runneriq::alerting
