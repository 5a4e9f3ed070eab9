#include "alerting/message_text.hpp"

#include "core/utf8.hpp"
#include "tests/support/notification_maker.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace runneriq::alerting {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;

std::string plain(const Notification& notification) {
  return message_text(notification).plain;
}

TEST(MessageText, TellsWhatFailedWhereSinceWhenHowOftenAndWhyItWasSent) {
  Notification notification = one_firing();
  notification.alerts.front().was_flaky = true;
  EXPECT_EQ(
      plain(notification),
      "[FIRING:1] error: lint failed in acme/shop on main\n"
      "1 alert fires, the oldest since 2026-01-02T02:35:00Z (25 min).\n"
      "• lint failed in acme/shop on main (stage test): job 1234 "
      "https://gitlab.example/acme/shop/-/jobs/1234\n"
      "  since 2026-01-02T02:35:00Z (25 min), failed 3 times, started by anna, at commit 1a2b3c4d, reason "
      "script_failure\n"
      "  > E501 line too long\n"
      "  it had been flaky, but did not pass on retry this time\n"
      "Sent because this group began to fire; route root; group signature=9c1f\n");
}

TEST(MessageText, TellsHowAFailureBecameGreen) {
  EXPECT_EQ(plain(one_resolved()),
            "[RESOLVED] lint in acme/shop on main\n"
            "The alert is resolved.\n"
            "✓ lint in acme/shop on main (stage test): green again at 77aa88bb, job 1234 "
            "https://gitlab.example/acme/shop/-/jobs/1234\n"
            "  it failed 3 times in 25 min\n"
            "Sent because alerts of the group are resolved; route root; group signature=9c1f\n");
}

struct TitleCase {
  std::string_view name;
  std::function<Notification()> make;
  std::string_view title;
};

Notification with_kind(EventKind kind, std::string name) {
  Event event;
  event.kind = kind;
  event.name = std::move(name);
  return notification_of({entry_of(event)});
}

Notification two(const std::function<void(Event&)>& change) {
  Event other = lint_event();
  change(other);
  return notification_of({entry_of(lint_event()), entry_of(other)});
}

class Title : public testing::TestWithParam<TitleCase> {};

TEST_P(Title, SaysItInOneLine) {
  EXPECT_EQ(message_text(GetParam().make()).title, GetParam().title);
}

INSTANTIATE_TEST_SUITE_P(
    Titles, Title,
    testing::Values(TitleCase{"SeveralRefs", [] { return two([](Event& e) { e.ref = "dev"; }); },
                              "[FIRING:2] error: lint failed in acme/shop on 2 refs"},
                    TitleCase{"SeveralJobs", [] { return two([](Event& e) { e.name = "unit"; }); },
                              "[FIRING:2] error: 2 jobs failed in acme/shop on main"},
                    TitleCase{"SeveralProjects",
                              [] { return two([](Event& e) { e.project = "acme/till"; }); },
                              "[FIRING:2] error: lint failed in 2 projects"},
                    TitleCase{"SeveralKinds", [] { return two([](Event& e) { e.kind = EventKind::stuck; }); },
                              "[FIRING:2] error: 2 kinds of trouble in acme/shop on main"},
                    TitleCase{"MoreThanIsListed",
                              [] {
                                Notification n = two([](Event& e) { e.ref = "dev"; });
                                n.firing = 500;
                                return n;
                              },
                              "[FIRING:500] error: lint failed in acme/shop on 2+ refs"},
                    TitleCase{"RunnerOffline", [] { return with_kind(EventKind::runner, "r1"); },
                              "[FIRING:1] error: runner r1 is offline"},
                    TitleCase{"AuditBroken", [] { return with_kind(EventKind::audit, ""); },
                              "[FIRING:1] error: the audit trail is broken"},
                    TitleCase{"Digest",
                              [] {
                                Notification n = one_firing();
                                n.reason = Reason::digest;
                                return n;
                              },
                              "[DIGEST:1] error: lint failed in acme/shop on main"},
                    TitleCase{"NoEvents",
                              [] {
                                Notification n = one_firing();
                                n.alerts.front().events.clear();
                                return n;
                              },
                              "[FIRING:1] error: 1 alert of signature=9c1f"},
                    TitleCase{"OnlyTheFiringOnesAreSpokenOf",
                              [] {
                                Notification n = two([](Event& e) { e.ref = "dev"; });
                                n.alerts.back().firing = false;
                                n.firing = n.resolved = 1;
                                return n;
                              },
                              "[FIRING:1] error: lint failed in acme/shop on main"}),
    [](const auto& tried) { return std::string(tried.param.name); });

TEST(MessageText, CountsWhatIsLeftOut) {
  Notification notification = notification_of(std::vector<AlertEntry>(12, entry_of(lint_event())));
  notification.more = 4321;
  const std::string text = message_text(notification, 5).plain;
  EXPECT_NE(text.find("\n… and 7 more alerts of this group.\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\n4321 more failures were only counted: too many at once.\n"), std::string::npos)
      << text;
}

struct UrlCase {
  std::string_view name, gitlab, url;
  bool linked;
};
class OwnPages : public testing::TestWithParam<UrlCase> {};

TEST_P(OwnPages, AreTheOnlyLinks) {
  Notification notification = one_firing();
  notification.alerts.front().events.front().gitlab = GetParam().gitlab;
  notification.alerts.front().events.front().url = GetParam().url;
  EXPECT_EQ(plain(notification).find("job 1234 ") != std::string::npos, GetParam().linked)
      << plain(notification);
}

INSTANTIATE_TEST_SUITE_P(
    Urls, OwnPages,
    testing::Values(UrlCase{"Ours", "https://gitlab.example", "https://gitlab.example/a/-/jobs/1", true},
                    UrlCase{"OursWithSlash", "https://gitlab.example/", "https://gitlab.example/a", true},
                    UrlCase{"OursBelowAPath", "https://a.example/gl", "https://a.example/gl/x", true},
                    UrlCase{"OneGitLab", "", "http://gitlab.example/a", true},
                    UrlCase{"Foreign", "https://gitlab.example", "https://evil.example/a", false},
                    UrlCase{"LongerHost", "https://gitlab.example", "https://gitlab.example.evil/a", false},
                    UrlCase{"User", "https://gitlab.example", "https://gitlab.example@evil.example/a", false},
                    UrlCase{"UserWithoutBase", "", "https://gitlab.example@evil.example/a", false},
                    UrlCase{"Script", "", "javascript:alert(1)", false},
                    UrlCase{"NoHost", "", "https:///a", false},
                    UrlCase{"Blank", "", "https://gitlab.example/a b", false},
                    UrlCase{"Parenthesis", "", "https://gitlab.example/a)b", false},
                    UrlCase{"Angle", "", "https://gitlab.example/<a>", false},
                    UrlCase{"None", "", "", false}),
    [](const auto& tried) { return std::string(tried.param.name); });

TEST(MessageText, HostileTextsStayInTheirSpansOnTheirLinesAndShort) {
  for (const std::string& text : hostile_texts()) {
    SCOPED_TRACE(text.substr(0, 40));
    Event event = lint_event(text);
    event.name = event.project = event.user = event.stage = event.failure_reason = event.runner = text;
    AlertEntry entry = entry_of(event);
    entry.headline = entry.why_resolved = text;
    const MessageText message = message_text(notification_of({entry}));
    EXPECT_LE(message.title.size(), 800U);
    EXPECT_TRUE(is_utf8(message.plain));
    EXPECT_LE(message.plain.size(), 5000U);
    EXPECT_EQ(message.title.find('\n'), std::string::npos);
    for (const Line& line : message.lines) {
      for (const Span& span : line) {
        EXPECT_LE(span.text.size(), 503U);
        EXPECT_EQ(span.text.find_first_of(std::string_view("\n\r\x1B\0", 4)), std::string::npos);
        EXPECT_TRUE(span.kind != Span::Kind::ours || span.text.find("evil") == std::string::npos);
      }
    }
  }
}

TEST(MessageText, JoinsWhatIsShownLiterally) {
  const Line line{{.text = "a"},
                  {.kind = Span::Kind::theirs, .text = "b"},
                  {.kind = Span::Kind::link, .text = "c", .url = "https://gitlab.example/c"},
                  {.text = "d"}};
  const Line joined = joined_literally(line);
  ASSERT_EQ(joined.size(), 3U);
  EXPECT_EQ(joined[0].text, "ab");
  EXPECT_EQ(joined[1].url, "https://gitlab.example/c");
  EXPECT_EQ(joined[2].text, "d");
}

TEST(MessageText, StaysShortWithTenThousandAlerts) {
  const Notification notification = notification_of(std::vector<AlertEntry>(10'000, entry_of(lint_event())));
  const MessageText message = message_text(notification);
  EXPECT_LE(message.lines.size(), 45U);
  EXPECT_EQ(message.title, "[FIRING:10000] error: lint failed in acme/shop on main");
}

}  // namespace
}  // namespace runneriq::alerting
