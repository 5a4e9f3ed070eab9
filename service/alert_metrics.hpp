// What GET /metrics shows of alerting.
#pragma once

#include "alerting/noise_reduction.hpp"
#include "service/prometheus_text.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace runneriq::service {

// Since the program started.
struct ReceiverFigures {
  std::int64_t delivered = 0, dead = 0;            // messages
  std::map<std::string, std::int64_t> failures{};  // attempts by DeliveryReply::failure
};

struct AlertFigures {
  alerting::Totals totals{};
  std::map<std::string, ReceiverFigures> deliveries{};  // by receiver
};

// Of so many receivers at most; what is beyond them, in the order of their names, is left out.
inline constexpr std::size_t kMostReceiversMeasured = 100;

void put_alerts(PrometheusText& text, const AlertFigures& figures);

}  // namespace runneriq::service
