#include "alerting/pagerduty/pagerduty.hpp"

#include "core/text_cut.hpp"
#include "tests/support/notification_maker.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace runneriq::alerting {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
using Json = nlohmann::json;
using Kind = DeliveryReply::Kind;

const std::string kKey = "0123456789abcdef0123456789abcdef";

PagerDuty pagerduty() {
  return PagerDuty({.secret = Secret{kKey}});
}

TEST(PagerDuty, TriggersAnIncidentForTheGroup) {
  const WebCall call = web_call(pagerduty(), one_firing());
  EXPECT_EQ(call.url, "https://events.pagerduty.com/v2/enqueue");
  EXPECT_TRUE(call.secret_url.empty());
  EXPECT_TRUE(call.secret_header.empty());
  const Json event = Json::parse(call.body);
  EXPECT_EQ(event["routing_key"], kKey);
  EXPECT_EQ(event["event_action"], "trigger");
  EXPECT_EQ(event["dedup_key"], "00112233445566aa");
  const Json& payload = event["payload"];
  EXPECT_EQ(payload["summary"], "[FIRING:1] error: lint failed in acme/shop on main");
  EXPECT_EQ(payload["severity"], "error");
  EXPECT_EQ(payload["source"], "acme/shop");
  EXPECT_EQ(payload["component"], "lint");
  EXPECT_EQ(payload["group"], "main");
  EXPECT_EQ(payload["class"], "script_failure");
  EXPECT_EQ(payload["timestamp"], "2026-01-02T03:00:00Z");
  EXPECT_EQ(payload["custom_details"]["text"][3], "E501 line too long");
  EXPECT_EQ(event["links"][0]["href"], "https://gitlab.example/acme/shop/-/jobs/1234");
}

TEST(PagerDuty, ResolvesWithTheSameKeyWhenNothingFiresAnyMore) {
  const Json event = Json::parse(web_call(pagerduty(), one_resolved()).body);
  EXPECT_EQ(event["event_action"], "resolve");
  EXPECT_EQ(event["dedup_key"], "00112233445566aa");
  Notification half = one_resolved();
  half.firing = 1;
  EXPECT_EQ(Json::parse(web_call(pagerduty(), half).body)["event_action"], "trigger");
}

TEST(PagerDuty, KnowsAllSeverities) {
  for (const Severity severity : kSeverities) {
    Notification notification = one_firing();
    notification.severity = severity;
    EXPECT_EQ(Json::parse(web_call(pagerduty(), notification).body)["payload"]["severity"],
              to_text(severity));
  }
}

TEST(PagerDuty, LeavesOutWhatIsNotTold) {
  Event event;
  event.kind = EventKind::audit;
  const Json body = Json::parse(web_call(pagerduty(), notification_of({entry_of(event)})).body);
  EXPECT_EQ(body["payload"]["source"], "GitLab");
  for (const char* name : {"component", "group", "class"}) EXPECT_FALSE(body["payload"].contains(name));
  EXPECT_FALSE(body.contains("links"));
}

TEST(PagerDuty, ReplacesDetailsThatAreTooLongByTheFirstAndANote) {
  Event event = lint_event(std::string(200, '\x01'));
  event.name = event.project = event.stage = event.user = event.failure_reason = event.runner = event.ref;
  AlertEntry entry = entry_of(event);
  entry.headline = std::string(500, '\x01');
  const WebCall call = web_call(pagerduty(), notification_of(std::vector<AlertEntry>(10'000, entry)));
  EXPECT_LE(call.body.size(), kPagerDutyEvent);
  const Json details = Json::parse(call.body)["payload"]["custom_details"];
  EXPECT_TRUE(details.contains("note"));
  EXPECT_GT(details["text"].size(), 100U);
}

TEST(PagerDuty, CutsTheKeyOfTheGroup) {
  Notification notification = one_firing();
  notification.group = std::string(1000, 'g');
  const Json event = Json::parse(web_call(pagerduty(), notification).body);
  EXPECT_EQ(characters(event["dedup_key"].get<std::string>()), kPagerDutyKey);
}

struct ReplyCase {
  std::string_view name;
  int status;
  std::string_view body;
  Kind kind;
  std::string_view failure;
};
class PagerDutyReply : public testing::TestWithParam<ReplyCase> {};

TEST_P(PagerDutyReply, IsJudged) {
  const DeliveryReply judged =
      pagerduty().judge({.status = GetParam().status, .body = std::string(GetParam().body)}, kThreeAtNight);
  EXPECT_EQ(judged.kind, GetParam().kind) << judged.words;
  EXPECT_EQ(judged.failure, GetParam().failure);
  EXPECT_EQ(judged.words.find(kKey), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Replies, PagerDutyReply,
    testing::Values(
        ReplyCase{"Taken", 202, R"({"status":"success"})", Kind::delivered, ""},
        ReplyCase{"SignInPage", 200, "<html>", Kind::later, "contentError"},
        ReplyCase{"Invalid", 400,
                  R"({"status":"invalid event","message":"Event object is invalid","errors":["too short"]})",
                  Kind::never, "clientError"},
        ReplyCase{"EchoesTheKey", 400, R"({"errors":["0123456789abcdef0123456789abcdef is none"]})",
                  Kind::never, "clientError"},
        ReplyCase{"ErrorsAreNoTexts", 400, R"({"errors":[{}]})", Kind::never, "clientError"},
        ReplyCase{"Throttled", 429, "", Kind::throttled, "rateLimited"},
        ReplyCase{"Trouble", 500, "", Kind::later, "serverError"}),
    [](const auto& tried) { return std::string(tried.param.name); });

TEST(PagerDuty, SaysWhatIsWrongWithAnEvent) {
  const DeliveryReply judged = pagerduty().judge(
      {.status = 400, .body = R"({"message":"Event object is invalid","errors":["too short"]})"},
      kThreeAtNight);
  EXPECT_EQ(judged.words,
            "it answered 400: it does not take this message, 'Event object is invalid: too short'");
}

TEST(PagerDuty, ChecksItsSettings) {
  EXPECT_TRUE(check(PagerDutySettings{.secret = Secret{kKey}}));
  EXPECT_FALSE(check(PagerDutySettings{}));
  EXPECT_FALSE(check(PagerDutySettings{.secret = Secret{kKey}, .url = "events.eu.pagerduty.com"}));
}

}  // namespace
}  // namespace runneriq::alerting
