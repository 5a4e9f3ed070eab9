#include "service/webhook_intake.hpp"

#include "platform/base64.hpp"
#include "platform/keyed_digest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

namespace runneriq::service {
namespace {

using namespace std::chrono_literals;
using platform::HttpHeader;
using platform::ServedConnection;
using platform::ServedRequest;

const Time kNow = parse_time("2025-03-01T12:00:00Z").value();
const std::string kNowSent = "1740830400";
const std::string kKeyBytes = "0123456789abcdef0123456789abcdef";
const std::string kOtherBytes = "another key of thirty-two bytes!";
const std::string kBody = R"({"object_kind":"build","build_id":9,"project_id":4,"build_status":"pending"})";

Secret key_text(const std::string& bytes) {
  return Secret("whsec_" + platform::to_base64(bytes));
}

// As the Standard Webhooks have it.
std::string signature(const std::string& id, const std::string& time, const std::string& body,
                      const std::string& key = kKeyBytes) {
  return "v1," + platform::to_base64(platform::hmac_sha256(key, id + "." + time + "." + body));
}

class LogFake final : public EventLog {
 public:
  void write(LogLevel, std::string_view event, std::vector<LogField> fields) override {
    text += std::string(event);
    for (const LogField& each : fields) {
      if (const auto* value = std::get_if<std::string>(&each.value)) text += " " + each.name + "=" + *value;
      if (const auto* value = std::get_if<std::int64_t>(&each.value))
        text += " " + each.name + "=" + std::to_string(*value);
    }
    text += "\n";
  }
  std::string text;
};

struct Intake {
  explicit Intake(WebhookSecrets secrets)
      : proof([&] {
          auto made = WebhookProof::make(std::move(secrets));
          EXPECT_TRUE(made) << made.error().message;
          return std::move(*made);
        }()),
        intake([this](gitlab::Webhook webhook) { taken.push_back(std::move(webhook)); }, log) {}

  int status(const ServedRequest& request, Duration later = {}) {
    return intake.receive(request, proof, {.wall = kNow + later, .steady = 1h + later}).status;
  }

  LogFake log;
  std::vector<gitlab::Webhook> taken;
  WebhookProof proof;
  WebhookIntake intake;
};

ServedRequest request_with(std::vector<HttpHeader> headers, std::string body = kBody,
                           ServedConnection::Kind kind = ServedConnection::Kind::tls) {
  return {.method = "POST",
          .target = "/webhooks/gitlab",
          .headers = std::move(headers),
          .body = std::move(body),
          .connection = {.kind = kind}};
}

std::vector<HttpHeader> signed_headers(const std::string& id = "id-1", const std::string& time = kNowSent,
                                       const std::string& body = kBody) {
  return {{"webhook-id", id}, {"webhook-timestamp", time}, {"webhook-signature", signature(id, time, body)}};
}

std::vector<HttpHeader> with(std::vector<HttpHeader> headers, const HttpHeader& further) {
  headers.push_back(further);
  return headers;
}

struct ProofCase {
  const char* name;
  bool token, key;  // configured
  std::vector<HttpHeader> headers;
  int status;
};

const HttpHeader kToken{"x-gitlab-token", "t0ken"};

class Proof : public testing::TestWithParam<ProofCase> {};

TEST_P(Proof, IsAskedForWhatIsConfigured) {
  const ProofCase& each = GetParam();
  WebhookSecrets secrets;
  if (each.token) secrets.tokens = {Secret("older"), Secret("t0ken")};
  if (each.key) secrets.signing_keys = {key_text(kOtherBytes), key_text(kKeyBytes)};
  Intake intake(std::move(secrets));
  EXPECT_EQ(intake.status(request_with(each.headers)), each.status) << intake.log.text;
  EXPECT_EQ(intake.taken.size(), each.status == 200 ? 1U : 0U);
}

std::vector<HttpHeader> signed_by(const std::string& signatures) {
  return {{"webhook-id", "id-1"}, {"webhook-timestamp", kNowSent}, {"webhook-signature", signatures}};
}

std::string sent_at(Duration later) {
  return std::to_string(
      std::chrono::duration_cast<std::chrono::seconds>((kNow + later).time_since_epoch()).count());
}

INSTANTIATE_TEST_SUITE_P(
    Such, Proof,
    testing::Values(
        ProofCase{"TheToken", true, false, {kToken}, 200},
        ProofCase{"AnOlderToken", true, false, {{"x-gitlab-token", "older"}}, 200},
        ProofCase{"NoToken", true, false, {}, 401},
        ProofCase{"AnEmptyToken", true, false, {{"x-gitlab-token", ""}}, 401},
        ProofCase{"AWrongToken", true, false, {{"x-gitlab-token", "t0keN"}}, 401},
        ProofCase{"ATokenAndMore", true, false, {{"x-gitlab-token", "t0kenx"}}, 401},
        ProofCase{"ASignatureInPlaceOfAToken", true, false, signed_headers(), 401},
        ProofCase{"ASignature", false, true, signed_headers(), 200},
        ProofCase{"ASignatureByTheOlderKey", false, true,
                  signed_by(signature("id-1", kNowSent, kBody, kOtherBytes)), 200},
        ProofCase{"SeveralSignatures", false, true,
                  signed_by("v1,AAAA v1a,x " + signature("id-1", kNowSent, kBody)), 200},
        ProofCase{"NoSignature", false, true, {}, 401},
        ProofCase{"AnEmptySignature", false, true, signed_by(""), 401},
        ProofCase{"ASignatureOfAnotherKey", false, true,
                  signed_by(signature("id-1", kNowSent, kBody, std::string(32, 'x'))), 401},
        ProofCase{"ASignatureOfAnotherBody", false, true, signed_by(signature("id-1", kNowSent, kBody + " ")),
                  401},
        ProofCase{"ASignatureOfAnotherId", false, true, signed_by(signature("id-2", kNowSent, kBody)), 401},
        ProofCase{"ASignatureOfAnotherTime", false, true, signed_by(signature("id-1", "1740830401", kBody)),
                  401},
        ProofCase{"ASignatureOfAnotherVersion", false, true,
                  signed_by("v2," + signature("id-1", kNowSent, kBody).substr(3)), 401},
        ProofCase{"ASignatureWithoutAVersion", false, true,
                  signed_by(signature("id-1", kNowSent, kBody).substr(3)), 401},
        ProofCase{"ASignatureWithoutAnId", false, true, signed_headers(""), 401},
        ProofCase{"ATokenInPlaceOfASignature", false, true, {kToken}, 401},
        ProofCase{"ASignatureOfFiveMinutesAgo", false, true, signed_headers("i", sent_at(-5min)), 200},
        ProofCase{"AnOldSignature", false, true, signed_headers("i", sent_at(-5min - 1s)), 401},
        ProofCase{"ASignatureInFiveMinutes", false, true, signed_headers("i", sent_at(5min)), 200},
        ProofCase{"ASignatureOfTheFuture", false, true, signed_headers("i", sent_at(5min + 1s)), 401},
        ProofCase{"ATimeThatIsNone", false, true, signed_headers("i", "soon"), 401},
        ProofCase{"ATimeOutOfRange", false, true, signed_headers("i", "9223372036854775807"), 401},
        ProofCase{"ANegativeTime", false, true, signed_headers("i", "-1740830400"), 401},
        ProofCase{"Both", true, true, with(signed_headers(), kToken), 200},
        ProofCase{"OnlyTheTokenOfBoth", true, true, {kToken}, 401},
        ProofCase{"OnlyTheSignatureOfBoth", true, true, signed_headers(), 401}),
    [](const auto& each) { return std::string(each.param.name); });

// The example of the Standard Webhooks' specification and libraries.
TEST(WebhookProof, AgreesWithTheStandardsExample) {
  auto proof = WebhookProof::make({.signing_keys = {Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")}});
  ASSERT_TRUE(proof);
  const auto request =
      request_with({{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
                    {"webhook-timestamp", "1614265330"},
                    {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}},
                   R"({"test": 2432232314})");
  EXPECT_EQ(proof->lacks(request, Time{1614265330s}), "");
}

TEST(WebhookProof, RefusesSecretsThatCannotBeMeant) {
  for (const std::string text :
       {"", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "whsec_????????????????????????????????"}) {
    const auto proof = WebhookProof::make({.signing_keys = {Secret(text)}});
    ASSERT_FALSE(proof) << text;
    EXPECT_EQ(proof.error().code, Errc::invalid_argument);
    EXPECT_EQ(proof.error().message.find("MfKQ"), std::string::npos);
  }
  EXPECT_FALSE(WebhookProof::make({.tokens = {Secret("")}}));
}

TEST(WebhookIntake, WithoutASecretTakesOnlyWhatComesOverAUnixSocketAndSaysWhy) {
  Intake intake({});
  EXPECT_EQ(intake.status(request_with({}, kBody, ServedConnection::Kind::tls)), 401);
  EXPECT_EQ(intake.status(request_with({}, kBody, ServedConnection::Kind::tcp)), 401);
  EXPECT_TRUE(intake.taken.empty());
  EXPECT_NE(intake.log.text.find("remedy=configure the secret token"), std::string::npos) << intake.log.text;
  EXPECT_EQ(intake.status(request_with({}, kBody, ServedConnection::Kind::unix_socket)), 200);
  EXPECT_EQ(intake.taken.size(), 1U);
}

TEST(WebhookIntake, WithASecretCallersProveThemselves) {
  Intake intake({.signing_keys = {key_text(kKeyBytes)}});
  EXPECT_EQ(intake.status(request_with({}, kBody, ServedConnection::Kind::unix_socket)), 401);
}

TEST(WebhookIntake, HandsOnWhatItRead) {
  Intake intake({.tokens = {Secret("t0ken")}});
  EXPECT_EQ(intake.status(request_with({kToken, {"x-gitlab-instance", "https://GITLAB.example.com"}})), 200);
  ASSERT_EQ(intake.taken.size(), 1U);
  EXPECT_EQ(intake.taken[0].kind, gitlab::WebhookKind::job);
  EXPECT_EQ(intake.taken[0].job, JobId{9});
  EXPECT_EQ(intake.taken[0].project, ProjectId{4});
  EXPECT_EQ(intake.taken[0].instance, "https://gitlab.example.com");
}

TEST(WebhookIntake, TakesKindsThatItDoesNotKnowAndRefusesWhatIsNoJson) {
  Intake intake({.tokens = {Secret("t0ken")}});
  EXPECT_EQ(intake.status(request_with({kToken}, R"({"object_kind":"wiki_page"})")), 200);
  EXPECT_EQ(intake.status(request_with({kToken}, "{")), 400);
  EXPECT_EQ(intake.status(request_with({kToken}, "[]")), 400);
  EXPECT_EQ(intake.taken.size(), 1U);
}

TEST(WebhookIntake, TakesABodyUpToItsLimit) {
  Intake intake({.tokens = {Secret("t0ken")}});
  std::string body = R"({"object_kind":"pipeline","object_attributes":{"id":1}})";
  body.resize(WebhookIntake::kLargestBody, ' ');
  EXPECT_EQ(intake.status(request_with({kToken}, body)), 200);
  EXPECT_EQ(intake.status(request_with({kToken}, body + " ")), 413);
}

TEST(WebhookIntake, TakesARepeatedDeliveryOnce) {
  Intake intake({.tokens = {Secret("t0ken")}});
  const auto first = request_with({kToken, {"idempotency-key", "a"}});
  EXPECT_EQ(intake.status(first), 200);
  EXPECT_EQ(intake.status(first, 9min), 200);
  EXPECT_EQ(intake.taken.size(), 1U);
  EXPECT_EQ(intake.status(request_with({kToken, {"idempotency-key", "b"}})), 200);
  EXPECT_EQ(intake.taken.size(), 2U);
  for (int count = 0; count < 2; ++count) EXPECT_EQ(intake.status(request_with({kToken})), 200);
  EXPECT_EQ(intake.taken.size(), 4U) << "a delivery without a key is never known";
}

TEST(WebhookIntake, ASignedDeliveryIsKnownByWhatIsSigned) {
  Intake intake({.signing_keys = {key_text(kKeyBytes)}});
  for (const char* const key : {"a", "b", "c"}) {
    EXPECT_EQ(intake.status(request_with(with(signed_headers(), {"idempotency-key", key}))), 200);
  }
  EXPECT_EQ(intake.taken.size(), 1U);
}

TEST(WebhookIntake, ASignedDeliveryCannotBeReplayedFromOneEndOfItsWindowToTheOther) {
  Intake intake({.signing_keys = {key_text(kKeyBytes)}});
  const auto early = request_with(signed_headers("id-1", sent_at(5min)));
  EXPECT_EQ(intake.status(early), 200);
  EXPECT_EQ(intake.status(early, 10min - 1ms), 200);
  EXPECT_EQ(intake.taken.size(), 1U);
  EXPECT_EQ(intake.status(early, 10min + 1s), 401);
}

TEST(WebhookIntake, ARefusedDeliveryIsNotRemembered) {
  Intake intake({.tokens = {Secret("t0ken")}});
  EXPECT_EQ(intake.status(request_with({{"x-gitlab-token", "x"}, {"idempotency-key", "a"}})), 401);
  EXPECT_EQ(intake.status(request_with({kToken, {"idempotency-key", "a"}}, "{")), 400);
  EXPECT_EQ(intake.status(request_with({kToken, {"idempotency-key", "a"}})), 200);
  EXPECT_EQ(intake.taken.size(), 1U);
}

TEST(WebhookIntake, ASinkThatFailsIsNoFaultOfGitLabs) {
  LogFake log;
  WebhookIntake intake([](const gitlab::Webhook&) { throw std::runtime_error("full"); }, log);
  const auto proof = WebhookProof::make({.tokens = {Secret("t0ken")}});
  EXPECT_EQ(intake.receive(request_with({kToken}), *proof, {.wall = kNow, .steady = 1h}).status, 200);
  EXPECT_EQ(log.text, "webhook_lost reason=full\n");
}

TEST(WebhookIntake, LogsRefusalsOnceAMinuteWithTheirCountAndNoSecret) {
  Intake intake({.tokens = {Secret("t0ken")}});
  const auto wrong = request_with({{"x-gitlab-token", "wr0ng"}});
  for (int count = 0; count < 3; ++count) EXPECT_EQ(intake.status(wrong), 401);
  EXPECT_EQ(intake.status(wrong, 1min), 401);
  EXPECT_EQ(std::ranges::count(intake.log.text, '\n'), 2);
  EXPECT_NE(intake.log.text.find("count=1"), std::string::npos) << intake.log.text;
  EXPECT_NE(intake.log.text.find("count=3"), std::string::npos) << intake.log.text;
  EXPECT_EQ(intake.log.text.find("wr0ng"), std::string::npos);
  EXPECT_EQ(intake.log.text.find("t0ken"), std::string::npos);
}

TEST(DeliveryMemory, ForgetsWhatIsOldAndTheOldestOfTooMany) {
  DeliveryMemory memory(10min, 3);
  EXPECT_TRUE(memory.take("a", 0min));
  EXPECT_FALSE(memory.take("a", 9min));
  EXPECT_TRUE(memory.take("a", 10min));
  EXPECT_TRUE(memory.take("b", 11min));
  EXPECT_TRUE(memory.take("c", 12min));
  EXPECT_TRUE(memory.take("d", 13min));
  EXPECT_FALSE(memory.take("d", 13min));
  EXPECT_TRUE(memory.take("a", 13min));
}

}  // namespace
}  // namespace runneriq::service
