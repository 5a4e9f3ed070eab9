// Mails to a real mail server, and to one that keeps to no rules.
#include "platform/mail_client.hpp"

#include "core/json_text.hpp"
#include "platform/pipe.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/raw_socket.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <curl/curl.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <mutex>

namespace {

std::vector<const char*> protocols_of_libcurl{"http", "smtp", "smtps", nullptr};

}  // namespace

// Instead of libcurl's own, as that of an installation with fewer protocols.
curl_version_info_data* curl_version_info(CURLversion) {
  static curl_version_info_data told{};
  told.protocols = protocols_of_libcurl.data();
  return &told;
}

namespace runneriq::platform {
namespace {

constexpr const char* kPassword = "open sesame";
const std::string kText =
    "From: runneriq@example.com\r\nSubject: x\r\n\r\n.\r\n..two dots\r\nno dot\r\n.\r\n";

MailCall to(std::vector<std::string> recipients) {
  return {.from = "runneriq@example.com", .to = std::move(recipients), .text = kText};
}

class RealMail : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_mail_sink()) GTEST_SKIP() << "needs python3-aiosmtpd";
    if (!has_openssl_command()) GTEST_SKIP() << "needs the openssl command";
    ASSERT_TRUE(make_certificate(certificate()));
  }
  [[nodiscard]] std::string certificate() const { return folder_.path() + "/server"; }
  [[nodiscard]] std::string ca_file() const { return certificate() + ".pem"; }

  void start(const std::string& mode) {
    std::vector<std::string> words{"/usr/bin/python3",
                                   std::string(RUNNERIQ_SOURCE_DIR) + "/tests/support/mail_sink.py",
                                   folder_.path(), mode};
    if (mode != "plain") words.insert(words.end(), {ca_file(), certificate() + ".key"});
    sink_ = std::make_unique<ServerProcess>(std::move(words), folder_.path() + "/output");
    ASSERT_TRUE(wait_until([this] {
      return sink_->output().starts_with("PORT ") && sink_->output().ends_with('\n');
    })) << sink_->output();
    server_ = "127.0.0.1:" + std::to_string(std::stoi(sink_->output().substr(5)));
  }
  Result<MailReply> send(MailClientSettings settings, const MailCall& call = to({"anna@example.com"})) {
    settings.url += server_;
    auto client = MailClient::make(std::move(settings));
    if (!client) return fail(client.error());
    return client->send(call);
  }
  [[nodiscard]] std::vector<nlohmann::json> mails() const {
    std::istringstream lines(text_of_file(folder_.path() + "/mails"));
    std::vector<nlohmann::json> all;
    for (std::string line; std::getline(lines, line);) all.push_back(json_in(line));
    return all;
  }

  TemporaryFolder folder_;
  std::unique_ptr<ServerProcess> sink_;
  std::string server_;
};

TEST_F(RealMail, ArrivesByteByByteOverStarttls) {
  start("starttls");
  const auto reply =
      send({.url = "smtp+starttls://", .ca_file = ca_file()}, to({"anna@example.com", "ben@example.com"}));
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->code, 250);
  EXPECT_TRUE(reply->refused.empty());
  ASSERT_EQ(mails().size(), 1U);
  EXPECT_EQ(mails()[0]["text"], kText);
  EXPECT_EQ(mails()[0]["from"], "runneriq@example.com");
  EXPECT_EQ(mails()[0]["to"], (std::vector<std::string>{"anna@example.com", "ben@example.com"}));
  EXPECT_EQ(mails()[0]["tls"], true);
}

TEST_F(RealMail, ArrivesOverTlsFromTheFirstByte) {
  start("tls");
  const auto reply = send({.url = "smtps://", .ca_file = ca_file()});
  ASSERT_TRUE(reply) << reply.error().message;
  ASSERT_EQ(mails().size(), 1U);
  EXPECT_EQ(mails()[0]["text"], kText);
}

TEST_F(RealMail, ArrivesInTheClearAtALoopbackAddressOnly) {
  start("plain");
  ASSERT_TRUE(send({.url = "smtp://"}));
  EXPECT_EQ(mails().size(), 1U);
  const auto refused = send({.url = "smtp+starttls://"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::permission) << refused.error().message;
  EXPECT_EQ(mails().size(), 1U);
}

TEST_F(RealMail, IsNotGivenToAServerThatCannotProveItsName) {
  for (const std::string mode : {"starttls", "tls"}) {
    start(mode);
    const auto refused = send({.url = mode == "tls" ? "smtps://" : "smtp+starttls://"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::permission) << refused.error().message;
    EXPECT_TRUE(mails().empty());
  }
}

TEST_F(RealMail, LogsInWithUserAndPassword) {
  start("login");
  const auto reply =
      send({.url = "smtp+starttls://", .user = "anna", .password = Secret{kPassword}, .ca_file = ca_file()});
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->code, 250) << reply->words;
  ASSERT_EQ(mails().size(), 1U);
  EXPECT_EQ(mails()[0]["user"], "anna");
}

TEST_F(RealMail, AWrongPasswordIsARefusalThatDoesNotShowIt) {
  start("login");
  const auto reply = send(
      {.url = "smtp+starttls://", .user = "anna", .password = Secret{"wrong-pass"}, .ca_file = ca_file()});
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->code, 535);
  EXPECT_EQ(reply->words.find("wrong-pass"), std::string::npos);
  const auto anonymous = send({.url = "smtp+starttls://", .ca_file = ca_file()});
  ASSERT_TRUE(anonymous) << anonymous.error().message;
  EXPECT_EQ(anonymous->code, 530);
  EXPECT_TRUE(mails().empty());
}

TEST_F(RealMail, RecipientsThatAreRefusedDoNotKeepItFromTheOthers) {
  start("plain");
  const auto reply =
      send({.url = "smtp://"}, to({"gone@example.com", "anna@example.com", "busy@example.com"}));
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->code, 250);
  ASSERT_EQ(reply->refused.size(), 2U);
  EXPECT_EQ(reply->refused[0].first, "gone@example.com");
  EXPECT_EQ(reply->refused[0].second, "550 5.1.1 no such user");
  EXPECT_EQ(reply->refused[1].first, "busy@example.com");
  ASSERT_EQ(mails().size(), 1U);
  EXPECT_EQ(mails()[0]["to"], std::vector<std::string>{"anna@example.com"});
}

TEST_F(RealMail, RefusalsOfAllRecipientsAreARefusal) {
  start("plain");
  const auto never = send({.url = "smtp://"}, to({"gone@example.com", "gone@example.org"}));
  ASSERT_TRUE(never) << never.error().message;
  EXPECT_EQ(never->code, 550);
  const auto later = send({.url = "smtp://"}, to({"busy@example.com"}));
  ASSERT_TRUE(later) << later.error().message;
  EXPECT_EQ(later->code, 450);
  for (const auto& both :
       {to({"gone@example.com", "busy@example.com"}), to({"busy@example.com", "gone@example.com"})}) {
    const auto mixed = send({.url = "smtp://"}, both);
    ASSERT_TRUE(mixed) << mixed.error().message;
    EXPECT_EQ(mixed->code, 450) << "one of them may take it yet";
  }
  MailCall busy = to({"anna@example.com"});
  busy.text.insert(0, "X-Any: x\r\nX-Busy: yes\r\n");
  const auto text = send({.url = "smtp://"}, busy);
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(text->code, 451);
  EXPECT_TRUE(mails().empty());
}

// Answers each line by the next of `replies`; "" closes, and what comes after the last is not answered.
std::function<void(RawSocket&)> saying(std::vector<std::string> replies) {
  return [replies = std::move(replies)](RawSocket& socket) {
    for (const std::string& each : replies) {
      if (each.empty()) return;
      socket.send(each + "\r\n");
      socket.receive_until("\r\n");
    }
    socket.receive_all();
  };
}

Result<MailReply> send_to(const RawServer& server, Duration limit = std::chrono::seconds{20},
                          int stop_fd = -1) {
  auto client = MailClient::make({.url = "smtp://127.0.0.1:" + server.port(), .stop_fd = stop_fd});
  if (!client) return fail(client.error());
  MailCall call = to({"anna@example.com"});
  call.time_limit = limit;
  return client->send(call);
}

TEST(AStrangeMailServer, ThatHangsTakesNoLongerThanTheLimit) {
  for (const std::vector<std::string>& replies : {std::vector<std::string>{},
                                                  {"220 hello"},
                                                  {"220 hello", "250 ok", "250 ok", "250 ok", "354 go on"}}) {
    RawServer server(saying(replies));
    const auto outcome = send_to(server, Duration{300});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::timed_out) << outcome.error().message;
  }
}

TEST(AStrangeMailServer, ThatClosesIsNotThereAndHasTakenNothing) {
  for (const std::vector<std::string>& replies :
       {std::vector<std::string>{""},
        {"220 hello", ""},
        {"220 hello", "250 ok", "250 ok", ""},
        {"220 hello", "250 ok", "250 ok", "250 ok", "354 go on", ""}}) {
    RawServer server(saying(replies));
    const auto outcome = send_to(server);
    ASSERT_FALSE(outcome) << outcome->words;
    EXPECT_EQ(outcome.error().code, Errc::unavailable) << outcome.error().message;
  }
}

TEST(AStrangeMailServer, ThatIsBusyAtOnceSaysSo) {
  RawServer server(saying({"421 4.7.0 too many \x1B[31mconnections"}));
  const auto reply = send_to(server);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->code, 421);
  EXPECT_EQ(reply->words.find('\x1B'), std::string::npos);
}

TEST(AStrangeMailServer, ThatHangsIsLeftWhenTheProgramStops) {
  auto stop = make_pipe();
  ASSERT_TRUE(stop);
  RawServer server([&](RawSocket& socket) {
    socket.send("220 hello\r\n");
    socket.receive_until("\r\n");
    ASSERT_EQ(::write(stop->write.get(), "x", 1), 1);
    socket.receive_all();
  });
  const auto outcome = send_to(server, std::chrono::seconds{60}, stop->read.get());
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::unavailable);
  EXPECT_NE(outcome.error().message.find("stopping"), std::string::npos);
}

TEST(AStrangeMailServer, ThatHangsOverTheGoodbyeHasTakenTheMail) {
  RawServer server([](RawSocket& socket) {
    for (const char* each : {"220 hello", "250 ok", "250 ok", "250 ok", "354 go on"}) {
      socket.send(std::string(each) + "\r\n");
      if (each[0] != '3') socket.receive_until("\r\n");
    }
    socket.receive_until("no dot\r\n..\r\n.\r\n");
    socket.send("250 kept\r\n");
    socket.receive_all();
  });
  const auto reply = send_to(server, Duration{300});
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->code, 250);
  EXPECT_EQ(reply->words, "250 kept");
}

// What is broken off must not look like a whole mail.
TEST(AStrangeMailServer, ThatHangsGetsNoEndOfAText) {
  std::string got;
  {
    RawServer server([&](RawSocket& socket) {
      socket.send("220 hello\r\n");
      socket.receive_until("\r\n");
      got = socket.receive_all();
    });
    EXPECT_FALSE(send_to(server, Duration{300}));
  }
  EXPECT_EQ(got, "");
}

TEST(AMachineWhoseLibcurlHasNoSmtp, SaysHowToGetIt) {
  protocols_of_libcurl = {"http", "https", nullptr};
  const auto refused = MailClient::make({.url = "smtp://127.0.0.1"});
  protocols_of_libcurl = {"http", "smtp", "smtps", nullptr};
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  EXPECT_NE(refused.error().message.find("dnf swap libcurl-minimal libcurl"), std::string::npos);
}

TEST(AMailServersUrl, HasOneOfThreeForms) {
  for (const std::string good :
       {"smtp://mail.example.com", "smtp://mail:587", "smtps://mail.example.com:465/",
        "smtp+starttls://localhost:25", "SMTP://[::1]:25"}) {
    EXPECT_TRUE(MailClient::make({.url = good})) << good;
  }
  for (const std::string bad : {"", "mail.example.com", "http://mail", "smtp://", "smtp://user:pw@mail",
                                "smtp://mail/x", "smtp://mail\r\nRCPT", "smtp://mail?x", "smtp:mail"}) {
    const auto client = MailClient::make({.url = bad});
    ASSERT_FALSE(client) << bad;
    EXPECT_EQ(client.error().code, Errc::invalid_argument);
    EXPECT_EQ(client.error().message.find("pw"), std::string::npos);
  }
}

// To any other address a mail must not go in the clear, even by a name that leads back here.
TEST(AMailServersUrl, IsALoopbackAddressByItsWordsOnly) {
  RawServer server(saying({"220 hello", "250 ok", "250 ok", "250 ok", "354 go on", "250 ok"}));
  for (const std::string host : {"0.0.0.0", "127.1", "0x7f.1"}) {
    auto client = MailClient::make({.url = "smtp://" + host + ":" + server.port()});
    ASSERT_TRUE(client);
    const auto refused = client->send(to({"anna@example.com"}));
    ASSERT_FALSE(refused) << host;
    EXPECT_EQ(refused.error().code, Errc::permission) << host << ": " << refused.error().message;
  }
}

TEST(AMail, ThatWouldSayMoreThanAMailIsNotSent) {
  auto client = MailClient::make({.url = "smtp://127.0.0.1:1"});
  ASSERT_TRUE(client);
  const auto code_of = [&](const MailCall& call) {
    const auto outcome = client->send(call);
    return outcome ? Errc::conflict : outcome.error().code;
  };
  EXPECT_EQ(code_of(to({})), Errc::invalid_argument);
  for (const std::string bad :
       {"", "anna", "a@b.c>\r\nRCPT TO:<x@y.z", "<a@b.c>", "a@b.c,d@e.f", "a b@c.d", "a@b@c"}) {
    EXPECT_EQ(code_of(to({bad})), Errc::invalid_argument) << bad;
    MailCall from = to({"anna@example.com"});
    from.from = bad;
    EXPECT_EQ(code_of(from), Errc::invalid_argument) << bad;
  }
  for (const std::string text : {"a\n", "a\r", "a\n.\r\n", "a\r\r\n", "\n"}) {
    MailCall call = to({"anna@example.com"});
    call.text = text;
    EXPECT_EQ(code_of(call), Errc::invalid_argument);
  }
}

}  // namespace
}  // namespace runneriq::platform
