#include "alerting/alertmanager/alertmanager.hpp"

#include "core/json_text.hpp"
#include "core/text_cut.hpp"
#include "core/utf8.hpp"
#include "tests/support/notification_maker.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace runneriq::alerting {
namespace {

using nlohmann::json;
using testing_support::entry_of;
using testing_support::kThreeAtNight;
using testing_support::lint_event;
using testing_support::notification_of;
using testing_support::one_firing;
using testing_support::one_resolved;

json alerts_of(const Notification& notification) {
  const Alertmanager receiver("https://am.example/", Secret{});
  return json_in(testing_support::web_call(receiver, notification, {.now = kThreeAtNight}).body);
}

TEST(AnAlertmanager, IsCalledAtItsAddress) {
  const WebCall call = testing_support::web_call(Alertmanager("https://am.example/", Secret{}), one_firing());
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.url, "https://am.example/api/v2/alerts");
  EXPECT_EQ(call.secret_header, "");
  EXPECT_EQ(testing_support::web_call(Alertmanager("http://am:9093", Secret{}), one_firing()).url,
            "http://am:9093/api/v2/alerts");
  const WebCall known = testing_support::web_call(Alertmanager("http://am:9093", Secret{"t"}), one_firing());
  EXPECT_EQ(known.secret_header, "Authorization");
  EXPECT_EQ(known.secret.reveal(), "Bearer t");
}

TEST(AnAlertmanager, GetsWhatFiresWithAnEndInTheFuture) {
  const json alerts = alerts_of(one_firing());
  ASSERT_EQ(alerts.size(), 1U);
  const json labels = {{"alertname", "JobFailed"},
                       {"project", "acme/shop"},
                       {"ref", "main"},
                       {"job", "lint"},
                       {"stage", "test"},
                       {"severity", "error"},
                       {"alert", "0000000000000000"}};
  EXPECT_EQ(alerts[0]["labels"], labels);
  EXPECT_EQ(alerts[0]["startsAt"], "2026-01-02T02:35:00Z");
  EXPECT_EQ(alerts[0]["endsAt"], "2026-01-02T07:30:00Z");
  EXPECT_EQ(alerts[0]["generatorURL"], "https://gitlab.example/acme/shop/-/jobs/1234");
  EXPECT_EQ(alerts[0]["annotations"]["summary"], "E501 line too long");
  EXPECT_EQ(alerts[0]["annotations"]["failures"], "3");
}

TEST(AnAlertmanager, IsToldOfTheEndOfWhatIsResolved) {
  const json alerts = alerts_of(one_resolved());
  ASSERT_EQ(alerts.size(), 1U);
  EXPECT_EQ(alerts[0]["endsAt"], "2026-01-02T03:00:00Z");
  EXPECT_EQ(alerts[0]["labels"], alerts_of(one_firing())[0]["labels"])
      << "with other labels it would be another alert, and the first would go on";
  EXPECT_EQ(alerts[0]["annotations"]["resolved"], "green again at 77aa88bb");
}

TEST(AnAlertmanager, TellsAlertsApartByWhatDoesNotChange) {
  Event first = lint_event(), second = lint_event();
  first.runner = "build-1";
  second.runner = "build-2";
  second.job_id = 99;
  second.user = "ben";
  EXPECT_EQ(alerts_of(notification_of({entry_of(first)}))[0]["labels"],
            alerts_of(notification_of({entry_of(second)}))[0]["labels"]);
  AlertEntry other = entry_of(first);
  other.alert = 0xabc123;
  EXPECT_EQ(alerts_of(notification_of({other}))[0]["labels"]["alert"], "0000000000abc123");
}

TEST(AnAlertmanager, NoEndIsBeforeItsStart) {
  Notification notification = one_resolved();
  notification.alerts[0].since = kThreeAtNight + std::chrono::hours{1};
  EXPECT_EQ(alerts_of(notification)[0]["startsAt"], "2026-01-02T03:00:00Z");
}

TEST(AnAlertmanager, NamesEveryKindOfEvent) {
  for (const auto& [kind, name] :
       {std::pair{EventKind::pipeline, "PipelineFailed"}, std::pair{EventKind::runner, "RunnerOffline"},
        std::pair{EventKind::stuck, "JobStuck"}, std::pair{EventKind::lease, "LeaseExpired"},
        std::pair{EventKind::audit, "AuditTrailBroken"}, std::pair{EventKind::budget, "BudgetExceeded"},
        std::pair{EventKind::other, "FleetCondition"}}) {
    Event event = lint_event();
    event.kind = kind;
    EXPECT_EQ(alerts_of(notification_of({entry_of(event)}))[0]["labels"]["alertname"], name);
  }
}

TEST(AnAlertmanager, GetsNoAddressThatItWouldRefuse) {
  for (const std::string bad : {"", "javascript:alert(1)", "https://x/ y", "https://x/\n", "https://x/<y>",
                                "https://gr\xC3\xBCn.example/"}) {
    Event event = lint_event();
    event.url = bad;
    EXPECT_FALSE(alerts_of(notification_of({entry_of(event)}))[0].contains("generatorURL")) << bad;
  }
}

TEST(AnAlertmanager, GetsShortTextsWhateverTheNamesAre) {
  for (const std::string& text : testing_support::hostile_texts()) {
    SCOPED_TRACE(text.substr(0, 60));
    Event event = lint_event(text);
    event.name = event.project = event.stage = event.runner = event.user = event.url = text;
    AlertEntry entry = entry_of(event);
    entry.headline = entry.why_resolved = text;
    const json alerts = alerts_of(notification_of({entry}));
    ASSERT_EQ(alerts.size(), 1U);
    for (const auto& [name, value] : alerts[0]["labels"].items()) {
      EXPECT_TRUE(is_utf8(value.get<std::string>())) << name;
      EXPECT_FALSE(value.get<std::string>().empty()) << name;
      EXPECT_LE(characters(value.get<std::string>()), 200U) << name;
    }
    for (const auto& [name, value] : alerts[0]["annotations"].items()) {
      EXPECT_LE(characters(value.get<std::string>()), 2000U) << name;
    }
  }
}

}  // namespace
}  // namespace runneriq::alerting
