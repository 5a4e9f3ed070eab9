#include "service/alert_metrics.hpp"

#include "tests/support/api_fixture.hpp"

namespace runneriq::service {
namespace {

AlertFigures figures() {
  AlertFigures made;
  made.totals = {.events = 12,
                 .failures = 7,
                 .passes = 4,
                 .others = 1,
                 .notifications = 3,
                 .sent = 2,
                 .waiting = 5,
                 .suppressed = {1, 2, 3, 4, 6},
                 .resolved = 0};
  made.deliveries["ops"] = {.delivered = 8, .dead = 9, .failures = {{"timeout", 10}, {"authError", 11}}};
  return made;
}

std::string text_of(const AlertFigures& figures) {
  PrometheusText text;
  put_alerts(text, figures);
  return text.text();
}

TEST(AlertMetrics, TellEventsStagesAndMessages) {
  const std::string text = text_of(figures());
  for (const char* line :
       {"# TYPE runneriq_alert_events_total counter\n", "runneriq_alert_events_total{outcome=\"failed\"} 7\n",
        "runneriq_alert_events_total{outcome=\"passed\"} 4\n",
        "runneriq_alert_events_total{outcome=\"other\"} 1\n",
        "runneriq_alert_suppressed_total{stage=\"intake\"} 1\n",
        "runneriq_alert_suppressed_total{stage=\"flaky\"} 2\n",
        "runneriq_alert_suppressed_total{stage=\"suppression\"} 3\n",
        "runneriq_alert_suppressed_total{stage=\"grouping\"} 4\n",
        "runneriq_alert_suppressed_total{stage=\"routing\"} 6\n", "runneriq_alert_messages_total 3\n",
        "# TYPE runneriq_alert_waiting gauge\n", "runneriq_alert_waiting 5\n",
        "runneriq_alert_deliveries_total{receiver=\"ops\",outcome=\"delivered\"} 8\n",
        "runneriq_alert_deliveries_total{receiver=\"ops\",outcome=\"dead\"} 9\n",
        "runneriq_alert_delivery_failures_total{receiver=\"ops\",reason=\"timeout\"} 10\n",
        "runneriq_alert_delivery_failures_total{receiver=\"ops\",reason=\"authError\"} 11\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

TEST(AlertMetrics, AreBoundedAndPrintable) {
  AlertFigures many;
  for (int receiver = 0; receiver < 150; ++receiver) many.deliveries["r" + std::to_string(receiver)] = {};
  many.deliveries["\x1b\n\""] = {};
  const std::string text = text_of(many);
  std::size_t samples = 0;
  for (std::size_t at = 0; (at = text.find("outcome=\"dead\"", at)) != std::string::npos; ++at) ++samples;
  EXPECT_EQ(samples, kMostReceiversMeasured);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(AlertMetrics, WithoutReceiversHaveNoEmptyFamily) {
  EXPECT_EQ(text_of({}).find("deliver"), std::string::npos);
}

struct AlertMetricsApi : ApiFixture {};

TEST_F(AlertMetricsApi, AreShownUnlessAlertingIsOff) {
  api().show_alerts(figures());
  EXPECT_NE(ask("GET", "/metrics")->reply->body.find("runneriq_alert_waiting 5\n"), std::string::npos);
  api().show_alerts(std::nullopt);
  EXPECT_EQ(ask("GET", "/metrics")->reply->body.find("runneriq_alert"), std::string::npos);
}

}  // namespace
}  // namespace runneriq::service
