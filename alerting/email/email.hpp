// Messages as mails.
#pragma once

#include "alerting/receiver.hpp"
#include "core/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::alerting {

// One mail in plain text for each message. Mails of one group stand in one thread: all refer to one message
// that never was. A mail that is sent again has the same Message-ID, by which mailboxes drop the second.
class Email final : public Receiver {
 public:
  // `to`: addresses separated by commas, at most 50. Error: invalid_argument with what is no address.
  static Result<Email> make(std::string from, std::string_view to);

  [[nodiscard]] std::string_view type() const override { return "email"; }
  [[nodiscard]] Duration pace() const override { return std::chrono::seconds{1}; }
  // A Mail.
  [[nodiscard]] Call call(const Notification& notification, const DeliveryContext& context) const override;
  [[nodiscard]] DeliveryReply judge(const WebReply& reply, Time now) const override;

 private:
  Email(std::string from, std::vector<std::string> to) : from_(std::move(from)), to_(std::move(to)) {}
  [[nodiscard]] std::string headers(const Notification& notification, std::string_view title) const;
  std::string from_;
  std::vector<std::string> to_;
};

}  // namespace runneriq::alerting
