#include "alerting/teams/teams.hpp"

#include "core/json_text.hpp"
#include "tests/support/notification_maker.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace runneriq::alerting {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
using Json = nlohmann::json;
using Kind = DeliveryReply::Kind;

const std::string kAddress = "https://prod-1.logic.azure.com/workflows/0a1b/triggers/manual?sig=SECRETSECRET";

Teams teams() {
  return Teams({.secret = Secret{kAddress}});
}

Json card_of(const Notification& notification) {
  return Json::parse(web_call(teams(), notification).body)["attachments"][0]["content"];
}

TEST(Teams, SendsOneAdaptiveCardToItsSecretAddress) {
  const WebCall call = web_call(teams(), one_firing());
  EXPECT_EQ(call.secret_url.reveal(), kAddress);
  EXPECT_EQ(call.url, "https://prod-1.logic.azure.com/***");
  const Json body = Json::parse(call.body);
  EXPECT_EQ(body["type"], "message");
  EXPECT_EQ(body["attachments"][0]["contentType"], "application/vnd.microsoft.card.adaptive");
  const Json& card = body["attachments"][0]["content"];
  EXPECT_EQ(card["version"], "1.4");
  EXPECT_EQ(card["body"][0]["inlines"][0]["text"], "[FIRING:1] error: lint failed in acme/shop on main");
  EXPECT_EQ(card["body"][0]["inlines"][0]["color"], "Attention");
}

TEST(Teams, ShowsTextAsRunsInWhichNoMarkdownIsRead) {
  const Json card = card_of(one_firing());
  for (const Json& block : card["body"]) EXPECT_EQ(block["type"], "RichTextBlock");
  EXPECT_EQ(card["body"][4]["inlines"][0]["fontType"], "Monospace");
  EXPECT_EQ(card["body"][2]["inlines"].back()["selectAction"],
            (Json{{"type", "Action.OpenUrl"}, {"url", "https://gitlab.example/acme/shop/-/jobs/1234"}}));
  EXPECT_EQ(card_of(one_resolved())["body"][0]["inlines"][0]["color"], "Good");
}

TEST(Teams, BreaksTheFunctionsOfACard) {
  Event event = lint_event();
  event.name = "{{{DATE(2026-01-01,SHORT)}}";
  const std::string text = json_line(card_of(notification_of({entry_of(event)})));
  EXPECT_EQ(text.find("{{DATE"), std::string::npos);
  EXPECT_NE(text.find("{\u200B{\u200B{DATE"), std::string::npos);
}

TEST(Teams, KeepsTheReasonWhenLinesAreLeftOut) {
  Event event = lint_event(std::string(120, '\x01'));
  event.name = event.project = event.user = event.stage = event.failure_reason = event.runner =
      "\"\\\"\\" + std::string(200, '\\');
  event.url = "https://gitlab.example/" + std::string(970, 'a');
  AlertEntry entry = entry_of(event);
  entry.headline = std::string(500, '"');
  const WebCall call = web_call(teams(), notification_of(std::vector<AlertEntry>(10, entry)));
  EXPECT_LE(call.body.size(), kTeamsBody);
  EXPECT_GT(call.body.size(), kTeamsBody - 3000);
  const Json card = Json::parse(call.body)["attachments"][0]["content"];
  EXPECT_EQ(card["body"].back()["inlines"][0]["text"],
            "Sent because this group began to fire; route root; group signature=9c1f");
  EXPECT_EQ(card["body"][card["body"].size() - 2]["inlines"][0]["text"], "…");
}

struct ReplyCase {
  std::string_view name;
  int status;
  std::string_view body;
  Kind kind;
  std::string_view failure;
};
class TeamsReply : public testing::TestWithParam<ReplyCase> {};

TEST_P(TeamsReply, IsJudged) {
  const DeliveryReply judged =
      teams().judge({.status = GetParam().status, .body = std::string(GetParam().body)}, kThreeAtNight);
  EXPECT_EQ(judged.kind, GetParam().kind) << judged.words;
  EXPECT_EQ(judged.failure, GetParam().failure);
  EXPECT_EQ(judged.words.find("SECRET"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Replies, TeamsReply,
    testing::Values(
        ReplyCase{"Accepted", 202, "", Kind::delivered, ""}, ReplyCase{"One", 200, "1", Kind::delivered, ""},
        ReplyCase{
            "ThrottledInWords", 200,
            "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429",
            Kind::throttled, "rateLimited"},
        ReplyCase{"FailedInWords", 200, "Webhook message delivery failed with error: HTTP error 502",
                  Kind::later, "contentError"},
        ReplyCase{"TooLarge", 413, "", Kind::never, "clientError"},
        ReplyCase{"Gone", 404, R"({"error":{"code":"WorkflowNotFound"}})", Kind::never, "clientError"},
        ReplyCase{"EchoesTheSecret", 401, R"({"error":{"code":"sig=SECRETSECRET"}})", Kind::never,
                  "authError"},
        ReplyCase{"ErrorIsNoObject", 400, R"({"error":[1]})", Kind::never, "clientError"},
        ReplyCase{"Throttled", 429, "", Kind::throttled, "rateLimited"},
        ReplyCase{"Trouble", 502, "<html>", Kind::later, "serverError"}),
    [](const auto& tried) { return std::string(tried.param.name); });

TEST(Teams, ChecksItsSettings) {
  EXPECT_TRUE(check(TeamsSettings{.secret = Secret{kAddress}}));
  EXPECT_FALSE(check(TeamsSettings{.secret = Secret{"key"}}));
}

}  // namespace
}  // namespace runneriq::alerting
