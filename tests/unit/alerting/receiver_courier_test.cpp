#include "alerting/http/receiver_courier.hpp"

#include "tests/support/delivery_fakes.hpp"
#include "tests/support/scripted_transport.hpp"

#include <gtest/gtest.h>

namespace runneriq::alerting {
namespace {

using Kind = DeliveryReply::Kind;
using std::chrono::seconds;

constexpr const char* kSecretUrl = "https://hooks.example.com/services/T0/B0/verysecret";

class PlainReceiver final : public Receiver {
 public:
  explicit PlainReceiver(Call answer) : answer_(std::move(answer)) {}
  std::string_view type() const override { return "plain"; }
  Duration pace() const override { return seconds{2}; }
  Call call(const Notification&, const DeliveryContext&) const override { return answer_; }
  DeliveryReply judge(const WebReply& reply, Time now) const override {
    DeliveryReply judged = judge_status(reply, now);
    if (reply.body == "ok: but no") {
      judged = {.kind = Kind::never, .failure = "contentError", .words = reply.body};
    }
    if (reply.body.starts_with("echo ")) judged.words = reply.body;
    return judged;
  }

 private:
  Call answer_;
};

class ScriptedMail final : public platform::MailTransport {
 public:
  Result<platform::MailReply> send(const platform::MailCall& call) override {
    calls.push_back(call);
    return reply;
  }
  Result<platform::MailReply> reply = platform::MailReply{.code = 250};
  std::vector<platform::MailCall> calls;
};

class Bring : public testing::Test {
 protected:
  Time now = at_2026();
  platform::ScriptedTransport web{now};
  ScriptedMail mail;

  DeliveryReply bring(Receiver::Call call) {
    ReceiverCourier courier(std::make_unique<PlainReceiver>(std::move(call)),
                            {.web = &web, .mail = &mail, .clock = [this] { return now; }});
    return courier.bring(made_notification(), {}, seconds{20});
  }
  DeliveryReply bring_to(Result<platform::HttpReply> reply) {
    web.once("https://hooks.example.com/", std::move(reply));
    return bring(WebCall{.url = "https://hooks.example.com/x", .body = "{}"});
  }
};

TEST_F(Bring, SendsTheCallAsTheReceiverMadeIt) {
  web.route("https://hooks.example.com", std::string("fine"));
  const auto reply = bring(WebCall{.method = "PUT",
                                   .url = "https://hooks.example.com/***",
                                   .secret_url = Secret{kSecretUrl},
                                   .headers = {{"Content-Type", "application/json"}},
                                   .secret_header = "X-Token",
                                   .secret = Secret{"tok"},
                                   .body = "{}"});
  EXPECT_EQ(reply.kind, Kind::delivered);
  ASSERT_EQ(web.calls.size(), 1U);
  const platform::HttpCall& call = web.calls.front();
  EXPECT_EQ(call.method, "PUT");
  EXPECT_EQ(call.secret_url.reveal(), kSecretUrl);
  EXPECT_EQ(call.url, "https://hooks.example.com/***");
  EXPECT_EQ(call.secret_header, "X-Token");
  EXPECT_EQ(call.secret.reveal(), "tok");
  EXPECT_EQ(call.body, "{}");
  EXPECT_EQ(call.time_limit, seconds{20});
  ASSERT_EQ(call.headers.size(), 1U);
  EXPECT_EQ(call.headers[0].value, "application/json");
}

struct ReplyCase {
  const char* name;
  Result<platform::HttpReply> reply;
  Kind kind;
  std::string failure;
  std::optional<Duration> wait;
};

platform::HttpReply of(int status, std::vector<platform::HttpHeader> headers = {}, std::string body = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

TEST_F(Bring, JudgesEveryKindOfAnswer) {
  const std::vector<ReplyCase> cases{
      {"200", of(200), Kind::delivered, "", {}},
      {"204", of(204), Kind::delivered, "", {}},
      {"200 with an error", of(200, {}, "ok: but no"), Kind::never, "contentError", {}},
      {"429 bare", of(429), Kind::throttled, "rateLimited", {}},
      {"429 seconds", of(429, {{"retry-after", "30"}}), Kind::throttled, "rateLimited", seconds{30}},
      {"429 date", of(429, {{"retry-after", "Fri, 02 Jan 2026 09:31:00 GMT"}}), Kind::throttled,
       "rateLimited", seconds{60}},
      {"429 date by its own clock",
       of(429, {{"date", "Fri, 02 Jan 2026 10:00:00 GMT"}, {"retry-after", "Fri, 02 Jan 2026 10:00:45 GMT"}}),
       Kind::throttled, "rateLimited", seconds{45}},
      {"429 nonsense", of(429, {{"retry-after", "soon"}}), Kind::throttled, "rateLimited", {}},
      {"503 date", of(503, {{"retry-after", "Fri, 02 Jan 2026 09:30:10 GMT"}}), Kind::later, "serverError",
       seconds{10}},
      {"500", of(500), Kind::later, "serverError", {}},
      {"403", of(403), Kind::never, "authError", {}},
      {"400", of(400), Kind::never, "clientError", {}},
      {"hangs", fail(Errc::timed_out, "it hangs"), Kind::throttled, "timeout", {}},
      {"closes", fail(Errc::unavailable, "closed"), Kind::throttled, "connection", {}},
      {"bad certificate", fail(Errc::permission, "TLS"), Kind::throttled, "connection", {}},
      {"redirects", fail(Errc::invalid_argument, "redirected"), Kind::later, "clientError", {}},
  };
  for (const ReplyCase& each : cases) {
    SCOPED_TRACE(each.name);
    const DeliveryReply reply = bring_to(each.reply);
    EXPECT_EQ(reply.kind, each.kind);
    EXPECT_EQ(reply.failure, each.failure);
    EXPECT_EQ(reply.wait, each.wait);
  }
}

TEST_F(Bring, ASecretThatAnAnswerRepeatsIsNotInTheWords) {
  web.once("https://hooks.example.com/***", of(200, {}, std::string("echo ") + kSecretUrl + " tok-12345"));
  const auto reply = bring(WebCall{.url = "https://hooks.example.com/***",
                                   .secret_url = Secret{kSecretUrl},
                                   .secret_header = "X",
                                   .secret = Secret{"tok-12345"}});
  EXPECT_EQ(reply.words, "echo *** ***");
  web.once("https://hooks.example.com/***", fail(Errc::unavailable, std::string("to ") + kSecretUrl));
  EXPECT_EQ(bring(WebCall{.url = "https://hooks.example.com/***", .secret_url = Secret{kSecretUrl}}).words,
            "to ***");
}

TEST_F(Bring, AHugeAnswerIsCutForTheReceiver) {
  const auto reply = bring_to(of(200, {}, "echo " + std::string(100'000, 'x')));
  EXPECT_LE(reply.words.size(), 510U);
}

struct MailCase {
  int code;
  Kind kind;
  std::string failure;
};

TEST_F(Bring, JudgesEveryKindOfMailServer) {
  for (const MailCase& each :
       {MailCase{250, Kind::delivered, ""}, MailCase{421, Kind::throttled, "serverError"},
        MailCase{450, Kind::later, "serverError"}, MailCase{452, Kind::later, "serverError"},
        MailCase{454, Kind::later, "serverError"}, MailCase{530, Kind::never, "authError"},
        MailCase{535, Kind::never, "authError"}, MailCase{550, Kind::never, "clientError"},
        MailCase{554, Kind::never, "clientError"}}) {
    SCOPED_TRACE(each.code);
    mail.reply = platform::MailReply{.code = each.code, .words = "said"};
    const auto reply = bring(Mail{.from = "a@b.c", .to = {"d@e.f"}, .text = "x\r\n"});
    EXPECT_EQ(reply.kind, each.kind);
    EXPECT_EQ(reply.failure, each.failure);
  }
  EXPECT_EQ(mail.calls.back().from, "a@b.c");
  EXPECT_EQ(mail.calls.back().text, "x\r\n");
}

TEST_F(Bring, APartOfTheRecipientsIsDeliveredAndSaid) {
  mail.reply = platform::MailReply{.code = 250, .refused = {{"x@e.f", "550 gone"}, {"y@e.f", "550 no"}}};
  const auto reply = bring(Mail{.from = "a@b.c", .to = {"d@e.f"}, .text = "x\r\n"});
  EXPECT_EQ(reply.kind, Kind::delivered);
  EXPECT_EQ(reply.words, "refused for x@e.f (550 gone), y@e.f (550 no)");
}

TEST_F(Bring, WithoutItsTransportAMessageWaits) {
  ReceiverCourier courier(std::make_unique<PlainReceiver>(Mail{}),
                          {.web = &web, .clock = [this] { return now; }});
  EXPECT_EQ(courier.bring(made_notification(), {}, seconds{20}).kind, Kind::later);
}

}  // namespace
}  // namespace runneriq::alerting
