#include "alerting/slack/slack.hpp"

#include "alerting/slack/blocks.hpp"
#include "tests/support/notification_maker.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace runneriq::alerting {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
using Json = nlohmann::json;
using Kind = DeliveryReply::Kind;

const std::string kAddress = "https://hooks.slack.com/services/T0000000/B0000000/0123456789abcdef";
const std::string kToken = "xoxb-1234567890-abcdefghij";

Slack webhook() {
  return Slack({.secret = Secret{kAddress}});
}
Slack with_token() {
  return Slack({.secret = Secret{kToken}, .channel = "#alerts"});
}

TEST(Slack, PostsToAWebhookWhoseAddressIsTheSecret) {
  const WebCall call = web_call(webhook(), one_firing());
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.secret_url.reveal(), kAddress);
  EXPECT_EQ(call.url, "https://hooks.slack.com/***");
  EXPECT_TRUE(call.secret_header.empty());
  const Json body = Json::parse(call.body);
  EXPECT_EQ(body["text"], "[FIRING:1] error: lint failed in acme/shop on main");
  EXPECT_EQ(body["unfurl_links"], false);
  EXPECT_FALSE(body.contains("channel"));
  EXPECT_EQ(body["blocks"][0]["type"], "header");
  EXPECT_EQ(body["blocks"][0]["text"]["type"], "plain_text");
  EXPECT_EQ(body["blocks"][1]["type"], "rich_text");
}

TEST(Slack, ShowsLogsPreformattedAndLinksToOurOwnPage) {
  const Json body = Json::parse(web_call(webhook(), one_firing()).body);
  const Json& elements = body["blocks"][1]["elements"];
  EXPECT_EQ(elements[1]["elements"].back()["text"], "\n");
  const Json link{
      {"type", "link"}, {"url", "https://gitlab.example/acme/shop/-/jobs/1234"}, {"text", "job 1234"}};
  const Json& head = elements[1]["elements"];
  EXPECT_EQ(head[head.size() - 2], link);
  EXPECT_EQ(elements[3]["type"], "rich_text_preformatted");
  EXPECT_EQ(elements[3]["elements"][0]["text"], "E501 line too long");
}

TEST(Slack, PostsWithATokenBehindTheHeader) {
  const WebCall call = web_call(with_token(), one_firing());
  EXPECT_EQ(call.url, "https://slack.com/api/chat.postMessage");
  EXPECT_TRUE(call.secret_url.empty());
  EXPECT_EQ(call.secret_header, "Authorization");
  EXPECT_EQ(call.secret.reveal(), "Bearer " + kToken);
  const Json body = Json::parse(call.body);
  EXPECT_EQ(body["channel"], "#alerts");
  EXPECT_EQ(body["parse"], "none");
  EXPECT_EQ(body["link_names"], false);
  EXPECT_FALSE(body.contains("ts"));
}

TEST(Slack, ChangesTheFirstMessageInPlace) {
  const WebCall call = web_call(with_token(), one_resolved(), {.handle = "C012AB3CD/1503435956.000247"});
  EXPECT_EQ(call.url, "https://slack.com/api/chat.update");
  const Json body = Json::parse(call.body);
  EXPECT_EQ(body["channel"], "C012AB3CD");
  EXPECT_EQ(body["ts"], "1503435956.000247");
}

TEST(Slack, PostsWhereThereIsNothingToChange) {
  const auto address = [](const DeliveryContext& context) {
    return web_call(with_token(), one_resolved(), context).url;
  };
  EXPECT_TRUE(address({}).ends_with("/chat.postMessage"));
  EXPECT_TRUE(address({.handle = "no handle"}).ends_with("/chat.postMessage"));
  EXPECT_TRUE(address({.handle = "C1/x"}).ends_with("/chat.postMessage"));
  EXPECT_TRUE(address({.handle = "C1/1.2", .attempt = 3}).ends_with("/chat.postMessage"));
  EXPECT_TRUE(web_call(webhook(), one_resolved(), {.handle = "C1/1.2"}).secret_url.reveal() == kAddress);
}

struct ReplyCase {
  std::string_view name;
  int status;
  std::string_view body;
  Kind kind;
  std::string_view failure, handle;
};
std::string name_of(const testing::TestParamInfo<ReplyCase>& tried) {
  return std::string(tried.param.name);
}

class SlackApiReply : public testing::TestWithParam<ReplyCase> {};

TEST_P(SlackApiReply, IsJudgedByItsBody) {
  const DeliveryReply judged = with_token().judge(
      {.status = GetParam().status, .headers = {{"retry-after", "30"}}, .body = std::string(GetParam().body)},
      kThreeAtNight);
  EXPECT_EQ(judged.kind, GetParam().kind) << judged.words;
  EXPECT_EQ(judged.failure, GetParam().failure);
  EXPECT_EQ(judged.handle, GetParam().handle);
  EXPECT_EQ(judged.wait.has_value(), judged.kind == Kind::later || judged.kind == Kind::throttled);
  EXPECT_EQ(judged.words.find("abcdefghij"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Replies, SlackApiReply,
    testing::Values(
        ReplyCase{"Ok", 200, R"({"ok":true,"channel":"C1","ts":"1503435956.000247"})", Kind::delivered, "",
                  "C1/1503435956.000247"},
        ReplyCase{"OkWithoutTs", 200, R"({"ok":true})", Kind::delivered, "", ""},
        ReplyCase{"OkWithHostileTs", 200, R"({"ok":true,"channel":"C1","ts":"../x"})", Kind::delivered, "",
                  ""},
        ReplyCase{"RateLimitedWith200", 200, R"({"ok":false,"error":"ratelimited"})", Kind::throttled,
                  "rateLimited", ""},
        ReplyCase{"ChannelNotFound", 200, R"({"ok":false,"error":"channel_not_found"})", Kind::never,
                  "contentError", ""},
        ReplyCase{"InvalidAuth", 200, R"({"ok":false,"error":"invalid_auth"})", Kind::never, "authError", ""},
        ReplyCase{"TooLong", 200, R"({"ok":false,"error":"msg_blocks_too_long"})", Kind::never,
                  "contentError", ""},
        ReplyCase{"MessageIsGone", 200, R"({"ok":false,"error":"message_not_found"})", Kind::later,
                  "contentError", ""},
        ReplyCase{"Unknown", 200, R"({"ok":false,"error":"fatal_error"})", Kind::later, "contentError", ""},
        ReplyCase{"TellsTheToken", 200, R"({"ok":false,"error":"xoxb-1234567890-abcdefghij"})", Kind::later,
                  "contentError", ""},
        ReplyCase{"OkIsNoBoolean", 200, R"({"ok":"true"})", Kind::later, "contentError", ""},
        ReplyCase{"NoJson", 200, "<html>", Kind::later, "contentError", ""},
        ReplyCase{"Empty", 200, "", Kind::later, "contentError", ""},
        ReplyCase{"RateLimited", 429, "", Kind::throttled, "rateLimited", ""},
        ReplyCase{"Trouble", 500, R"({"ok":false,"error":"fatal_error"})", Kind::later, "serverError", ""}),
    name_of);

class SlackWebhookReply : public testing::TestWithParam<ReplyCase> {};

TEST_P(SlackWebhookReply, IsJudgedByItsWord) {
  const DeliveryReply judged =
      webhook().judge({.status = GetParam().status, .body = std::string(GetParam().body)}, kThreeAtNight);
  EXPECT_EQ(judged.kind, GetParam().kind) << judged.words;
  EXPECT_EQ(judged.failure, GetParam().failure);
  EXPECT_EQ(judged.words.find("0123456789abcdef"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Replies, SlackWebhookReply,
    testing::Values(ReplyCase{"Ok", 200, "ok", Kind::delivered, "", ""},
                    ReplyCase{"AnotherWord", 200, "<html>sign in</html>", Kind::later, "contentError", ""},
                    ReplyCase{"InvalidPayload", 400, "invalid_payload", Kind::never, "clientError", ""},
                    ReplyCase{"Forbidden", 403, "action_prohibited", Kind::never, "authError", ""},
                    ReplyCase{"NoService", 404, "no_service", Kind::never, "clientError", ""},
                    ReplyCase{"EchoesTheAddress", 404, "/services/T0000000/B0000000/0123456789abcdef",
                              Kind::never, "clientError", ""},
                    ReplyCase{"Archived", 410, "channel_is_archived", Kind::never, "clientError", ""},
                    ReplyCase{"RateLimited", 429, "rate_limited", Kind::throttled, "rateLimited", ""},
                    ReplyCase{"RollupError", 500, "rollup_error", Kind::later, "serverError", ""}),
    name_of);

TEST(Slack, SaysItsVendorsWord) {
  const DeliveryReply judged = webhook().judge({.status = 404, .body = "no_service"}, kThreeAtNight);
  EXPECT_EQ(judged.words, "it answered 404: there is nothing at this address any more, 'no_service'");
}

TEST(Slack, ChecksItsSettings) {
  EXPECT_TRUE(check(SlackSettings{.secret = Secret{kAddress}}));
  EXPECT_TRUE(check(SlackSettings{.secret = Secret{kToken}, .channel = "#alerts"}));
  EXPECT_FALSE(check(SlackSettings{.secret = Secret{kToken}}));
  EXPECT_FALSE(check(SlackSettings{}));
  const Result<void> bad = check(SlackSettings{.secret = Secret{"hunter2-hunter2"}, .channel = "#a"});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().message.find("hunter2"), std::string::npos);
}

TEST(SlackEscaped, LeavesNothingThatMentions) {
  EXPECT_EQ(slack_escaped("<!channel> & @here"), "&lt;!channel&gt; &amp; @\u200Bhere");
  EXPECT_EQ(slack_escaped("&amp;"), "&amp;amp;");
}

}  // namespace
}  // namespace runneriq::alerting
