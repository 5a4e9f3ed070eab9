// The server with our client, and with clients that no library would write.
#include "platform/files.hpp"
#include "platform/http_server.hpp"
#include "tests/support/http_fetch.hpp"
#include "tests/support/raw_socket.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <stdexcept>

namespace runneriq::platform {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Answer = HttpServer::Answer;

// Says what it was asked.
void echo(const ServedRequest& request, const Answer& answer) {
  answer({.headers = {{"X-Method", request.method}}, .body = request.target + "|" + request.body});
}

std::unique_ptr<HttpServer> start(HttpServer::Handler handler, HttpServerSettings settings = {}) {
  auto server = HttpServer::start(std::move(settings), std::move(handler));
  EXPECT_TRUE(server) << server.error().message;
  return server ? std::move(*server) : nullptr;
}

std::string talk(const HttpServer& server, const std::string& request) {
  RawSocket socket = RawSocket::connect(server.address());
  socket.send(request);
  return socket.receive_all();
}

std::string chunk(std::size_t size) {
  char length[16];
  std::snprintf(length, sizeof length, "%zx\r\n", size);
  return length + std::string(size, 'x') + "\r\n";
}

TEST(HttpServer, AnswersManyCallsAtOnce) {
  const auto server = start(echo);
  auto client = HttpClient::make({});
  ASSERT_TRUE(client);
  int right = 0;
  for (int number = 0; number < 100; ++number) {
    const std::string target = "/a?n=" + std::to_string(number);
    (*client)->begin({.method = "POST", .url = server->address() + target, .body = "body"},
                     [&right, target](const Result<HttpReply>& reply) {
                       if (reply && reply->body == target + "|body" && reply->header("x-method") == "POST")
                         ++right;
                     });
  }
  (*client)->run_until(wall_clock() + 30s);
  EXPECT_EQ(right, 100);
}

struct Exchange {
  const char* name;
  std::string request;
  std::string begin;     // of the reply
  std::string contains;  // the reply
  std::string lacks;
};

class Serving : public testing::TestWithParam<Exchange> {};

TEST_P(Serving, GivesTheReplyThatTheRequestDeserves) {
  const auto server = start(echo, {.largest_body = 1000, .largest_header = 2000});
  const std::string reply = talk(*server, GetParam().request);
  EXPECT_TRUE(reply.starts_with(GetParam().begin)) << reply;
  EXPECT_NE(reply.find(GetParam().contains), std::string::npos) << reply;
  if (!GetParam().lacks.empty()) {
    EXPECT_EQ(reply.find(GetParam().lacks), std::string::npos) << reply;
  }
}

const std::string kClose = "Connection: close\r\n";

INSTANTIATE_TEST_SUITE_P(
    Of, Serving,
    testing::Values(
        Exchange{"AnOrdinaryOne", "GET /x HTTP/1.1\r\nHost: a\r\n" + kClose + "\r\n", "HTTP/1.1 200 OK\r\n",
                 "Content-Length: 3\r\n", ""},
        Exchange{"Head", "HEAD /x HTTP/1.1\r\nHost: a\r\n" + kClose + "\r\n", "HTTP/1.1 200 OK\r\n",
                 "Content-Length: 3\r\n", "/x|"},
        Exchange{"TheOldVersion", "GET /x HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK\r\n", "/x|", ""},
        Exchange{"TwoInOneBreath",
                 "POST /1 HTTP/1.1\r\nContent-Length: 3\r\n\r\noneGET /2 HTTP/1.1\r\n" + kClose + "\r\n",
                 "HTTP/1.1 200 OK\r\n", "/1|oneHTTP/1.1 200 OK\r\n", ""},
        Exchange{"AChunkedBody",
                 "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + kClose +
                     "\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n",
                 "HTTP/1.1 200 OK\r\n", "/x|abcde", ""},
        Exchange{"ABodyOfTheLargestSize",
                 "POST /x HTTP/1.1\r\nContent-Length: 1000\r\n" + kClose + "\r\n" + std::string(1000, 'x'),
                 "HTTP/1.1 200 OK\r\n", "", ""},
        Exchange{"OneThatAsksWhetherItMayGoOn",
                 "POST /x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n" + kClose + "\r\nab",
                 "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n", "/x|ab", ""},
        Exchange{"ALargeBody", "POST /x HTTP/1.1\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x'),
                 "HTTP/1.1 413 ", "Connection: close\r\n", ""},
        Exchange{"ALargeBodyThatIsNeverSent",
                 "POST /x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 99999999999\r\n\r\n",
                 "HTTP/1.1 413 ", "", "100 Continue"},
        Exchange{"ALargeChunk",
                 "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(5000) + "0\r\n\r\n",
                 "HTTP/1.1 413 ", "", ""},
        Exchange{
            "ManyChunks",
            "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(400) + chunk(400) + chunk(400),
            "HTTP/1.1 413 ", "", ""},
        Exchange{"ALargeHeader", "GET /x HTTP/1.1\r\nX-Long: " + std::string(3000, 'x') + "\r\n\r\n",
                 "HTTP/1.1 431 ", "Connection: close\r\n", ""},
        Exchange{"ALongTarget", "GET /" + std::string(3000, 'x') + " HTTP/1.1\r\n\r\n", "HTTP/1.1 431 ", "",
                 ""},
        Exchange{"NoHttp", "hello\r\n\r\n", "HTTP/1.1 400 ", "Connection: close\r\n", ""},
        Exchange{"Tls", std::string("\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n", 15),
                 "HTTP/1.1 400 ", "", ""},
        Exchange{"TwoLengths", "POST /x HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
                 "HTTP/1.1 400 ", "", ""},
        Exchange{"ALengthAndChunks",
                 "POST /x HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                 "HTTP/1.1 400 ", "", ""},
        Exchange{"ANegativeLength", "POST /x HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 400 ", "",
                 ""},
        Exchange{"AnEncodingThatNobodyKnows",
                 "POST /x HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nGET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ",
                 "", "200"},
        Exchange{"ABadChunk", "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 400 ",
                 "", ""}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(HttpServer, HeadersComeInLowerCase) {
  const auto server = start([](const ServedRequest& request, const Answer& answer) {
    answer(
        {.body = std::string(request.header("private-token")) + "|" + std::string(request.header("absent"))});
  });
  const std::string reply = talk(*server, "GET / HTTP/1.1\r\nPRIVATE-Token:  abc \r\n" + kClose + "\r\n");
  EXPECT_TRUE(reply.ends_with("\r\n\r\nabc|")) << reply;
}

struct Faulty {
  const char* name;
  HttpServer::Handler handler;
  int status;
};

class Fault : public testing::TestWithParam<Faulty> {};

TEST_P(Fault, OfAHandlerIsA500AndTheServerGoesOn) {
  const auto server = start(GetParam().handler);
  for (int number = 0; number < 2; ++number) {
    const auto reply = fetch({.url = server->address()});
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->status, GetParam().status);
    EXPECT_EQ(reply->body.find("secret"), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Such, Fault,
    testing::Values(Faulty{"AsNoAnswer", [](const ServedRequest&, const Answer&) {}, 500},
                    Faulty{"AsAnException",
                           [](const ServedRequest&, const Answer&) { throw std::runtime_error("secret"); },
                           500},
                    Faulty{"AsAHeaderWithALineEnd",
                           [](const ServedRequest&, const Answer& answer) {
                             answer({.headers = {{"A", "b\r\nX: secret"}}});
                           },
                           500},
                    Faulty{"AsAHeaderThatFrames",
                           [](const ServedRequest&, const Answer& answer) {
                             answer({.headers = {{"Content-Length", "3"}}});
                           },
                           500},
                    Faulty{"AsAnOddStatus",
                           [](const ServedRequest&, const Answer& answer) { answer({.status = 99}); }, 500},
                    Faulty{"AsTwoAnswers",
                           [](const ServedRequest&, const Answer& answer) {
                             answer({.status = 404});
                             answer({.status = 500});
                           },
                           404}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(HttpServer, AnEmptyReplyHasNoLength) {
  const auto server =
      start([](const ServedRequest&, const Answer& answer) { answer({.status = 204, .body = "x"}); });
  const std::string reply = talk(*server, "GET / HTTP/1.1\r\n" + kClose + "\r\n");
  EXPECT_TRUE(reply.starts_with("HTTP/1.1 204 No Content\r\n")) << reply;
  EXPECT_EQ(reply.find("Content-Length"), std::string::npos) << reply;
  EXPECT_TRUE(reply.ends_with("\r\n\r\n")) << reply;
}

TEST(HttpServer, AnswersLaterAndOthersMeanwhile) {
  HttpServer* running = nullptr;
  std::atomic<int> waiting = 0;
  const auto server = start([&](const ServedRequest& request, const Answer& answer) {
    if (request.target != "/late") return answer({.body = "at once"});
    ++waiting;
    running->after(100ms, [answer] { answer({.body = "late"}); });
  });
  running = server.get();
  auto late = std::async(std::launch::async, [&] { return fetch({.url = server->address() + "/late"}); });
  ASSERT_TRUE(wait_until([&] { return waiting == 1; }));
  const auto other = fetch({.url = server->address()});
  ASSERT_TRUE(other);
  EXPECT_EQ(other->body, "at once");
  const auto reply = late.get();
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->body, "late");
}

TEST(HttpServer, ServesTheClientFirstComeFirstServedAndNeverMoreThanItsLimit) {
  HttpServer* running = nullptr;
  std::mutex guard;
  std::string order;
  int open = 0, most = 0;
  const auto server = start([&](const ServedRequest& request, const Answer& answer) {
    const std::scoped_lock lock(guard);
    order += request.target.back();
    most = std::max(most, ++open);
    running->after(5ms, [&, answer] {
      const std::scoped_lock lock_again(guard);
      --open;
      answer({});
    });
  });
  running = server.get();
  auto client = HttpClient::make({.at_once = 1});
  auto three = HttpClient::make({.at_once = 3});
  ASSERT_TRUE(client && three);
  for (const char letter : std::string("abcdefghij")) {
    (*client)->begin({.url = server->address() + "/" + letter},
                     [](const Result<HttpReply>& reply) { EXPECT_TRUE(reply); });
    (*three)->begin({.url = server->address() + "/" + letter},
                    [](const Result<HttpReply>& reply) { EXPECT_TRUE(reply); });
  }
  (*client)->run_until(wall_clock() + 30s);
  EXPECT_EQ(order, "abcdefghij");
  EXPECT_EQ(most, 1);
  (*three)->run_until(wall_clock() + 30s);
  EXPECT_EQ(most, 3);
}

TEST(HttpServer, ARequestThatDripsIsDroppedAndDelaysNobody) {
  const auto server = start(echo, {.request_limit = 300ms});
  RawSocket slow = RawSocket::connect(server->address());
  const auto start_of_it = Clock::now();
  ASSERT_TRUE(slow.send("GET / HTTP/1.1\r\n"));
  while (!slow.is_closed_within(20ms) && Clock::now() - start_of_it < 20s) {
    (void)slow.send("X");
    ASSERT_TRUE(fetch({.url = server->address()}));
  }
  EXPECT_GE(Clock::now() - start_of_it, 290ms);
  EXPECT_LT(Clock::now() - start_of_it, 10s);
}

TEST(HttpServer, AConnectionThatAsksNothingIsClosed) {
  const auto server = start(echo, {.idle_limit = 200ms, .request_limit = 300ms});
  RawSocket fresh = RawSocket::connect(server->address());
  RawSocket used = RawSocket::connect(server->address());
  used.send("GET / HTTP/1.1\r\n\r\n");
  (void)used.receive_until("/|");
  EXPECT_TRUE(used.is_closed_within(10s));
  EXPECT_TRUE(fresh.is_closed_within(10s));
}

TEST(HttpServer, AClientThatReadsNothingDelaysNobodyAndIsDropped) {
  const auto server =
      start([](const ServedRequest&, const Answer& answer) { answer({.body = std::string(32 << 20, 'x')}); },
            {.idle_limit = 300ms});
  RawSocket stuck = RawSocket::connect(server->address());
  stuck.send("GET / HTTP/1.1\r\n\r\n");
  const auto other = fetch({.url = server->address(), .largest_reply = 64 << 20});
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_EQ(other->body.size(), std::size_t{32} << 20);
  ASSERT_TRUE(wait_until([&] { return ::send(stuck.fd(), "x", 1, MSG_NOSIGNAL) < 0; }));
  EXPECT_LT(stuck.receive_all().size(), std::size_t{32} << 20);
}

TEST(HttpServer, ResetsAConnectionWhereItIsTold) {
  const auto server = start([](const ServedRequest&, const Answer& answer) {
    answer({.body = "0123456789", .delivery = {.reset_after = 4}});
  });
  RawSocket socket = RawSocket::connect(server->address());
  socket.send("GET / HTTP/1.1\r\n\r\n");
  const std::string reply = socket.receive_all();
  EXPECT_TRUE(socket.ended_by_reset());
  EXPECT_TRUE(reply.empty() || reply.ends_with("\r\n\r\n0123")) << reply;
  const auto outcome = fetch({.url = server->address()});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::unavailable) << outcome.error().message;
}

TEST(HttpServer, SlowsABodyDownAsItIsTold) {
  const auto server = start([](const ServedRequest&, const Answer& answer) {
    answer({.body = std::string(500, 'x'), .delivery = {.bytes_per_second = 2000}});
  });
  const auto before = Clock::now();
  const auto reply = fetch({.url = server->address()});
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->body, std::string(500, 'x'));
  EXPECT_GE(Clock::now() - before, 190ms);
  EXPECT_LT(Clock::now() - before, 10s);
}

TEST(HttpServer, TakesNoMoreConnectionsThanAllowed) {
  const auto server = start(echo, {.most_connections = 2});
  std::vector<RawSocket> open;
  for (int number = 0; number < 2; ++number) {
    open.push_back(RawSocket::connect(server->address()));
    open.back().send("GET / HTTP/1.1\r\n\r\n");
    (void)open.back().receive_until("/|");
  }
  EXPECT_TRUE(RawSocket::connect(server->address()).receive_all().starts_with("HTTP/1.1 503 "));
  open.clear();
  EXPECT_TRUE(
      wait_until([&] { return fetch({.url = server->address()}).value_or(HttpReply{}).status == 200; }));
}

class UnixSocket : public testing::Test {
 protected:
  [[nodiscard]] std::string address() const { return "unix:" + path; }
  TemporaryFolder folder;
  std::string path = folder.path() + "/http.sock";
};

TEST_F(UnixSocket, ServesForItsGroupOnlyAndIsGoneAtTheEnd) {
  const ::mode_t before = ::umask(0077);
  {
    const auto server = start(echo, {.listen = address()});
    ::umask(before);
    ASSERT_EQ(server->address(), address());
    struct stat found {};
    ASSERT_EQ(::stat(path.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0660U);
    EXPECT_TRUE(talk(*server, "GET /x HTTP/1.1\r\n" + kClose + "\r\n").ends_with("/x|"));
  }
  EXPECT_FALSE(exists(path));
}

TEST_F(UnixSocket, IsMadeAnewWhereOneWasLeftBehind) {
  {
    const UniqueFd left{::socket(AF_UNIX, SOCK_STREAM, 0)};
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    path.copy(at.sun_path, sizeof at.sun_path - 1);
    ASSERT_EQ(::bind(left.get(), reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
  }
  const auto server = start(echo, {.listen = address()});
  ASSERT_NE(server, nullptr);
  EXPECT_TRUE(talk(*server, "GET /x HTTP/1.1\r\n" + kClose + "\r\n").ends_with("/x|"));
}

TEST_F(UnixSocket, IsNotTakenFromAServerThatListens) {
  const auto first = start(echo, {.listen = address()});
  const auto second = HttpServer::start({.listen = address()}, echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::unavailable);
  EXPECT_TRUE(talk(*first, "GET /x HTTP/1.1\r\n" + kClose + "\r\n").ends_with("/x|"));
}

TEST_F(UnixSocket, NeverReplacesAFile) {
  ASSERT_TRUE(replace_file(path, "precious"));
  EXPECT_FALSE(HttpServer::start({.listen = address()}, echo));
  EXPECT_EQ(read_file(path, 100).value_or(""), "precious");
}

TEST(HttpServer, SaysWhyItCannotListen) {
  for (const std::string& listen :
       {std::string("localhost:80"), std::string("127.0.0.1"), std::string("127.0.0.1:70000"),
        std::string("127.0.0.1:x"), std::string("::1:80"), std::string("[::1]"), std::string(""),
        std::string("unix:"), std::string("unix:relative"), "unix:/" + std::string(200, 'x')}) {
    const auto server = HttpServer::start({.listen = listen}, echo);
    ASSERT_FALSE(server) << listen;
    EXPECT_EQ(server.error().code, Errc::invalid_argument) << listen << ": " << server.error().message;
  }
  const auto first = start(echo);
  const auto taken = HttpServer::start({.listen = first->address().substr(7)}, echo);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Errc::unavailable);
  const auto nowhere = HttpServer::start({.listen = "unix:/nowhere/http.sock"}, echo);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, Errc::unavailable);
}

TEST(HttpServer, ListensOnVersionSix) {
  const auto server = HttpServer::start({.listen = "[::1]:0"}, echo);
  if (!server) GTEST_SKIP() << "no IPv6 here: " << server.error().message;
  EXPECT_TRUE((*server)->address().starts_with("http://[::1]:"));
  EXPECT_TRUE(fetch({.url = (*server)->address()}));
}

TEST(HttpServer, EndsWithWorkUnderWay) {
  Answer kept;
  std::atomic<int> asked = 0;
  HttpServer* running = nullptr;
  auto server = start([&](const ServedRequest& request, const Answer& answer) {
    if (request.target == "/kept") kept = answer;
    if (request.target == "/slow")
      answer({.body = std::string(1000, 'x'), .delivery = {.bytes_per_second = 1}});
    if (request.target == "/later") running->after(1h, [answer] { answer({}); });
    ++asked;
  });
  running = server.get();
  std::vector<RawSocket> open;
  for (const std::string target : {"/kept", "/slow", "/later"}) {
    open.push_back(RawSocket::connect(server->address()));
    open.back().send("GET " + target + " HTTP/1.1\r\n\r\n");
  }
  open.push_back(RawSocket::connect(server->address()));
  ASSERT_TRUE(wait_until([&] { return asked == 3; }));
  const auto before = Clock::now();
  server.reset();
  EXPECT_LT(Clock::now() - before, 5s);
  for (RawSocket& each : open) EXPECT_TRUE(each.receive_all().size() < 1000);
  kept({.body = "too late"});
}

TEST(HttpServer, RunsWorkAfterADelayFromAnyThreadAndSurvivesWhatItThrows) {
  const auto server = start(echo);
  std::atomic<int> done = 0;
  std::vector<std::thread> threads;
  for (int number = 0; number < 4; ++number) {
    threads.emplace_back([&] {
      for (int count = 0; count < 50; ++count) server->after(Duration{count % 5}, [&] { ++done; });
      server->after(0ms, [] { throw std::runtime_error("a fault"); });
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_TRUE(wait_until([&] { return done == 200; }));
  EXPECT_TRUE(fetch({.url = server->address()}));
}

TEST(HttpServer, LeavesNoDescriptorBehindOnEitherSide) {
  const auto open_files = [] { return names_in("/proc/self/fd").size(); };
  const auto server = start([](const ServedRequest& request, const Answer& answer) {
    if (request.target == "/reset") return answer({.body = "abc", .delivery = {.reset_after = 1}});
    if (request.target != "/none") answer({.body = "x"});
  });
  const std::size_t before = open_files();
  for (int round = 0; round < 50; ++round) {
    auto client = HttpClient::make({});
    ASSERT_TRUE(client);
    for (const char* const target :
         {"/", "/a", "/reset", "/none", "/b", "/reset", "/c", "/d", "/reset", "/e"}) {
      (*client)->begin({.url = server->address() + target}, [](const Result<HttpReply>&) {});
    }
    (*client)->run_until(wall_clock() + 30s);
  }
  EXPECT_TRUE(wait_until([&] { return open_files() <= before; })) << before << " became " << open_files();
}

}  // namespace
}  // namespace runneriq::platform
