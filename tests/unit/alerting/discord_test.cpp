#include "alerting/discord/discord.hpp"

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

const std::string kAddress = "https://discord.com/api/webhooks/1234567890/TOKENTOKENTOKEN";

Discord discord(const std::string& address = kAddress) {
  return Discord({.secret = Secret{address}});
}

TEST(Discord, PostsOneEmbedThatMentionsNobody) {
  const WebCall call = web_call(discord(), one_firing());
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.secret_url.reveal(), kAddress + "?wait=true");
  EXPECT_EQ(call.url, "https://discord.com/***");
  const Json body = Json::parse(call.body);
  EXPECT_EQ(body["allowed_mentions"], (Json{{"parse", Json::array()}}));
  ASSERT_EQ(body["embeds"].size(), 1U);
  const Json& embed = body["embeds"][0];
  EXPECT_EQ(embed["title"], "\\[FIRING:1\\] error: lint failed in acme/shop on main");
  EXPECT_EQ(embed["timestamp"], "2026-01-02T03:00:00Z");
  const std::string description = embed["description"];
  EXPECT_NE(description.find("[job 1234](https://gitlab.example/acme/shop/-/jobs/1234)"), std::string::npos);
  EXPECT_NE(description.find("\n`E501 line too long`\n"), std::string::npos);
}

TEST(Discord, ChangesTheFirstMessageInPlace) {
  const DeliveryContext context{.handle = "9988776655"};
  const WebCall call = web_call(discord(), one_resolved(), context);
  EXPECT_EQ(call.method, "PATCH");
  EXPECT_EQ(call.secret_url.reveal(), kAddress + "/messages/9988776655");
  const WebCall in_thread = web_call(discord(kAddress + "?thread_id=5"), one_resolved(), context);
  EXPECT_EQ(in_thread.secret_url.reveal(), kAddress + "/messages/9988776655?thread_id=5");
  const WebCall first = web_call(discord(kAddress + "?thread_id=5"), one_firing(), context);
  EXPECT_EQ(first.secret_url.reveal(), kAddress + "?thread_id=5&wait=true");
}

TEST(Discord, NeverPutsAnythingButDigitsIntoTheAddress) {
  const WebCall call = web_call(discord(), one_resolved(), {.handle = "../../users/@me"});
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.secret_url.reveal(), kAddress + "?wait=true");
}

TEST(Discord, EscapesMarkdownMentionsAndLinks) {
  EXPECT_EQ(discord_escaped("*a* _b_ @everyone"), "\\*a\\* \\_b\\_ \\@\u200Beveryone");
  EXPECT_EQ(discord_escaped("[x](http://e)"), "\\[x\\](http\\://e)");
  EXPECT_EQ(discord_escaped("<@1>\\"), "\\<\\@\u200B1\\>\\\\");
}

TEST(Discord, ALogCannotLeaveItsCodeSpan) {
  AlertEntry entry = entry_of(lint_event());
  entry.headline = "x` @everyone `y";
  const Json body = Json::parse(web_call(discord(), notification_of({entry})).body);
  const std::string description = body["embeds"][0]["description"];
  EXPECT_NE(description.find("\n`x' @everyone 'y`\n"), std::string::npos) << description;
}

TEST(Discord, KeepsTheReasonWhenLinesAreLeftOut) {
  AlertEntry entry = entry_of(lint_event());
  entry.headline = std::string(400, '*');
  const Json body =
      Json::parse(web_call(discord(), notification_of(std::vector<AlertEntry>(20, entry))).body);
  const std::string description = body["embeds"][0]["description"];
  EXPECT_LE(characters(description), kDiscordDescription);
  EXPECT_GT(characters(description), kDiscordDescription - 500);
  EXPECT_NE(description.find("\n…\nSent because this group began to fire; route root"), std::string::npos);
}

struct ReplyCase {
  std::string_view name;
  int status;
  std::string_view body;
  Kind kind;
  std::string_view failure;
  std::optional<Duration> wait;
};
class DiscordReply : public testing::TestWithParam<ReplyCase> {};

TEST_P(DiscordReply, IsJudged) {
  const DeliveryReply judged = discord().judge(
      {.status = GetParam().status, .headers = {{"retry-after", "9"}}, .body = std::string(GetParam().body)},
      kThreeAtNight);
  EXPECT_EQ(judged.kind, GetParam().kind) << judged.words;
  EXPECT_EQ(judged.failure, GetParam().failure);
  EXPECT_EQ(judged.wait, GetParam().wait);
  EXPECT_EQ(judged.words.find("TOKEN"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Replies, DiscordReply,
    testing::Values(
        ReplyCase{"Ok", 200, R"({"id":"1"})", Kind::delivered, "", {}},
        ReplyCase{"NoContent", 204, "", Kind::delivered, "", {}},
        ReplyCase{"ThrottledInSeconds", 429, R"({"retry_after":64.5701,"global":false})", Kind::throttled,
                  "rateLimited", 64'571ms},
        ReplyCase{"ThrottledForLong", 429, R"({"retry_after":1e300})", Kind::throttled, "rateLimited", 1h},
        ReplyCase{"ThrottledNegative", 429, R"({"retry_after":-1})", Kind::throttled, "rateLimited", 9s},
        ReplyCase{"ThrottledInText", 429, R"({"retry_after":"5"})", Kind::throttled, "rateLimited", 9s},
        ReplyCase{"ThrottledByTheProxy", 429, "<html>", Kind::throttled, "rateLimited", 9s},
        ReplyCase{"MessageIsGone",
                  404,
                  R"({"message":"Unknown Message","code":10008})",
                  Kind::later,
                  "clientError",
                  {}},
        ReplyCase{"WebhookIsGone",
                  404,
                  R"({"message":"Unknown Webhook","code":10015})",
                  Kind::never,
                  "clientError",
                  {}},
        ReplyCase{"InvalidToken",
                  401,
                  R"({"message":"Invalid TOKENTOKENTOKEN","code":50027})",
                  Kind::never,
                  "authError",
                  {}},
        ReplyCase{"Invalid",
                  400,
                  R"({"message":"Invalid Form Body","code":50035})",
                  Kind::never,
                  "clientError",
                  {}},
        ReplyCase{"Trouble", 500, "", Kind::later, "serverError", 9s}),
    [](const auto& tried) { return std::string(tried.param.name); });

TEST(Discord, RemembersTheMessageByItsId) {
  const auto handle = [](std::string body) {
    return discord().judge({.status = 200, .body = std::move(body)}, kThreeAtNight).handle;
  };
  EXPECT_EQ(handle(R"({"id":"1151322222222222222"})"), "1151322222222222222");
  EXPECT_EQ(handle(R"({"id":"../x"})"), "");
  EXPECT_EQ(handle(R"({"id":5})"), "");
}

TEST(Discord, ChecksItsSettings) {
  EXPECT_TRUE(check(DiscordSettings{.secret = Secret{kAddress}}));
  EXPECT_FALSE(check(DiscordSettings{}));
}

}  // namespace
}  // namespace runneriq::alerting
