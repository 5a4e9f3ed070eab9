// Brings messages to those who are called by HTTP, or get mail.
#pragma once

#include "alerting/http/courier.hpp"
#include "alerting/receiver.hpp"
#include "platform/http_client.hpp"
#include "platform/mail_client.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace runneriq::alerting {

// All that is referred to must outlive the courier. A transport that the receiver has no use for may be null.
struct Wires {
  platform::HttpTransport* web = nullptr;
  platform::MailTransport* mail = nullptr;
  std::function<Time()> clock;  // the transports'
};

class ReceiverCourier final : public Courier {
 public:
  ReceiverCourier(std::unique_ptr<const Receiver> receiver, Wires wires);
  [[nodiscard]] std::string_view type() const override { return receiver_->type(); }
  [[nodiscard]] Duration pace() const override { return receiver_->pace(); }
  [[nodiscard]] DeliveryReply bring(const Notification& notification, const DeliveryContext& context,
                                    Duration limit) override;

 private:
  [[nodiscard]] DeliveryReply bring(WebCall call, Duration limit);
  [[nodiscard]] DeliveryReply bring(const Mail& mail, Duration limit);
  std::unique_ptr<const Receiver> receiver_;
  Wires wires_;
};

// Whoever does not answer keeps all messages of the receiver waiting. A POST that is redirected is for later:
// whoever stands in front of the receiver for an hour does so.
DeliveryReply judge_error(const Error& error);
// 421 throttles; other 4xx are for later; what concerns logging in and all other 5xx never changes.
DeliveryReply judge_mail(const platform::MailReply& reply);

}  // namespace runneriq::alerting
