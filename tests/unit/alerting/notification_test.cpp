#include "alerting/notification.hpp"

#include "core/json_text.hpp"
#include "tests/support/noise_fixture.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace runneriq::alerting {
namespace {

Notification notification() {
  AlertEntry firing{.alert = 0xfeedU,
                    .firing = true,
                    .severity = Severity::error,
                    .since = at(),
                    .resolved = {},
                    .why_resolved = {},
                    .failures = 7,
                    .events = {failed("lint"), failed("lint", seconds{5})},
                    .headline = "E: \"no\" \xC3\xA9",
                    .was_flaky = true};
  AlertEntry resolved{.alert = 1,
                      .firing = false,
                      .severity = Severity::critical,
                      .since = at(),
                      .resolved = at(minutes{5}),
                      .why_resolved = "passed on retry",
                      .failures = 1,
                      .events = {failed("deploy")},
                      .told_before = true,
                      .headline = {}};
  AlertEntry empty{.alert = 2,
                   .firing = true,
                   .severity = Severity::info,
                   .since = at(),
                   .resolved = {},
                   .why_resolved = {},
                   .failures = 3,
                   .events = {},
                   .headline = {}};
  return {.id = "0123456789abcdef",
          .time = at(minutes{15}),
          .receiver = "slack",
          .route = "root/shop",
          .severity = Severity::error,
          .reason = Reason::new_member,
          .group = "00000000000000aa",
          .group_words = "signature=1",
          .alerts = {firing, resolved, empty},
          .more = 4,
          .firing = 2,
          .resolved = 1};
}

TEST(NotificationDocument, ReadsAsItWasWritten) {
  const std::string text = json_line(notification_document(notification()));
  const auto read = parse_notification(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(json_line(notification_document(*read)), text);
  ASSERT_EQ(read->alerts.size(), 3U);
  EXPECT_EQ(read->alerts[0].events.size(), 2U);
  EXPECT_EQ(read->alerts[0].headline, "E: \"no\" \xC3\xA9");
  EXPECT_TRUE(read->alerts[0].was_flaky);
  EXPECT_TRUE(read->alerts[1].told_before);
  EXPECT_EQ(read->alerts[1].why_resolved, "passed on retry");
  EXPECT_TRUE(read->alerts[2].events.empty());
  EXPECT_EQ(read->reason, Reason::new_member);
  EXPECT_EQ(read->more, 4);
}

TEST(NotificationDocument, EachEventSaysItsAlertAndState) {
  const auto document = notification_document(notification());
  ASSERT_EQ(document["alerts"].size(), 4U);
  EXPECT_EQ(document["alerts"][1]["name"], "lint");
  EXPECT_EQ(document["alerts"][1]["alert"], "000000000000feed");
  EXPECT_EQ(document["alerts"][1]["state"], "firing");
  EXPECT_EQ(document["alerts"][2]["state"], "resolved");
  EXPECT_EQ(document["reason"], "new member");
}

TEST(NotificationDocument, WhatIsNoneIsCorrupt) {
  auto wrong = notification_document(notification());
  wrong["reason"] = "because";
  for (const std::string& text : {std::string("{"), std::string("[]"), std::string("{}"), json_line(wrong)}) {
    const auto read = parse_notification(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Errc::corrupt);
  }
}

}  // namespace
}  // namespace runneriq::alerting
