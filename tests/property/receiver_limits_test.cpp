// Laws of the receivers that people read: whatever a notification holds, no vendor's limit is passed, the
// body is JSON, nobody is mentioned, no link leads anywhere but to our own GitLab, and secrets stay where
// they are.
#include "alerting/discord/discord.hpp"
#include "alerting/pagerduty/pagerduty.hpp"
#include "alerting/slack/slack.hpp"
#include "alerting/teams/teams.hpp"
#include "core/text_cut.hpp"
#include "core/utf8.hpp"
#include "tests/support/notification_maker.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::alerting {
namespace {

using namespace testing_support;
using Json = nlohmann::json;

constexpr std::uint32_t kSeed = 20'261'122;
constexpr int kRounds = 250;
constexpr std::string_view kHome = "https://gitlab.example/";
constexpr std::string_view kSpace = "\u200B";

// One generator per test; a failing round prints its number, the seed is fixed.
class ReceiverLimits : public testing::Test {
 protected:
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random_);
  }

  std::string hostile() {
    std::string text;
    for (std::size_t pieces = below(5); pieces > 0; --pieces) text += piece();
    return text;
  }

  Notification notification() {
    std::vector<AlertEntry> alerts(below(below(20) == 0 ? 1000 : 14));
    for (AlertEntry& alert : alerts) alert = entry();
    Notification made = notification_of(std::move(alerts));
    made.severity = kSeverities.at(below(kSeverities.size()));
    made.reason = static_cast<Reason>(below(5));
    made.group_words = hostile();
    made.route = hostile();
    if (below(4) == 0) made.group += hostile();
    made.more = static_cast<int>(below(1'000'000)) - 1000;
    made.firing += static_cast<int>(below(3));
    return made;
  }

  DeliveryContext context() {
    static const std::vector<std::string> handles{"", "123456", "C012/1503435956.000247", "../../x", "C/1/2"};
    return {.now = kThreeAtNight,
            .handle = below(6) == 0 ? hostile() : handles.at(below(handles.size())),
            .attempt = 1 + static_cast<int>(below(4))};
  }

 private:
  // The huge ones are rare: they are as long as they are dull.
  std::string piece() {
    static const std::vector<std::string> texts = hostile_texts();
    const std::string& text = texts.at(below(texts.size()));
    if (text.size() > 1000 && below(200) != 0) return text.substr(0, below(200));
    if (below(4) != 0) return text;
    std::string bytes(below(300), '\0');
    std::generate(bytes.begin(), bytes.end(), [this] { return static_cast<char>(below(256)); });
    return bytes;
  }

  Event event() {
    Event made = lint_event(hostile());
    for (std::string* text : {&made.name, &made.project, &made.sha, &made.stage, &made.user,
                              &made.failure_reason, &made.runner, &made.kind_word})
      *text = below(3) == 0 ? "plain" : hostile();
    if (below(2) == 0) made.url = below(2) == 0 ? hostile() : std::string(kHome) + hostile();
    made.kind = static_cast<EventKind>(below(8));
    made.job_id = static_cast<std::int64_t>(below(3)) - 1;
    made.allow_failure = below(2) == 0;
    return made;
  }

  AlertEntry entry() {
    AlertEntry made = entry_of(event());
    made.firing = below(3) != 0;
    made.headline = hostile();
    made.why_resolved = hostile();
    made.was_flaky = below(3) == 0;
    made.resolved = Time{Duration{static_cast<std::int64_t>(below(4'000'000'000'000))}};
    if (below(8) == 0) made.events.clear();
    return made;
  }

  std::mt19937 random_{kSeed};
};

// All members of that name, anywhere below.
void collect(const Json& value, std::string_view name, std::vector<std::string>& found) {
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      if (key == name && member.is_string()) found.push_back(member.get<std::string>());
      collect(member, name, found);
    }
  } else if (value.is_array()) {
    for (const Json& member : value) collect(member, name, found);
  }
}

std::vector<std::string> all_of(const Json& value, std::string_view name) {
  std::vector<std::string> found;
  collect(value, name, found);
  return found;
}

void expect_ours(const std::vector<std::string>& links) {
  for (const std::string& link : links) EXPECT_TRUE(link.starts_with(kHome)) << link;
}

std::size_t length_of(const std::vector<std::string>& texts) {
  std::size_t length = 0;
  for (const std::string& text : texts) length += characters(text);
  return length;
}

std::size_t count_of(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

Json body_of(const WebCall& call) {
  EXPECT_TRUE(is_utf8(call.body));
  const Json body = Json::parse(call.body, nullptr, false);
  EXPECT_TRUE(body.is_object());
  return body;
}

void expect_kept(const WebCall& call, const std::string& secret, std::size_t in_body) {
  EXPECT_EQ(count_of(call.body, secret), in_body);
  EXPECT_EQ(call.url.find(secret), std::string::npos);
  for (const auto& [name, value] : call.headers) EXPECT_EQ(value.find(secret), std::string::npos);
}

// As Slack reads mrkdwn: '<' opens mentions and links, '&' an entity.
void expect_no_slack_mention(const std::string& text) {
  EXPECT_EQ(text.find_first_of("<>"), std::string::npos) << text;
  for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at + 1)) {
    const std::string_view after = std::string_view(text).substr(at + 1);
    EXPECT_TRUE(after.empty() || after.starts_with(kSpace) || after.starts_with("…")) << text;
  }
  for (std::size_t at = text.find('&'); at != std::string::npos; at = text.find('&', at + 1)) {
    const std::string_view after = std::string_view(text).substr(at);
    EXPECT_TRUE(after.starts_with("&amp;") || after.starts_with("&lt;") || after.starts_with("&gt;")) << text;
  }
}

void expect_slack(const Json& body) {
  const Json& blocks = body["blocks"];
  EXPECT_LE(blocks.size(), 50U);
  const std::string title = blocks[0]["text"]["text"];
  EXPECT_LE(characters(title), 150U);
  expect_no_slack_mention(title);
  expect_no_slack_mention(body["text"]);
  std::size_t all = characters(title);
  for (std::size_t at = 1; at < blocks.size(); ++at) {
    const std::size_t length = length_of(all_of(blocks[at], "text"));
    EXPECT_LE(length, 3000U);
    all += length;
  }
  EXPECT_LE(all, 9500U);
  expect_ours(all_of(body, "url"));
  for (const std::string& text : all_of(body, "text")) EXPECT_FALSE(text.empty());
  for (const std::string& type : all_of(body, "type")) {
    EXPECT_TRUE(type == "header" || type == "plain_text" || type == "rich_text" || type == "text" ||
                type == "rich_text_section" || type == "rich_text_preformatted" || type == "link")
        << type;
  }
}

TEST_F(ReceiverLimits, Slack) {
  const std::string hook = "/services/T0000000/B0000000/0123456789abcdef";
  const std::string token = "xoxb-1234567890-abcdefghij";
  const Slack webhook({.secret = Secret{"https://hooks.slack.com" + hook}});
  const Slack api({.secret = Secret{token}, .channel = "#alerts"});
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round) + " of seed " + std::to_string(kSeed));
    const Notification made = notification();
    const WebCall hooked = web_call(webhook, made, context());
    expect_kept(hooked, hook, 0);
    expect_slack(body_of(hooked));
    const WebCall called = web_call(api, made, context());
    expect_kept(called, token, 0);
    expect_slack(body_of(called));
  }
}

TEST_F(ReceiverLimits, Teams) {
  const Teams teams({.secret = Secret{"https://prod-1.logic.azure.com/workflows/a?sig=SECRETSECRET"}});
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round) + " of seed " + std::to_string(kSeed));
    const WebCall call = web_call(teams, notification(), context());
    EXPECT_LE(call.body.size(), 28U * 1024U);
    expect_kept(call, "SECRETSECRET", 0);
    const Json body = body_of(call);
    const Json& card = body["attachments"][0]["content"];
    EXPECT_EQ(card["msteams"], (Json{{"width", "Full"}}));  // no entities
    expect_ours(all_of(body, "url"));
    for (const Json& block : card["body"]) {
      EXPECT_EQ(block["type"], "RichTextBlock");
      for (const Json& run : block["inlines"]) EXPECT_EQ(run["type"], "TextRun");
    }
    for (const std::string& text : all_of(body, "text"))
      EXPECT_EQ(text.find("{{"), std::string::npos) << text;
  }
}

// As Discord reads Markdown: what is not escaped, in a code span or a link of ours is plain.
void expect_discord_plain(std::string_view text) {
  for (std::string_view rest = text; !rest.empty();) {
    if (rest.front() == '\\') {
      ASSERT_GE(rest.size(), 2U) << text;
      rest.remove_prefix(2);
    } else if (rest.front() == '`') {
      const std::size_t end = rest.find('`', 1);
      ASSERT_NE(end, std::string_view::npos) << text;
      rest.remove_prefix(end + 1);
    } else if (rest.front() == '[') {
      const std::size_t address = rest.find("](");
      ASSERT_TRUE(address != std::string_view::npos && rest.substr(address + 2).starts_with(kHome)) << text;
      rest.remove_prefix(rest.find(')', address) + 1);
    } else {
      ASSERT_EQ(std::string_view("*_~|<>#]@").find(rest.front()), std::string_view::npos) << text;
      ASSERT_FALSE(rest.starts_with("http://") || rest.starts_with("https://")) << text;
      rest.remove_prefix(1);
    }
  }
}

TEST_F(ReceiverLimits, Discord) {
  const std::string token = "TOKENTOKENTOKEN";
  const Discord discord({.secret = Secret{"https://discord.com/api/webhooks/1234567890/" + token}});
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round) + " of seed " + std::to_string(kSeed));
    const WebCall call = web_call(discord, notification(), context());
    expect_kept(call, token, 0);
    EXPECT_EQ(call.secret_url.reveal().find(".."), std::string::npos);
    const Json body = body_of(call);
    EXPECT_EQ(body["allowed_mentions"]["parse"], Json::array());
    ASSERT_EQ(body["embeds"].size(), 1U);
    const std::string title = body["embeds"][0]["title"];
    const std::string description = body["embeds"][0]["description"];
    EXPECT_LE(characters(title), 256U);
    EXPECT_LE(characters(description), 4096U);
    EXPECT_LE(characters(title) + characters(description), 6000U);
    expect_discord_plain(title);
    expect_discord_plain(description);
  }
}

TEST_F(ReceiverLimits, PagerDuty) {
  const std::string key = "0123456789abcdef0123456789abcdef";
  const PagerDuty pagerduty({.secret = Secret{key}});
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round) + " of seed " + std::to_string(kSeed));
    const WebCall call = web_call(pagerduty, notification(), context());
    EXPECT_LE(call.body.size(), 512'000U);
    expect_kept(call, key, 1);
    const Json event = body_of(call);
    EXPECT_EQ(event["routing_key"], key);
    EXPECT_LE(characters(event["payload"]["summary"].get<std::string>()), 1024U);
    EXPECT_FALSE(event["payload"]["source"].get<std::string>().empty());
    EXPECT_LE(characters(event["dedup_key"].get<std::string>()), 255U);
    EXPECT_FALSE(event["dedup_key"].get<std::string>().empty());
    expect_ours(all_of(event, "href"));
  }
}

}  // namespace
}  // namespace runneriq::alerting
