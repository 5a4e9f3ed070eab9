// The client against servers that misbehave, over real sockets.
#include "platform/http_client.hpp"
#include "platform/system_waiter.hpp"
#include "tests/support/http_fetch.hpp"
#include "tests/support/raw_socket.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <sstream>

namespace runneriq::platform {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

const std::string kSecret = "glpat-very-secret-00";

std::string request_of(RawSocket& socket) {
  return socket.receive_until("\r\n\r\n");
}

std::string ok(std::string_view body, std::string_view headers = "") {
  return "HTTP/1.1 200 OK\r\n" + std::string(headers) + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

std::function<void(RawSocket&)> always(std::string reply) {
  return [reply = std::move(reply)](RawSocket& socket) {
    if (request_of(socket).empty()) return;
    socket.send(reply);
  };
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int count = 0; count < times; ++count) all += text;
  return all;
}

std::string described(const Result<HttpReply>& outcome) {
  return outcome ? "reply " + std::to_string(outcome->status) + " " + outcome->body : outcome.error().message;
}

class Client : public testing::Test {
 protected:
  Client() {
    ::unsetenv("http_proxy");
    ::unsetenv("https_proxy");
    ::unsetenv("all_proxy");
  }
};

struct Reply {
  const char* name;
  std::string bytes;
  Errc code;
  std::string words;
};

class BadReply : public Client, public testing::WithParamInterface<Reply> {};

TEST_P(BadReply, IsAnErrorAndNoReply) {
  RawServer server(always(GetParam().bytes));
  const auto outcome = fetch({.url = server.url() + "/api?private_token=" + kSecret, .largest_reply = 1000});
  ASSERT_FALSE(outcome) << described(outcome);
  EXPECT_EQ(outcome.error().code, GetParam().code) << outcome.error().message;
  EXPECT_NE(outcome.error().message.find(GetParam().words), std::string::npos) << outcome.error().message;
  EXPECT_NE(outcome.error().message.find(server.url() + "/api:"), std::string::npos)
      << outcome.error().message;
  EXPECT_EQ(outcome.error().message.find(kSecret), std::string::npos) << outcome.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    With, BadReply,
    testing::Values(
        Reply{"NothingInIt", "", Errc::unavailable, "Empty reply"},
        Reply{"HalfAHead", "HTTP/1.1 200 OK\r\nContent-Le", Errc::unavailable, ""},
        Reply{"HalfABody", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", Errc::unavailable,
              "7 bytes remaining"},
        Reply{"HalfAChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", Errc::unavailable,
              ""},
        Reply{"NoLastChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
              Errc::unavailable, ""},
        Reply{"ABadChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n",
              Errc::unavailable, ""},
        Reply{"AnotherProtocol", "SSH-2.0-OpenSSH_9.2\r\n", Errc::unavailable, "HTTP/0.9"},
        Reply{"ABrokenEncoding", ok("no gzip at all", "Content-Encoding: gzip\r\n"), Errc::unavailable, ""},
        Reply{"AnUnknownEncoding", ok("x", "Content-Encoding: dance\r\n"), Errc::unavailable, ""},
        Reply{"ALargeBody", ok(std::string(1001, 'x')), Errc::invalid_argument, "larger than allowed"},
        Reply{"ALargeChunk",
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n" + std::string(0x1000, 'x') +
                  "\r\n0\r\n\r\n",
              Errc::invalid_argument, "larger than allowed"},
        Reply{"AnEndlessBody", "HTTP/1.1 200 OK\r\n\r\n" + std::string(100'000, 'x'), Errc::invalid_argument,
              "larger than allowed"},
        Reply{"ALargeHeader", ok("", "X-Long: " + std::string(70'000, 'x') + "\r\n"), Errc::invalid_argument,
              "headers"},
        Reply{"ManyHeaders", ok("", repeated("X-One: 1\r\n", 300)), Errc::invalid_argument, "headers"},
        Reply{"EndlessInterimReplies", repeated("HTTP/1.1 100 Continue\r\n\r\n", 4000),
              Errc::invalid_argument, "headers"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_F(Client, AConnectionThatIsResetIsNoReply) {
  RawServer server([](RawSocket& socket) {
    (void)request_of(socket);
    socket.send("HTTP/1.1 200 OK\r\n\r\nhalf");
    socket.close_with_reset();
  });
  const auto outcome = fetch({.url = server.url()});
  ASSERT_FALSE(outcome) << described(outcome);
  EXPECT_EQ(outcome.error().code, Errc::unavailable);
}

TEST_F(Client, AClosedPortIsUnavailable) {
  std::string url;
  { url = RawServer(always("")).url(); }
  const auto outcome = fetch({.url = url});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::unavailable) << outcome.error().message;
}

TEST_F(Client, AnUnknownNameIsUnavailable) {
  const auto outcome = fetch({.url = "http://gitlab.invalid/api", .time_limit = 20s});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::unavailable) << outcome.error().message;
}

// 64 MiB of zeros; "" where there is no gzip.
std::string gzip_bomb() {
  const TemporaryFolder folder;
  const std::string file = folder.path() + "/zeros.gz";
  if (std::system(("head -c 64M /dev/zero | gzip -1 > " + file).c_str()) != 0) return {};
  std::ostringstream bomb;
  bomb << std::ifstream(file).rdbuf();
  return bomb.str();
}

TEST_F(Client, AGzipBombStopsAtTheLimit) {
  const std::string bomb = gzip_bomb();
  if (bomb.empty()) GTEST_SKIP() << "no gzip here";
  RawServer server(always(ok(bomb, "Content-Encoding: gzip\r\n")));
  const auto outcome = fetch({.url = server.url(), .largest_reply = 1 << 20});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::invalid_argument) << outcome.error().message;
  const auto whole = fetch({.url = server.url(), .largest_reply = 64 << 20});
  ASSERT_TRUE(whole) << described(whole);
  EXPECT_EQ(whole->body.size(), std::size_t{64} << 20);
}

TEST_F(Client, ABodyOfExactlyTheLimitIsTaken) {
  RawServer server(always(ok(std::string(1000, 'x'))));
  EXPECT_TRUE(fetch({.url = server.url(), .largest_reply = 1000}));
}

TEST_F(Client, OfALargerBodyTheEndIsKeptWhereItsBeginningMayBeDropped) {
  std::string body;
  for (int at = 0; at < 50'000; ++at) body += std::to_string(at) + "\n";
  RawServer server(always(ok(body)));
  for (const std::size_t largest :
       {std::size_t{1}, std::size_t{1000}, body.size() - 1, body.size(), body.size() * 2}) {
    const auto outcome =
        fetch({.url = server.url(), .largest_reply = largest, .excess = Excess::beginning_dropped});
    ASSERT_TRUE(outcome) << described(outcome);
    EXPECT_EQ(outcome->body, body.substr(body.size() - std::min(body.size(), largest)));
  }
}

TEST_F(Client, HeadersComeInLowerCaseWithoutBlanksAndWithoutThoseOfInterimReplies) {
  RawServer server(always("HTTP/1.1 103 Early Hints\r\nLink: early\r\n\r\n" +
                          ok("body", "LINK:  <next> \r\nX-Empty:\r\nx-twice: 1\r\nX-Twice: 2\r\n")));
  const auto reply = fetch({.url = server.url()});
  ASSERT_TRUE(reply) << described(reply);
  EXPECT_EQ(reply->header("link"), "<next>");
  EXPECT_EQ(reply->header("x-empty"), "");
  EXPECT_EQ(reply->header("x-twice"), "1");
  EXPECT_EQ(reply->header("absent"), "");
  EXPECT_EQ(reply->headers.size(), 5U);
}

TEST_F(Client, AnyStatusIsAReply) {
  for (const std::string status : {"204", "304", "401", "404", "429", "500", "503"}) {
    RawServer server(always("HTTP/1.1 " + status + " Word\r\nContent-Length: 0\r\n\r\n"));
    const auto reply = fetch({.url = server.url()});
    ASSERT_TRUE(reply) << described(reply);
    EXPECT_EQ(std::to_string(reply->status), status);
  }
}

TEST_F(Client, SendsWhatItIsGiven) {
  std::mutex guard;
  std::string seen;
  RawServer server([&](RawSocket& socket) {
    const std::string head = request_of(socket), body = socket.receive_until("query}");
    const std::scoped_lock lock(guard);
    seen = head + body;
    socket.send(ok("{}"));
  });
  const auto reply = fetch({.method = "POST",
                            .url = server.url() + "/graphql",
                            .headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}},
                            .secret_header = "PRIVATE-TOKEN",
                            .secret = Secret{kSecret},
                            .body = "{query}"},
                           {.user_agent = "runneriq/1"});
  ASSERT_TRUE(reply) << described(reply);
  const std::scoped_lock lock(guard);
  for (const std::string part :
       {"POST /graphql HTTP/1.1\r\n", "Content-Type: application/json\r\n",
        "X-Empty:", "Content-Length: 7\r\n", "PRIVATE-TOKEN: glpat-very-secret-00\r\n",
        "User-Agent: runneriq/1\r\n", "gzip", "{query}"}) {
    EXPECT_NE(seen.find(part), std::string::npos) << part << " in " << seen;
  }
  EXPECT_EQ(seen.find("Expect"), std::string::npos);
}

struct BadCall {
  const char* name;
  HttpCall call;
  std::string words;
};

class Refused : public Client, public testing::WithParamInterface<BadCall> {};

TEST_P(Refused, WithoutShowingASecret) {
  const auto outcome = fetch(GetParam().call);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::invalid_argument);
  EXPECT_NE(outcome.error().message.find(GetParam().words), std::string::npos) << outcome.error().message;
  EXPECT_EQ(outcome.error().message.find(kSecret), std::string::npos) << outcome.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Is, Refused,
    testing::Values(
        BadCall{"AnotherScheme", {.url = "file:///etc/passwd"}, "URL"},
        BadCall{"Ftp", {.url = "ftp://127.0.0.1/"}, "only http"},
        BadCall{"NoScheme", {.url = "127.0.0.1/api"}, "URL"}, BadCall{"NoUrl", {.url = ""}, "URL"},
        BadCall{"AUser", {.url = "http://me:" + kSecret + "@127.0.0.1/"}, "URL"},
        BadCall{"AUserAlone", {.url = "http://" + kSecret + "@127.0.0.1/"}, "URL"},
        BadCall{"ALineEndInTheUrl", {.url = "http://127.0.0.1/\r\nX-Token: " + kSecret}, "URL"},
        BadCall{"AZeroInTheUrl", {.url = std::string("http://127.0.0.1/\0", 18) + kSecret}, "URL"},
        BadCall{"ABadMethod", {.method = "GET / HTTP/1.1\r\nX:", .url = "http://127.0.0.1/"}, "method"},
        BadCall{"ABadHeaderName", {.url = "http://127.0.0.1/", .headers = {{"A: b\r\nC", "d"}}}, "header"},
        BadCall{"ABadHeaderValue",
                {.url = "http://127.0.0.1/", .headers = {{"A", "b\r\nC: " + kSecret}}},
                "header"},
        BadCall{
            "ASecretWithALineEnd",
            {.url = "http://127.0.0.1/", .secret_header = "PRIVATE-TOKEN", .secret = Secret{kSecret + "\n"}},
            "secret"},
        BadCall{"ASecretWithoutAHeader", {.url = "http://127.0.0.1/", .secret = Secret{kSecret}}, "secret"}),
    [](const auto& each) { return std::string(each.param.name); });

// A server whose "/away" leads to `target` and everything else to "arrived".
std::function<void(RawSocket&)> leading_to(std::string target, std::string* last_request = nullptr) {
  return [=](RawSocket& socket) {
    for (std::string head; !(head = request_of(socket)).empty();) {
      if (last_request != nullptr) *last_request = head;
      socket.send(head.find(" /away") != std::string::npos
                      ? "HTTP/1.1 302 Found\r\nLocation: " + target + "\r\nContent-Length: 4\r\n\r\ngone"
                      : ok("arrived"));
    }
  };
}

TEST_F(Client, FollowsARedirectToTheSameServerWithItsSecret) {
  std::string last_request;
  {
    RawServer server(leading_to("/here?page=2", &last_request));
    const auto reply =
        fetch({.url = server.url() + "/away", .secret_header = "PRIVATE-TOKEN", .secret = Secret{kSecret}});
    ASSERT_TRUE(reply) << described(reply);
    EXPECT_EQ(reply->body, "arrived");
    EXPECT_EQ(reply->status, 200);
  }
  EXPECT_NE(last_request.find("GET /here?page=2 "), std::string::npos);
  EXPECT_NE(last_request.find(kSecret), std::string::npos);
}

TEST_F(Client, NeverGoesToAnotherServer) {
  RawServer other(always(ok("stolen")));
  for (const std::string& target :
       {"http://127.0.0.1:" + other.port() + "/?t=" + kSecret, "http://localhost:" + other.port() + "/",
        "https://127.0.0.1:" + other.port() + "/", "http://me:pass@127.0.0.1:" + other.port() + "/",
        "//127.0.0.1:" + other.port() + "/", std::string("file:///etc/passwd")}) {
    SCOPED_TRACE(target);
    RawServer server(leading_to(target));
    const auto outcome =
        fetch({.url = server.url() + "/away", .secret_header = "PRIVATE-TOKEN", .secret = Secret{kSecret}});
    ASSERT_FALSE(outcome) << described(outcome);
    EXPECT_EQ(outcome.error().code, Errc::invalid_argument) << outcome.error().message;
    EXPECT_NE(outcome.error().message.find("redirected to"), std::string::npos) << outcome.error().message;
    EXPECT_EQ(outcome.error().message.find(kSecret), std::string::npos) << outcome.error().message;
    EXPECT_EQ(outcome.error().message.find("pass"), std::string::npos) << outcome.error().message;
  }
  EXPECT_EQ(other.accepted(), 0);
}

TEST_F(Client, ARedirectToTheSamePortOfAnotherNameIsAnotherServer) {
  std::string target;
  RawServer server([&](RawSocket& socket) { leading_to(target)(socket); });
  target = "http://localhost:" + server.port() + "/";
  EXPECT_FALSE(fetch({.url = server.url() + "/away"}));
}

TEST_F(Client, FollowsNoCircle) {
  int asked = 0;
  {
    RawServer server([&](RawSocket& socket) {
      while (!request_of(socket).empty()) {
        ++asked;
        socket.send("HTTP/1.1 301 Moved\r\nLocation: /away\r\nContent-Length: 0\r\n\r\n");
      }
    });
    const auto outcome = fetch({.url = server.url() + "/away"});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::invalid_argument);
  }
  EXPECT_EQ(asked, 4);
}

TEST_F(Client, ARedirectOfAPostIsAnError) {
  RawServer server(leading_to("/here"));
  const auto outcome = fetch({.method = "POST", .url = server.url() + "/away"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::invalid_argument);
}

TEST_F(Client, ARedirectWithoutATargetIsAReply) {
  RawServer server(always("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"));
  const auto reply = fetch({.url = server.url()});
  ASSERT_TRUE(reply) << described(reply);
  EXPECT_EQ(reply->status, 302);
}

// Holds the connection until the other side closes it.
void keep_silent(RawSocket& socket) {
  (void)socket.receive_all();
}

TEST_F(Client, NoReplyInTimeIsATimeOut) {
  RawServer server(keep_silent);
  const auto start = Clock::now();
  const auto outcome = fetch({.url = server.url(), .time_limit = 150ms});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::timed_out) << outcome.error().message;
  EXPECT_GE(Clock::now() - start, 140ms);
  EXPECT_LT(Clock::now() - start, 5s);
}

TEST_F(Client, ADrippingBodyIsATimeOut) {
  RawServer server([](RawSocket& socket) {
    (void)request_of(socket);
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while (!socket.is_closed_within(10ms) && socket.send("x")) {
    }
  });
  const auto outcome = fetch({.url = server.url(), .time_limit = 150ms});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::timed_out) << outcome.error().message;
}

TEST_F(Client, ManyRedirectsShareOneTimeLimit) {
  RawServer server([](RawSocket& socket) {
    while (!request_of(socket).empty() && !socket.is_closed_within(120ms)) {
      socket.send("HTTP/1.1 301 Moved\r\nLocation: /away\r\nContent-Length: 0\r\n\r\n");
    }
  });
  const auto outcome = fetch({.url = server.url() + "/away", .time_limit = 200ms});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::timed_out) << outcome.error().message;
}

TEST_F(Client, TheDeadlineEndsAllCallsAlsoThoseThatWait) {
  RawServer server(keep_silent);
  auto client = HttpClient::make({.at_once = 2});
  ASSERT_TRUE(client);
  int timed_out = 0;
  for (int number = 0; number < 5; ++number) {
    (*client)->begin({.url = server.url(), .time_limit = 1min}, [&](const Result<HttpReply>& outcome) {
      if (!outcome && outcome.error().code == Errc::timed_out) ++timed_out;
    });
  }
  (*client)->run_until(wall_clock() + 100ms);
  EXPECT_EQ(timed_out, 5);
  EXPECT_LE(server.accepted(), 2);
}

TEST_F(Client, AStopEndsAllCallsAtOnceAndEveryLaterOne) {
  const UniqueFd stop{::eventfd(0, EFD_CLOEXEC)};
  std::atomic<Clock::time_point> stopped_at{};
  RawServer server([&](RawSocket& socket) {
    (void)request_of(socket);
    stopped_at = Clock::now();
    ::eventfd_write(stop.get(), 1);
    keep_silent(socket);
  });
  auto client = HttpClient::make({.stop_fd = stop.get()});
  ASSERT_TRUE(client);
  const auto outcome = fetch(**client, {.url = server.url(), .time_limit = 1min});
  EXPECT_LT(Clock::now() - stopped_at.load(), 500ms);  // well under the longest poll
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::unavailable);
  EXPECT_NE(outcome.error().message.find("stopping"), std::string::npos) << outcome.error().message;
  eventfd_t taken = 0;
  ::eventfd_read(stop.get(), &taken);
  const auto later = fetch(**client, {.url = server.url(), .time_limit = 1min});
  ASSERT_FALSE(later);
  EXPECT_NE(later.error().message.find("stopping"), std::string::npos) << later.error().message;
  EXPECT_EQ(server.accepted(), 1);
}

TEST_F(Client, KeepsItsConnection) {
  RawServer server([](RawSocket& socket) {
    while (!request_of(socket).empty()) socket.send(ok("x"));
  });
  auto client = HttpClient::make({});
  ASSERT_TRUE(client);
  for (int number = 0; number < 10; ++number) ASSERT_TRUE(fetch(**client, {.url = server.url()}));
  EXPECT_EQ(server.accepted(), 1);
}

TEST_F(Client, AKeptConnectionThatTheServerClosedIsMadeAnew) {
  RawServer server(always(ok("x")));  // closes after each reply without saying so
  auto client = HttpClient::make({});
  ASSERT_TRUE(client);
  for (int number = 0; number < 5; ++number) ASSERT_TRUE(fetch(**client, {.url = server.url()}));
}

TEST_F(Client, ACallMayBeginAnother) {
  RawServer server(always(ok("x")));
  auto client = HttpClient::make({.at_once = 1});
  ASSERT_TRUE(client);
  int over = 0;
  std::function<void(const Result<HttpReply>&)> again = [&](const Result<HttpReply>& reply) {
    ASSERT_TRUE(reply);
    if (++over < 7) (*client)->begin({.url = server.url()}, again);
  };
  (*client)->begin({.url = server.url()}, again);
  (*client)->run_until(wall_clock() + 30s);
  EXPECT_EQ(over, 7);
}

TEST_F(Client, RefusedCallsDoNotHoldUpTheOthers) {
  RawServer server(always(ok("x")));
  auto client = HttpClient::make({.at_once = 1});
  ASSERT_TRUE(client);
  std::string order;
  for (const std::string& url :
       {std::string("ftp://x/"), server.url(), std::string("ftp://x/"), server.url()}) {
    (*client)->begin({.url = url}, [&](const Result<HttpReply>& reply) { order += reply ? "+" : "-"; });
  }
  (*client)->run_until(wall_clock() + 30s);
  EXPECT_EQ(order.size(), 4U);
  EXPECT_EQ(std::ranges::count(order, '+'), 2);
}

// Sets a variable of the environment for the time of a test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { ::unsetenv(name_); }

 private:
  const char* name_;
};

TEST_F(Client, UsesTheProxyOfTheEnvironment) {
  std::string seen;
  {
    RawServer proxy([&](RawSocket& socket) {
      seen = request_of(socket);
      socket.send(ok("by proxy"));
    });
    const Variable set("http_proxy", proxy.url());
    const auto reply = fetch({.url = "http://gitlab.invalid/api"});
    ASSERT_TRUE(reply) << described(reply);
    EXPECT_EQ(reply->body, "by proxy");
  }
  EXPECT_TRUE(seen.starts_with("GET http://gitlab.invalid/api ")) << seen;
}

TEST_F(Client, AProxyForTlsNeverSeesTheSecret) {
  std::string seen;
  {
    RawServer proxy([&](RawSocket& socket) {
      seen = request_of(socket);
      socket.send("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    });
    const Variable set("https_proxy", proxy.url());
    const auto outcome = fetch(
        {.url = "https://gitlab.invalid/api", .secret_header = "PRIVATE-TOKEN", .secret = Secret{kSecret}});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::unavailable) << outcome.error().message;
  }
  EXPECT_TRUE(seen.starts_with("CONNECT gitlab.invalid:443 ")) << seen;
  EXPECT_EQ(seen.find(kSecret), std::string::npos) << seen;
}

TEST_F(Client, IsNotMadeWithoutItsCertificates) {
  const auto client = HttpClient::make({.ca_file = "/nowhere/ca.pem"});
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, Errc::not_found);
  EXPECT_FALSE(HttpClient::make({.at_once = 0}));
}

}  // namespace
}  // namespace runneriq::platform
