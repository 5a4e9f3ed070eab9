// PagerDuty, Events API v2: an incident for each group, resolved when nothing of it fires any more.
//
// The integration key stands in the body: it is a credential there (see WebCall). Texts are shown literally.
#pragma once

#include "alerting/receiver.hpp"
#include "core/result.hpp"

#include <string>

namespace runneriq::alerting {

struct PagerDutySettings {
  Secret secret;                                                // the integration key
  std::string url = "https://events.pagerduty.com/v2/enqueue";  // in Europe events.eu.pagerduty.com
};
// Error: invalid_argument: no key, an address that is none.
Result<void> check(const PagerDutySettings& settings);

inline constexpr std::size_t kPagerDutyEvent = 512'000;  // bytes
inline constexpr std::size_t kPagerDutySummary = 1024;   // characters
inline constexpr std::size_t kPagerDutyKey = 255;        // characters of dedup_key

class PagerDuty final : public Receiver {
 public:
  explicit PagerDuty(PagerDutySettings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] std::string_view type() const override { return "pagerduty"; }
  // 480 events a minute.
  [[nodiscard]] Duration pace() const override { return std::chrono::milliseconds{125}; }
  [[nodiscard]] Call call(const Notification& notification, const DeliveryContext& context) const override;
  // 202 is taken, which does not say that an incident was made; any other success is none of PagerDuty's.
  [[nodiscard]] DeliveryReply judge(const WebReply& reply, Time now) const override;

 private:
  PagerDutySettings settings_;
};

}  // namespace runneriq::alerting
