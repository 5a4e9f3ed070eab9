#include "service/alert_metrics.hpp"

#include "alerting/verdict.hpp"
#include "core/printable.hpp"

namespace runneriq::service {
namespace {

using enum MetricType;

constexpr std::size_t kLongestLabel = 60;

void put_events(PrometheusText& text, const alerting::Totals& totals) {
  text.family("runneriq_alert_events_total", counter, "Events that alerting has taken, by outcome.");
  text.sample(static_cast<double>(totals.failures), {{"outcome", "failed"}});
  text.sample(static_cast<double>(totals.passes), {{"outcome", "passed"}});
  text.sample(static_cast<double>(totals.others), {{"outcome", "other"}});
  text.family("runneriq_alert_suppressed_total", counter, "Failures that are in no message, by stage.");
  for (std::size_t stage = 0; stage < totals.suppressed.size(); ++stage) {
    text.sample(static_cast<double>(totals.suppressed.at(stage)),
                {{"stage", to_text(static_cast<alerting::Stage>(stage))}});
  }
  text.family("runneriq_alert_messages_total", counter, "Messages that were made, to all receivers.");
  text.sample(static_cast<double>(totals.notifications));
  text.family("runneriq_alert_waiting", gauge, "Failures that wait for their message, or for a retry.");
  text.sample(static_cast<double>(totals.waiting));
}

template <class Put>
void for_receivers(const AlertFigures& figures, Put put) {
  std::size_t receivers = 0;
  for (const auto& [name, counts] : figures.deliveries) {
    if (++receivers > kMostReceiversMeasured) return;
    put(printable(name, kLongestLabel), counts);
  }
}

void put_deliveries(PrometheusText& text, const AlertFigures& figures) {
  if (figures.deliveries.empty()) return;
  text.family("runneriq_alert_deliveries_total", counter,
              "Messages that a receiver has taken, or never will, by receiver.");
  for_receivers(figures, [&](const std::string& receiver, const ReceiverFigures& counts) {
    text.sample(static_cast<double>(counts.delivered), {{"receiver", receiver}, {"outcome", "delivered"}});
    text.sample(static_cast<double>(counts.dead), {{"receiver", receiver}, {"outcome", "dead"}});
  });
  text.family("runneriq_alert_delivery_failures_total", counter,
              "Attempts to deliver that failed, by receiver and reason.");
  for_receivers(figures, [&](const std::string& receiver, const ReceiverFigures& counts) {
    for (const auto& [reason, count] : counts.failures) {
      text.sample(static_cast<double>(count), {{"receiver", receiver}, {"reason", reason}});
    }
  });
}

}  // namespace

void put_alerts(PrometheusText& text, const AlertFigures& figures) {
  put_events(text, figures.totals);
  put_deliveries(text, figures);
}

}  // namespace runneriq::service
