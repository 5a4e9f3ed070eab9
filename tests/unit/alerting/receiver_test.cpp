#include "alerting/receiver.hpp"

#include "alerting/reply_words.hpp"
#include "alerting/secret_address.hpp"
#include "tests/support/notification_maker.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace runneriq::alerting {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
using Kind = DeliveryReply::Kind;

struct StatusCase {
  int status;
  Kind kind;
  std::string_view failure;
};
class Status : public testing::TestWithParam<StatusCase> {};

TEST_P(Status, SaysWhatToDoNext) {
  const DeliveryReply judged =
      judge_status({.status = GetParam().status, .body = "the secret is hunter2"}, kThreeAtNight);
  EXPECT_EQ(judged.kind, GetParam().kind);
  EXPECT_EQ(judged.failure, GetParam().failure);
  EXPECT_EQ(judged.words.empty(), GetParam().kind == Kind::delivered);
  EXPECT_EQ(judged.words.find("hunter2"), std::string::npos);
  EXPECT_EQ(judged.wait, std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    Statuses, Status,
    testing::Values(StatusCase{200, Kind::delivered, ""}, StatusCase{202, Kind::delivered, ""},
                    StatusCase{204, Kind::delivered, ""}, StatusCase{0, Kind::later, "connection"},
                    StatusCase{302, Kind::never, "clientError"}, StatusCase{400, Kind::never, "clientError"},
                    StatusCase{401, Kind::never, "authError"}, StatusCase{403, Kind::never, "authError"},
                    StatusCase{404, Kind::never, "clientError"}, StatusCase{408, Kind::later, "timeout"},
                    StatusCase{410, Kind::never, "clientError"}, StatusCase{418, Kind::never, "clientError"},
                    StatusCase{429, Kind::throttled, "rateLimited"},
                    StatusCase{500, Kind::later, "serverError"}, StatusCase{503, Kind::later, "serverError"},
                    StatusCase{599, Kind::later, "serverError"}),
    [](const auto& tried) { return "Status" + std::to_string(tried.param.status); });

TEST(RetryAfter, IsHeededUpToAnHourWhereItIsANumber) {
  const auto wait = [](std::string text, int status) {
    return judge_status({.status = status, .headers = {{"retry-after", std::move(text)}}}, kThreeAtNight)
        .wait;
  };
  EXPECT_EQ(wait("30", 429), 30s);
  EXPECT_EQ(wait("0", 429), 0s);
  EXPECT_EQ(wait("7", 503), 7s);
  EXPECT_EQ(wait("86400", 429), 1h);
  EXPECT_EQ(wait("99999999999999999999999", 429), 1h);
  for (const std::string text : {"", "-1", "1.5", "soon", "30 "}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(wait(text, 429), std::nullopt);
  }
  EXPECT_EQ(wait("30", 400), std::nullopt);
  EXPECT_EQ(wait("30", 200), std::nullopt);
}

TEST(UpdatesInPlace, OnlyWhatGoesOnWithAHandleInTheFirstAttempts) {
  Notification notification = one_firing();
  const auto updates = [&](Reason reason, std::string handle, int attempt) {
    notification.reason = reason;
    return updates_in_place(notification, {.handle = std::move(handle), .attempt = attempt});
  };
  EXPECT_TRUE(updates(Reason::resolved, "h", 2));
  for (const Severity severity : kSeverities) {
    notification.severity = severity;
    EXPECT_EQ(updates(Reason::new_member, "h", 1), severity > Severity::error);
  }
  EXPECT_FALSE(updates(Reason::resolved, "h", 3));
  EXPECT_FALSE(updates(Reason::resolved, "", 1));
  for (const Reason reason : {Reason::first, Reason::repeat, Reason::digest})
    EXPECT_FALSE(updates(reason, "h", 1));
}

TEST(ReplyWords, NeverShowAPieceOfTheSecret) {
  const Secret secret{"https://hooks.example/services/T000/B000/abcdefghijkl"};
  const auto words = [&](std::string_view said) {
    return with_words({.words = "it failed"}, said, secret).words;
  };
  EXPECT_EQ(words("no_service"), "it failed, 'no_service'");
  EXPECT_EQ(words("not found: /services/T000/B000/abcdefghijkl"), "it failed");
  EXPECT_EQ(words("token efghijkl is unknown"), "it failed");
  EXPECT_EQ(words(""), "it failed");
  EXPECT_EQ(words("a\nb\x1B"), "it failed, 'a\\nb\\x1b'");
  EXPECT_LE(words(std::string(1'000'000, 'z')).size(), 140U);
  EXPECT_EQ(with_words({.words = "x"}, "key abc", Secret{"abc"}).words, "x");
}

TEST(ReplyObject, IsEmptyForAllThatIsNone) {
  for (const std::string text : {"", "ok", "[1]", "null", "{\"a\":", "{\"a\":1e999}", "\xFF"}) {
    SCOPED_TRACE(text);
    EXPECT_TRUE(reply_object(text).is_object());
    EXPECT_TRUE(reply_object(text).empty());
  }
  EXPECT_TRUE(reply_object(std::string(60'000, '[')).empty());
  EXPECT_EQ(text_member(reply_object(R"({"a":"b","n":1})"), "a"), "b");
  EXPECT_EQ(text_member(reply_object(R"({"a":"b","n":1})"), "n"), "");
}

TEST(PlainHandle, IsOnlyWhatMayStandInAnAddress) {
  EXPECT_EQ(plain_handle("1234567890"), "1234567890");
  EXPECT_EQ(plain_handle("1503435956.000247", "."), "1503435956.000247");
  for (const std::string text : {"../x", "1/2", "1?a", "12a", "1.2"}) EXPECT_EQ(plain_handle(text), "");
  EXPECT_EQ(plain_handle(std::string(41, '1')), "");
}

TEST(SecretAddress, ShowsOnlyTheHost) {
  EXPECT_EQ(shown_address(Secret{"https://hooks.slack.com/services/T/B/x"}), "https://hooks.slack.com/***");
  EXPECT_EQ(shown_address(Secret{"https://a.example:8443?sig=x"}), "https://a.example:8443/***");
  EXPECT_EQ(shown_address(Secret{"https://user:pass@a.example/x"}), "https://***/***");
  EXPECT_EQ(shown_address(Secret{"xoxb-1"}), "***");
  EXPECT_TRUE(check_address(Secret{"https://a.example/x"}, "it"));
  for (const std::string text : {"", "a.example/x", "ftp://a", "https://a.example/x\n", "https://a b"}) {
    SCOPED_TRACE(text);
    const Result<void> checked = check_address(Secret{text}, "the Teams receiver");
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, Errc::invalid_argument);
    EXPECT_EQ(checked.error().message.find("a.example"), std::string::npos);
  }
}

}  // namespace
}  // namespace runneriq::alerting
