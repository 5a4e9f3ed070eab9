// Messages as alerts of a Prometheus Alertmanager (API v2).
#pragma once

#include "alerting/receiver.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace runneriq::alerting {

// Labels: alertname ("JobFailed", "RunnerOffline", …), project, ref, job, stage, severity, alert: those that
// stay the same while an alert fires, since Alertmanager tells alerts apart by all of them; what may change
// (runner, user, …) is told as annotations. An alert whose severity changes is another one there, and the old
// one ends by itself.
//
// Alertmanager ends an alert five minutes after it was last told unless its end is said: what fires is said
// to end after kOutlives, which is more than the usual repeat, so that it lasts until it is told again or
// resolved. Of routes with a longer repeat it ends earlier there.
class Alertmanager final : public Receiver {
 public:
  static constexpr Duration kOutlives = std::chrono::hours{4} + std::chrono::minutes{30};

  // `url`: of the server, without /api/v2. `token`: sent as a bearer's; "" = none.
  Alertmanager(std::string url, Secret token);

  [[nodiscard]] std::string_view type() const override { return "alertmanager"; }
  [[nodiscard]] Duration pace() const override { return Duration::zero(); }
  [[nodiscard]] Call call(const Notification& notification, const DeliveryContext& context) const override;
  [[nodiscard]] DeliveryReply judge(const WebReply& reply, Time now) const override;

 private:
  std::string url_;
  Secret bearer_;
};

}  // namespace runneriq::alerting
