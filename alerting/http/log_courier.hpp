// The receiver of type `log`: messages as events of the program's own log.
#pragma once

#include "alerting/http/courier.hpp"
#include "core/event_log.hpp"

#include <string_view>

namespace runneriq::alerting {

// Event `alert`: at level error for what is critical and fires, else at warning, resolved ones at info.
class LogCourier final : public Courier {
 public:
  // `log` must outlive it.
  explicit LogCourier(EventLog& log) : log_(log) {}
  [[nodiscard]] std::string_view type() const override { return "log"; }
  [[nodiscard]] Duration pace() const override { return Duration::zero(); }
  [[nodiscard]] DeliveryReply bring(const Notification& notification, const DeliveryContext& context,
                                    Duration limit) override;

 private:
  EventLog& log_;
};

}  // namespace runneriq::alerting
