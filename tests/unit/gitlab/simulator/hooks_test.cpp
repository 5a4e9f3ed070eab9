// What a receiver of webhooks gets to see.
#include "core/json_text.hpp"
#include "platform/base64.hpp"
#include "platform/keyed_digest.hpp"
#include "tests/unit/gitlab/simulator/caller.hpp"

#include <gtest/gtest.h>

#include <set>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

const std::string kKey(32, 'k');

std::string value(const std::vector<platform::HttpHeader>& headers, std::string_view name) {
  for (const platform::HttpHeader& header : headers) {
    if (header.name == name) return header.value;
  }
  return "";
}

Scenario one_job() {
  return {.projects = {{.id = 1, .path = "g/a"}},
          .pipelines = {{.project = "g/a", .jobs = {{.name = "late", .stage = "test", .state = "manual"}}}}};
}

std::vector<HookDelivery> deliveries(Caller& caller, json hook) {
  hook["url"] = "http://127.0.0.1:9/hook";
  EXPECT_EQ(caller.send("POST", "/projects/1/hooks", hook).status, 201);
  caller.send("POST", "/projects/1/jobs/1001/play", json::object());
  return caller.site().take_deliveries();
}

TEST(Hooks, CarryGitLabsHeaders) {
  Caller caller(one_job());
  const auto sent = deliveries(caller, {{"job_events", true}, {"token", "tok"}});
  ASSERT_EQ(sent.size(), 1U);
  const auto headers = headers_of(sent[0], kStart);
  EXPECT_EQ(value(headers, "X-Gitlab-Event"), "Job Hook");
  EXPECT_EQ(value(headers, "X-Gitlab-Instance"), "http://gitlab.test");
  EXPECT_EQ(value(headers, "Idempotency-Key").size(), 36U);
  EXPECT_EQ(value(headers, "X-Gitlab-Event-UUID").size(), 36U);
  EXPECT_EQ(value(headers, "X-Gitlab-Webhook-UUID").size(), 36U);
  EXPECT_EQ(value(headers, "webhook-signature"), "") << "without a signing token";
  EXPECT_EQ(sent[0].token.reveal(), "tok");
  EXPECT_EQ(json_in(sent[0].body)["build_status"], "pending");
}

TEST(Hooks, OfOneEventShareItsUuidAndNothingElse) {
  Caller caller(one_job());
  auto sent = deliveries(caller, {{"job_events", true}, {"pipeline_events", true}});
  caller.send("POST", "/projects/1/jobs/1001/cancel", json::object());
  for (HookDelivery& later : caller.site().take_deliveries()) sent.push_back(std::move(later));
  ASSERT_EQ(sent.size(), 4U);
  EXPECT_EQ(sent[0].event_uuid, sent[1].event_uuid);
  EXPECT_NE(sent[1].event_uuid, sent[2].event_uuid);
  std::set<std::string> keys;
  for (const HookDelivery& one : sent) {
    keys.insert(one.key);
    EXPECT_EQ(one.hook_uuid, sent[0].hook_uuid);
  }
  EXPECT_EQ(keys.size(), 4U);
}

TEST(Hooks, AreSignedAsStandardWebhooksAre) {
  Caller caller(one_job());
  const auto sent =
      deliveries(caller, {{"job_events", true}, {"signing_token", "whsec_" + platform::to_base64(kKey)}});
  ASSERT_EQ(sent.size(), 1U);
  const auto headers = headers_of(sent[0], kStart);
  EXPECT_EQ(value(headers, "webhook-id"), sent[0].key);
  EXPECT_EQ(value(headers, "webhook-timestamp"), "1772355600");
  const std::string mac = platform::hmac_sha256(kKey, sent[0].key + ".1772355600." + sent[0].body);
  EXPECT_EQ(value(headers, "webhook-signature"), "v1," + platform::to_base64(mac));
}

// The example of the Standard Webhooks specification's reference implementations.
TEST(Hooks, SignTheKnownExample) {
  HookDelivery delivery{.signing_token = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                        .key = "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        .body = R"({"test": 2432232314})"};
  EXPECT_EQ(value(headers_of(delivery, Time{std::chrono::seconds{1'614'265'330}}), "webhook-signature"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Hooks, RefuseASigningTokenThatIsNone) {
  Caller caller(one_job());
  for (const auto* bad : {"secret", "whsec_", "whsec_AAAA", "whsec_!!!"}) {
    const auto reply =
        caller.send("POST", "/projects/1/hooks", {{"url", "http://127.0.0.1:9/"}, {"signing_token", bad}});
    EXPECT_EQ(reply.status, 422) << bad;
  }
}

TEST(Hooks, ShowWhetherTheyHaveTokensAndNeverTheTokens) {
  Caller caller(one_job());
  deliveries(caller, {{"job_events", true}, {"token", "tok-secret"}});
  const std::string shown = caller.get("/projects/1/hooks").body;
  EXPECT_EQ(json_in(shown)[0]["token_present"], true);
  EXPECT_EQ(json_in(shown)[0]["signing_token_present"], false);
  EXPECT_EQ(shown.find("tok-secret"), std::string::npos);
}

}  // namespace
}  // namespace runneriq::gitlab::simulator
