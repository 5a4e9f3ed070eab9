#include "alerting/webhook/webhook.hpp"

#include "core/json_text.hpp"
#include "platform/base64.hpp"
#include "platform/keyed_digest.hpp"
#include "tests/support/notification_maker.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace runneriq::alerting {
namespace {

using testing_support::one_firing;

constexpr const char* kUrl = "https://hook.example/x";
const std::string kFirst = "abcdefghijklmnopqrstuvwx", kSecond = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

std::string written(const std::string& key) {
  return "whsec_" + platform::to_base64(key);
}

WebCall call_with(const std::string& keys, Time now = testing_support::kThreeAtNight) {
  const auto webhook = Webhook::make(kUrl, Secret{keys});
  EXPECT_TRUE(webhook) << webhook.error().message;
  return testing_support::web_call(*webhook, one_firing(), {.now = now});
}

std::string header_of(const WebCall& call, std::string_view name) {
  const auto found = std::ranges::find(call.headers, name, &std::pair<std::string, std::string>::first);
  return found == call.headers.end() ? "(none)" : found->second;
}

std::string signature(const std::string& key, const WebCall& call) {
  return "v1," + platform::to_base64(platform::hmac_sha256(key, "n1.1767322800." + call.body));
}

TEST(AWebhook, TellsTheNotificationWithItsVersion) {
  const WebCall call = call_with("");
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.url, kUrl);
  const auto body = ordered_json_in(call.body);
  ASSERT_TRUE(body.is_object()) << call.body;
  EXPECT_EQ(body.begin().key(), "version");
  EXPECT_EQ(body["version"], 1);
  EXPECT_EQ(body["group"], "00112233445566aa");
  EXPECT_EQ(body["alerts"].at(0)["name"], "lint");
  EXPECT_EQ(header_of(call, "Content-Type"), "application/json");
}

TEST(AWebhook, IsUnsignedWithoutAKey) {
  const WebCall call = call_with("");
  EXPECT_EQ(header_of(call, "webhook-id"), "n1");
  EXPECT_EQ(header_of(call, "webhook-timestamp"), "1767322800");
  EXPECT_EQ(header_of(call, "webhook-signature"), "(none)");
}

TEST(AWebhook, IsSignedWithItsKey) {
  const WebCall call = call_with(written(kFirst));
  EXPECT_EQ(header_of(call, "webhook-signature"), signature(kFirst, call));
}

TEST(AWebhook, IsSignedWithBothKeysWhileOneReplacesTheOther) {
  const WebCall call = call_with(" " + written(kFirst) + "  " + written(kSecond) + "\n");
  EXPECT_EQ(header_of(call, "webhook-signature"), signature(kFirst, call) + " " + signature(kSecond, call));
}

TEST(AWebhook, HasTheTimeOfTheAttemptAndTheIdOfTheMessage) {
  const WebCall first = call_with(written(kFirst));
  const WebCall again =
      call_with(written(kFirst), testing_support::kThreeAtNight + std::chrono::milliseconds{61'999});
  EXPECT_EQ(header_of(again, "webhook-timestamp"), "1767322861");
  EXPECT_EQ(header_of(again, "webhook-id"), header_of(first, "webhook-id"));
  EXPECT_NE(header_of(again, "webhook-signature"), header_of(first, "webhook-signature"));
}

TEST(AWebhook, RefusesAKeyThatIsNoneAndDoesNotShowIt) {
  for (const std::string& bad :
       {std::string("plain-secret-text"), std::string("whsec_"), std::string("whsec_%%%%"),
        written("too short"), written(std::string(65, 'x')), written(kFirst) + " other",
        written(kFirst) + " " + written(kFirst) + " " + written(kFirst) + " " + written(kFirst) + " " +
            written(kFirst)}) {
    const auto webhook = Webhook::make(kUrl, Secret{bad});
    ASSERT_FALSE(webhook) << bad;
    EXPECT_EQ(webhook.error().code, Errc::invalid_argument);
    EXPECT_TRUE(bad == "whsec_" || webhook.error().message.find(bad) == std::string::npos);
  }
}

TEST(AWebhook, StaysJsonWhateverTheNamesAre) {
  for (const std::string& text : testing_support::hostile_texts()) {
    Event event = testing_support::lint_event(text);
    event.name = event.log_excerpt = text;
    const auto webhook = Webhook::make(kUrl, Secret{});
    ASSERT_TRUE(webhook);
    const WebCall call = testing_support::web_call(
        *webhook, testing_support::notification_of({testing_support::entry_of(event)}));
    EXPECT_TRUE(nlohmann::json::accept(call.body)) << text.substr(0, 60);
  }
}

}  // namespace
}  // namespace runneriq::alerting
