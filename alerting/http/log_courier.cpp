#include "alerting/http/log_courier.hpp"

#include "alerting/message_text.hpp"

namespace runneriq::alerting {
namespace {

LogLevel level_of(const Notification& notification) {
  if (notification.firing == 0) return LogLevel::info;
  return notification.severity == Severity::critical ? LogLevel::error : LogLevel::warning;
}

}  // namespace

DeliveryReply LogCourier::bring(const Notification& notification, const DeliveryContext&, Duration) {
  log_.write(level_of(notification), "alert",
             {{"title", message_text(notification).title},
              {"receiver", notification.receiver},
              {"severity", std::string(to_text(notification.severity))},
              {"reason", std::string(to_text(notification.reason))},
              {"group", notification.group},
              {"notification", notification.id},
              {"firing", std::int64_t{notification.firing}},
              {"resolved", std::int64_t{notification.resolved}}});
  return {.kind = DeliveryReply::Kind::delivered};
}

}  // namespace runneriq::alerting
