// Notifications for the tests of message texts and receivers.
#pragma once

#include "alerting/notification.hpp"
#include "alerting/receiver.hpp"

#include <string>
#include <vector>

namespace runneriq::testing_support {

inline const Time kThreeAtNight = parse_time("2026-01-02T03:00:00Z").value();

inline alerting::Event lint_event(std::string ref = "main") {
  alerting::Event event;
  event.time = kThreeAtNight;
  event.gitlab = "https://gitlab.example";
  event.project = "acme/shop";
  event.ref = std::move(ref);
  event.sha = "1a2b3c4d5e6f";
  event.job_id = 1234;
  event.name = "lint";
  event.stage = "test";
  event.status = "failed";
  event.failure_reason = "script_failure";
  event.user = "anna";
  event.url = "https://gitlab.example/acme/shop/-/jobs/1234";
  return event;
}

inline alerting::AlertEntry entry_of(alerting::Event event) {
  alerting::AlertEntry entry;
  entry.severity = alerting::Severity::error;
  entry.since = kThreeAtNight - std::chrono::minutes{25};
  entry.failures = 3;
  entry.events = {std::move(event)};
  entry.headline = "E501 line too long";
  return entry;
}

inline alerting::Notification notification_of(std::vector<alerting::AlertEntry> alerts) {
  alerting::Notification notification;
  notification.id = "n1";
  notification.time = kThreeAtNight;
  notification.receiver = "default";
  notification.route = "root";
  notification.severity = alerting::Severity::error;
  notification.group = "00112233445566aa";
  notification.group_words = "signature=9c1f";
  for (const alerting::AlertEntry& alert : alerts)
    ++(alert.firing ? notification.firing : notification.resolved);
  notification.alerts = std::move(alerts);
  return notification;
}

inline alerting::Notification one_firing() {
  return notification_of({entry_of(lint_event())});
}

inline alerting::Notification one_resolved() {
  alerting::AlertEntry entry = entry_of(lint_event());
  entry.firing = false;
  entry.resolved = kThreeAtNight;
  entry.why_resolved = "green again at 77aa88bb";
  alerting::Notification notification = notification_of({entry});
  notification.reason = alerting::Reason::resolved;
  return notification;
}

inline alerting::WebCall web_call(const alerting::Receiver& receiver,
                                  const alerting::Notification& notification,
                                  const alerting::DeliveryContext& context = {}) {
  return std::get<alerting::WebCall>(receiver.call(notification, context));
}

// Names that try to be more than names, in each of the vendors' languages and below.
inline std::vector<std::string> hostile_texts() {
  return {"<!channel>",
          "<!here|here>",
          "@everyone",
          "@here",
          "<@U1>",
          "<@!1234567890>",
          "<@&1234567890>",
          "<#C1|general>",
          "<at>Anna</at>",
          "[x](http://evil.example)",
          "<http://evil.example|click>",
          "http://evil.example/steal",
          "![i](https://evil.example/beacon.png)",
          "&amp;&lt;!channel&gt;",
          "&amp",
          "`code` ```\nfence\n```",
          "**bold** __u__ ~~s~~ ||spoiler||",
          "\\",
          "\\\\@everyone",
          "{{DATE(2026-01-01,SHORT)}}",
          "/close",
          "\"},{\"text\":\"x\"",
          "\xE2\x80\xAEgnp.exe\xE2\x80\xAC",
          std::string("nul\0nul", 7),
          "\xFF\xFE broken \xE2\x82",
          "\xF0\x9F\x94\xA5 fire \xE4\xB8\xAD\xE6\x96\x87",
          "\x1B[31mred\x1B]8;;http://evil.example\x07link\x1B]8;;\x07",
          "line\r\nX-Evil: 1",
          std::string(1'000'000, 'a'),
          std::string(840'000, '&'),
          std::string(3000, '\\'),
          std::string(2000, '@')};
}

}  // namespace runneriq::testing_support
