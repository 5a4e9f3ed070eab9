// Messages through real transports: to servers that misbehave, and to real ones where they are installed.
#include "alerting/alertmanager/alertmanager.hpp"
#include "alerting/email/email.hpp"
#include "alerting/http/delivery.hpp"
#include "alerting/http/receiver_courier.hpp"
#include "alerting/webhook/webhook.hpp"
#include "core/json_text.hpp"
#include "core/lower_case.hpp"
#include "platform/base64.hpp"
#include "platform/keyed_digest.hpp"
#include "platform/system_waiter.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/delivery_fakes.hpp"
#include "tests/support/fleet_fakes.hpp"
#include "tests/support/http_fetch.hpp"
#include "tests/support/raw_socket.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cctype>
#include <fstream>
#include <memory>
#include <mutex>

namespace runneriq::alerting {
namespace {

using Kind = DeliveryReply::Kind;
using nlohmann::json;
using platform::wall_clock;

// Answers every request by `answer`, and keeps what it got.
class Sink {
 public:
  explicit Sink(std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      : answer_(std::move(answer)), server_([this](RawSocket& socket) { serve(socket); }) {}
  [[nodiscard]] std::string url() const { return server_.url(); }
  [[nodiscard]] std::string port() const { return server_.port(); }
  struct Request {
    std::string head, body;
  };
  [[nodiscard]] std::vector<Request> requests() const {
    const std::scoped_lock lock(guard_);
    return requests_;
  }

 private:
  void serve(RawSocket& socket) {
    while (true) {
      Request request{.head = socket.receive_until("\r\n\r\n"), .body = {}};
      if (request.head.empty()) return;
      const std::string lower = lower_case(request.head);
      const std::size_t at = lower.find("content-length: ");
      const std::size_t length = at == std::string::npos ? 0 : std::stoul(lower.substr(at + 16));
      char each = 0;
      while (request.body.size() < length && ::recv(socket.fd(), &each, 1, 0) == 1) request.body += each;
      {
        const std::scoped_lock lock(guard_);
        requests_.push_back(std::move(request));
      }
      if (!socket.send(answer_)) return;
      if (answer_.find("Content-Length") == std::string::npos) return;
    }
  }

  std::string answer_;
  mutable std::mutex guard_;
  std::vector<Request> requests_;
  RawServer server_;
};

std::string header_of(const Sink::Request& request, const std::string& name) {
  const std::string lower = lower_case(request.head);
  const std::size_t at = lower.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "(none)";
  const std::size_t start = at + name.size() + 4;
  return request.head.substr(start, request.head.find("\r\n", start) - start);
}

DeliveryReply bring(std::unique_ptr<const Receiver> receiver, const Notification& notification,
                    platform::HttpClientSettings settings = {}, Duration limit = std::chrono::seconds{20}) {
  auto client = platform::HttpClient::make(std::move(settings));
  EXPECT_TRUE(client);
  ReceiverCourier courier(std::move(receiver), {.web = client->get(), .clock = wall_clock});
  return courier.bring(notification, {.now = wall_clock()}, limit);
}

std::unique_ptr<const Receiver> webhook_to(const std::string& url, const std::string& keys = "") {
  auto made = Webhook::make(url, Secret{keys});
  EXPECT_TRUE(made);
  return std::make_unique<Webhook>(std::move(*made));
}

struct BadServer {
  const char* name;
  std::function<void(RawSocket&)> serve;
  Kind kind;
  std::string failure;
};

TEST(AServerThatMisbehaves, KeepsTheMessageAndTakesNoLongerThanTheLimit) {
  const auto answers = [](std::string text) {
    return [text](RawSocket& socket) {
      socket.receive_until("\r\n\r\n");
      socket.send(text);
    };
  };
  const std::vector<BadServer> servers{
      {"hangs", [](RawSocket& socket) { socket.receive_all(); }, Kind::throttled, "timeout"},
      {"closes", [](RawSocket&) {}, Kind::throttled, "connection"},
      {"resets", [](RawSocket& socket) { socket.close_with_reset(); }, Kind::throttled, "connection"},
      {"half a head", answers("HTTP/1.1 200 OK\r\nContent-"), Kind::throttled, "connection"},
      {"half a body", answers("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), Kind::throttled,
       "connection"},
      {"throttles", answers("HTTP/1.1 429 No\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n"),
       Kind::throttled, "rateLimited"},
      {"is in trouble", answers("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"), Kind::later, "serverError"},
      {"redirects", answers("HTTP/1.1 307 There\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"),
       Kind::later, "clientError"},
      {"redirects elsewhere",
       answers("HTTP/1.1 302 There\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n"),
       Kind::later, "clientError"},
      {"speaks no HTTP", answers("220 mail.example ESMTP\r\n"), Kind::throttled, "connection"},
  };
  for (const BadServer& each : servers) {
    SCOPED_TRACE(each.name);
    RawServer server(each.serve);
    const auto reply = bring(webhook_to(server.url()), made_notification(), {}, Duration{1000});
    EXPECT_EQ(reply.kind, each.kind) << reply.words;
    EXPECT_EQ(reply.failure, each.failure) << reply.words;
  }
}

// An address that is a credential, as those of chats are.
class SecretAddress final : public Receiver {
 public:
  explicit SecretAddress(std::string url, std::string shown)
      : url_(std::move(url)), shown_(std::move(shown)) {}
  std::string_view type() const override { return "secret"; }
  Duration pace() const override { return Duration::zero(); }
  Call call(const Notification&, const DeliveryContext&) const override {
    return WebCall{.url = shown_, .secret_url = Secret{url_}, .body = "{}"};
  }
  DeliveryReply judge(const WebReply& reply, Time now) const override { return judge_status(reply, now); }

 private:
  std::string url_, shown_;
};

TEST(ASecretAddress, IsCalledAndNeverSaid) {
  const Sink sink;
  EXPECT_EQ(bring(std::make_unique<SecretAddress>(sink.url() + "/T0/verysecret?sig=hidden", ""),
                  made_notification())
                .kind,
            Kind::delivered);
  ASSERT_EQ(sink.requests().size(), 1U);
  EXPECT_TRUE(sink.requests()[0].head.starts_with("POST /T0/verysecret?sig=hidden HTTP/1.1\r\n"));

  RawServer hangs([](RawSocket& socket) { socket.receive_all(); });
  RawServer closes([](RawSocket&) {});
  for (const std::string& server : {hangs.url(), closes.url(), std::string("http://127.0.0.1:1"),
                                    std::string("ftp://verysecret.example"), std::string("http://\x01")}) {
    for (const std::string shown : {"", "https://hooks.example/***"}) {
      const auto reply = bring(std::make_unique<SecretAddress>(server + "/T0/verysecret?sig=hidden", shown),
                               made_notification(), {}, Duration{300});
      EXPECT_NE(reply.kind, Kind::delivered);
      EXPECT_EQ(reply.words.find("verysecret"), std::string::npos) << reply.words;
      EXPECT_EQ(reply.words.find("hidden"), std::string::npos) << reply.words;
      if (server == closes.url()) {
        EXPECT_NE(reply.words.find(shown.empty() ? closes.url() : shown), std::string::npos) << reply.words;
      }
    }
  }
}

// Behind a real TLS server, as most receivers are.
TEST(AWebhook, ArrivesSignedThroughNginxWithTls) {
  if (!has_command("nginx")) GTEST_SKIP() << "needs nginx";
  if (!has_openssl_command()) GTEST_SKIP() << "needs the openssl command";
  const TemporaryFolder folder;
  const std::string path = folder.path();
  const Sink sink;
  const std::uint16_t port = free_port();
  ASSERT_TRUE(make_certificate(path + "/front"));
  std::ofstream(path + "/nginx.conf")
      << "daemon off; master_process off; pid " << path << "/pid; error_log stderr;\n"
      << "events {}\nhttp { access_log off;\n"
      << "client_body_temp_path " << path << "/b; proxy_temp_path " << path << "/p; fastcgi_temp_path "
      << path << "/f; uwsgi_temp_path " << path << "/u; scgi_temp_path " << path << "/s;\n"
      << "server { listen 127.0.0.1:" << port << " ssl; ssl_certificate " << path << "/front.pem; "
      << "ssl_certificate_key " << path << "/front.key; location / { proxy_pass " << sink.url()
      << "; } } }\n";
  const ServerProcess nginx({"nginx", "-p", path, "-e", "stderr", "-c", path + "/nginx.conf"},
                            path + "/said");
  ASSERT_TRUE(wait_until([&] { return accepts_connections(port); })) << nginx.output();

  const std::string key = "abcdefghijklmnopqrstuvwxyz012345";
  const std::string url = "https://127.0.0.1:" + std::to_string(port) + "/alerts";
  const auto reply = bring(webhook_to(url, "whsec_" + platform::to_base64(key)), made_notification(),
                           {.ca_file = path + "/front.pem"});
  EXPECT_EQ(reply.kind, Kind::delivered) << reply.words;
  ASSERT_EQ(sink.requests().size(), 1U);
  const Sink::Request got = sink.requests()[0];
  const std::string signed_text = "n1." + header_of(got, "webhook-timestamp") + "." + got.body;
  EXPECT_EQ(header_of(got, "webhook-id"), "n1");
  EXPECT_EQ(header_of(got, "webhook-signature"),
            "v1," + platform::to_base64(platform::hmac_sha256(key, signed_text)));
  EXPECT_TRUE(json::accept(got.body));

  const auto unproven = bring(webhook_to(url), made_notification());
  EXPECT_EQ(unproven.kind, Kind::throttled) << "a certificate can be mended; no message is lost for it";
  EXPECT_EQ(sink.requests().size(), 1U);
}

TEST(AnAlertmanager, ListsDeliversAndEndsAnAlert) {
  if (!has_command("prometheus-alertmanager")) GTEST_SKIP() << "needs prometheus-alertmanager";
  const TemporaryFolder folder;
  const std::string path = folder.path();
  const Sink sink;
  const std::string address = "127.0.0.1:" + std::to_string(free_port()), url = "http://" + address;
  std::ofstream(path + "/am.yml") << "route: {receiver: sink, group_wait: 50ms, group_interval: 50ms}\n"
                                  << "receivers: [{name: sink, webhook_configs: [{url: '" << sink.url()
                                  << "/'}]}]\n";
  const ServerProcess server(
      {"prometheus-alertmanager", "--config.file=" + path + "/am.yml", "--storage.path=" + path + "/data",
       "--web.listen-address=" + address, "--cluster.listen-address="},
      path + "/said");
  const auto get = [&](const std::string& what) { return fetch({.url = url + what}); };
  ASSERT_TRUE(wait_until([&] {
    const auto ready = get("/-/ready");
    return ready && ready->status == 200;
  })) << server.output();
  const auto listed = [&] {
    const auto reply = get("/api/v2/alerts?active=true");
    return reply ? json_in(reply->body) : json();
  };

  Notification notification = made_notification();
  notification.alerts[0].since = wall_clock() - std::chrono::minutes{5};
  const auto reply = bring(std::make_unique<Alertmanager>(url, Secret{}), notification);
  ASSERT_EQ(reply.kind, Kind::delivered) << reply.words;
  ASSERT_TRUE(wait_until([&] { return listed().size() == 1; })) << listed();
  const json alert = listed()[0];
  EXPECT_EQ(alert["labels"]["project"], "acme/shop");
  EXPECT_EQ(alert["labels"]["job"], "lint");
  EXPECT_GT(parse_time(alert["endsAt"].get<std::string>()).value(), wall_clock() + std::chrono::hours{4});
  ASSERT_TRUE(wait_until([&] { return !sink.requests().empty(); })) << server.output();
  const json told = json_in(sink.requests()[0].body);
  EXPECT_EQ(told["status"], "firing");
  EXPECT_EQ(told["alerts"][0]["annotations"]["summary"], "E501 line too long");

  Notification over = testing_support::one_resolved();
  over.alerts[0].since = notification.alerts[0].since;
  over.alerts[0].resolved = wall_clock();
  ASSERT_EQ(bring(std::make_unique<Alertmanager>(url, Secret{}), over).kind, Kind::delivered);
  EXPECT_TRUE(wait_until([&] { return listed().empty(); })) << listed();
  EXPECT_TRUE(wait_until([&] {
    const auto requests = sink.requests();
    return requests.size() >= 2 && json_in(requests.back().body)["status"] == "resolved";
  })) << server.output();
}

TEST(AnAlertmanager, TakesNamesOfEveryKind) {
  if (!has_command("prometheus-alertmanager")) GTEST_SKIP() << "needs prometheus-alertmanager";
  const TemporaryFolder folder;
  const std::string path = folder.path();
  const std::string address = "127.0.0.1:" + std::to_string(free_port()), url = "http://" + address;
  std::ofstream(path + "/am.yml") << "route: {receiver: none}\nreceivers: [{name: none}]\n";
  const ServerProcess server(
      {"prometheus-alertmanager", "--config.file=" + path + "/am.yml", "--storage.path=" + path + "/data",
       "--web.listen-address=" + address, "--cluster.listen-address="},
      path + "/said");
  ASSERT_TRUE(wait_until([&] {
    const auto ready = fetch({.url = url + "/-/ready"});
    return ready && ready->status == 200;
  })) << server.output();
  for (const std::string& text : testing_support::hostile_texts()) {
    SCOPED_TRACE(text.substr(0, 60));
    Event event = testing_support::lint_event(text);
    event.name = event.project = event.url = event.user = text;
    AlertEntry entry = testing_support::entry_of(event);
    entry.headline = text;
    const auto reply =
        bring(std::make_unique<Alertmanager>(url, Secret{}), testing_support::notification_of({entry}));
    EXPECT_EQ(reply.kind, Kind::delivered) << reply.words;
  }
}

// From the outbox to the mailbox: three messages of two groups, and what a mail program makes of them.
TEST(AnEmail, ArrivesFromTheOutboxOnceEach) {
  if (!has_mail_sink()) GTEST_SKIP() << "needs python3-aiosmtpd";
  if (!has_openssl_command()) GTEST_SKIP() << "needs the openssl command";
  const TemporaryFolder folder;
  const std::string path = folder.path();
  ASSERT_TRUE(make_certificate(path + "/server"));
  const ServerProcess sink(
      {"/usr/bin/python3", std::string(RUNNERIQ_SOURCE_DIR) + "/tests/support/mail_sink.py", path, "starttls",
       path + "/server.pem", path + "/server.key"},
      path + "/said");
  ASSERT_TRUE(wait_until([&] { return sink.output().starts_with("PORT ") && sink.output().ends_with('\n'); }))
      << sink.output();
  auto client = platform::MailClient::make(
      {.url = "smtp+starttls://127.0.0.1:" + std::to_string(std::stoi(sink.output().substr(5))),
       .ca_file = path + "/server.pem"});
  ASSERT_TRUE(client);
  auto email = Email::make("runneriq@example.com", "anna@example.com, gone@example.com");
  ASSERT_TRUE(email);
  Time now = at_2026();
  MemoryOutbox outbox;
  RecordingEvents log;
  ReceiverCourier courier(std::make_unique<Email>(std::move(*email)),
                          {.mail = &*client, .clock = wall_clock});
  Delivery delivery{"team",
                    "daemon-1",
                    {.outbox = outbox,
                     .courier = courier,
                     .log = log,
                     .clock = [&] { return now; },
                     .jitter = [] { return 0.0; }},
                    {}};
  Notification hostile = made_notification("n3", "b");
  hostile.alerts[0].events[0].name = "gr\xC3\xBCn\r\nBcc: eve@example.com\r\n\r\n.\r\nMAIL FROM:<x@y.z>";
  hostile.alerts[0].headline = ".";
  outbox.queue(made_notification("n1", "a"));
  outbox.queue(made_notification("n2", "a"));
  outbox.queue(hostile);
  while (const auto next = delivery.round()) now = std::max(now, *next);
  EXPECT_EQ(delivery.counts().delivered, 3);
  EXPECT_EQ(std::ranges::count(log.names(), "delivery_partial"), 3);

  std::istringstream lines(text_of_file(path + "/mails"));
  std::vector<json> mails;
  for (std::string line; std::getline(lines, line);) mails.push_back(json_in(line));
  ASSERT_EQ(mails.size(), 3U);
  for (const json& each : mails) EXPECT_EQ(each["to"], std::vector<std::string>{"anna@example.com"});
  // Python's own reader of mails agrees with ours.
  const std::string script =
      "import json,email,email.policy,sys\n"
      "for l in open(sys.argv[1]):\n"
      " m=email.message_from_string(json.loads(l)['text'],policy=email.policy.default)\n"
      " print(m['Message-ID'],m['References'],m['Bcc'],len(m.defects),'lint' in m['Subject'] or "
      "'gr\xC3\xBCn' in "
      "m['Subject'],'acme/shop' in m.get_content(),m.get_content_type())\n";
  std::ofstream(path + "/read.py") << script;
  ASSERT_EQ(
      std::system(("/usr/bin/python3 " + path + "/read.py " + path + "/mails > " + path + "/read").c_str()),
      0);
  EXPECT_EQ(text_of_file(path + "/read"),
            "<message.n1@example.com> <group.a@example.com> None 0 True True text/plain\n"
            "<message.n2@example.com> <group.a@example.com> None 0 True True text/plain\n"
            "<message.n3@example.com> <group.b@example.com> None 0 True True text/plain\n");
}

}  // namespace
}  // namespace runneriq::alerting
