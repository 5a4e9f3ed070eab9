// What a service asks of the server: callers that are known, TLS, sockets from outside, answers from other
// threads, clients that go away, and many that do nothing.
#include "platform/files.hpp"
#include "platform/http_head.hpp"
#include "platform/http_server.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/http_fetch.hpp"
#include "tests/support/raw_socket.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <thread>

namespace runneriq::platform {
namespace {

using namespace std::chrono_literals;
using Answer = HttpServer::Answer;
using Kind = ServedConnection::Kind;

const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string kLastGet = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

void hello(const ServedRequest&, const Answer& answer) {
  answer({.body = "hello"});
}

std::unique_ptr<HttpServer> start(HttpServer::Handler handler, HttpServerSettings settings = {}) {
  auto server = HttpServer::start(std::move(settings), std::move(handler));
  EXPECT_TRUE(server) << server.error().message;
  return server ? std::move(*server) : nullptr;
}

std::string talk(const std::string& address, const std::string& request) {
  RawSocket socket = RawSocket::connect(address);
  socket.send(request);
  return socket.receive_all();
}

// Keeps the answers that it does not give.
class Kept {
 public:
  void keep(const Answer& answer) {
    const std::scoped_lock lock(mutex_);
    answers_.push_back(answer);
  }
  [[nodiscard]] std::size_t size() const {
    const std::scoped_lock lock(mutex_);
    return answers_.size();
  }
  [[nodiscard]] Answer at(std::size_t number) const {
    const std::scoped_lock lock(mutex_);
    return answers_.at(number);
  }
  void drop_all() {
    const std::scoped_lock lock(mutex_);
    answers_.clear();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Answer> answers_;
};

class Service : public testing::Test {
 protected:
  [[nodiscard]] std::string in(const std::string& name) const { return folder.path() + "/" + name; }
  [[nodiscard]] std::string unix_address() const { return "unix:" + in("http.sock"); }
  [[nodiscard]] HttpServer::Handler keeping() {
    return [this](const ServedRequest& request, const Answer& answer) {
      if (request.target == "/now") return answer({.body = "now"});
      kept.keep(answer);
    };
  }
  TemporaryFolder folder;
  Kept kept;
};

// ---- who called, and how

std::string described(const ServedConnection& from) {
  const std::string kind = from.kind == Kind::tcp ? "tcp" : from.kind == Kind::tls ? "tls" : "unix";
  const std::string place = from.loopback ? " loopback" : "";
  if (!from.peer) return kind + place;
  return kind + place + " " + std::to_string(from.peer->uid) + " " + std::to_string(from.peer->gid) + " " +
         std::to_string(from.peer->pid);
}

void tell_connection(const ServedRequest& request, const Answer& answer) {
  answer({.body = described(request.connection)});
}

TEST_F(Service, KnowsHowARequestCameInAndFromWhomOnOneThread) {
  const auto server = start(tell_connection, {.listeners = {{.address = unix_address()}, {}}});
  ASSERT_EQ(server->addresses().size(), 2U);
  EXPECT_EQ(server->address(), unix_address());
  const std::string me =
      std::to_string(::getuid()) + " " + std::to_string(::getgid()) + " " + std::to_string(::getpid());
  EXPECT_TRUE(talk(unix_address(), kLastGet).ends_with("\r\nunix " + me));
  EXPECT_TRUE(talk(server->addresses()[1], kLastGet).ends_with("\r\ntcp loopback"));
}

TEST_F(Service, KnowsTheFurtherGroupsOfAPeer) {
  std::vector<gid_t> mine(256);
  mine.resize(static_cast<std::size_t>(std::max(::getgroups(256, mine.data()), 0)));
  std::vector<std::uint32_t> told;
  const auto server = start(
      [&](const ServedRequest& request, const Answer& answer) {
        told = request.connection.peer->groups;
        answer({});
      },
      {.listen = unix_address()});
  (void)talk(unix_address(), kLastGet);
  EXPECT_EQ(told, std::vector<std::uint32_t>(mine.begin(), mine.end()));
}

TEST_F(Service, AUnixSocketHasTheModeAndTheGroupThatAreAskedFor) {
  const bool root = ::geteuid() == 0;
  const std::uint32_t group = root ? 12345 : ::getegid();
  const auto server =
      start(hello, {.listeners = {{.address = unix_address(), .socket_mode = 0606, .socket_group = group}}});
  struct stat found {};
  ASSERT_EQ(::stat(in("http.sock").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0606U);
  EXPECT_EQ(found.st_gid, group);
}

// ---- sockets from outside

UniqueFd stream_socket(int family) {
  return UniqueFd{::socket(family, SOCK_STREAM, 0)};
}

TEST_F(Service, ServesOnASocketThatListensAlreadyAndLeavesItsPath) {
  UniqueFd given = stream_socket(AF_UNIX);
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  in("http.sock").copy(at.sun_path, sizeof at.sun_path - 1);
  ASSERT_EQ(::bind(given.get(), reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
  ASSERT_EQ(::listen(given.get(), 5), 0);
  {
    const int number = given.release();
    const auto server = start(tell_connection, {.listeners = {{.descriptor = number}}});
    ASSERT_NE(server, nullptr);
    EXPECT_EQ(server->address(), unix_address());
    EXPECT_NE(::fcntl(number, F_GETFD) & FD_CLOEXEC, 0);
    EXPECT_NE(talk(unix_address(), kLastGet).find("\r\nunix "), std::string::npos);
  }
  EXPECT_TRUE(exists(in("http.sock")));
}

TEST_F(Service, ServesOnATcpSocketThatListensAlready) {
  UniqueFd given = stream_socket(AF_INET);
  ASSERT_EQ(::listen(given.get(), 5), 0);  // on a port of the kernel's choice
  const auto server = start(tell_connection, {.listeners = {{.descriptor = given.release()}}});
  ASSERT_NE(server, nullptr);
  EXPECT_TRUE(server->address().starts_with("http://0.0.0.0:"));
  EXPECT_TRUE(talk(server->address(), kLastGet).ends_with("tcp loopback"));
}

TEST_F(Service, RefusesADescriptorThatCannotBeServedOnAndLeavesItOpen) {
  const UniqueFd file{::open("/dev/null", O_RDONLY)};
  const UniqueFd silent = stream_socket(AF_INET);
  const UniqueFd datagrams{::socket(AF_UNIX, SOCK_DGRAM, 0)};
  for (const int fd : {file.get(), silent.get(), datagrams.get(), 9999, -1}) {
    const auto server = HttpServer::start({.listeners = {{.descriptor = fd}}}, hello);
    ASSERT_FALSE(server) << fd;
    EXPECT_EQ(server.error().code, Errc::invalid_argument) << server.error().message;
  }
  for (const int fd : {file.get(), silent.get(), datagrams.get()}) EXPECT_GE(::fcntl(fd, F_GETFD), 0);
}

TEST(ActivatedDescriptors, AreThoseForThisProcess) {
  using Numbers = std::vector<int>;
  EXPECT_EQ(activated_descriptors("42", "2", 42), (Numbers{3, 4}));
  EXPECT_EQ(activated_descriptors("42", "0", 42), Numbers{});
  EXPECT_EQ(activated_descriptors("42", "2", 43), Numbers{});
  EXPECT_EQ(activated_descriptors("", "2", 42), Numbers{});
  EXPECT_EQ(activated_descriptors("42", "", 42), Numbers{});
  EXPECT_EQ(activated_descriptors("42", "-1", 42), Numbers{});
  EXPECT_EQ(activated_descriptors("42x", "2", 42), Numbers{});
  EXPECT_EQ(activated_descriptors("42", "2x", 42), Numbers{});
  EXPECT_EQ(activated_descriptors("42", "2000000000", 42).size(), 16U);
}

// ---- TLS

class TlsService : public Service {
 protected:
  void SetUp() override {
    ::unsetenv("https_proxy");
    ::unsetenv("all_proxy");
    if (!has_openssl_command()) GTEST_SKIP() << "no openssl command here";
    ASSERT_TRUE(make_certificate(in("one")));
    ASSERT_TRUE(make_certificate(in("two")));
  }
  [[nodiscard]] HttpServerSettings settings(const std::string& certificate = "one",
                                            const std::string& key = "one") const {
    return {.request_limit = 5s,
            .listeners = {
                {.tls = TlsFiles{.certificate_chain = in(certificate + ".pem"), .key = in(key + ".key")}}}};
  }
  [[nodiscard]] std::string fails(const HttpServerSettings& with, Errc code) const {
    const auto server = HttpServer::start(with, hello);
    if (server) return "started";
    EXPECT_EQ(server.error().code, code) << server.error().message;
    return server.error().message;
  }
  // What `openssl s_client` says, with `options`, to a server that answers hello.
  [[nodiscard]] std::string client_says(const HttpServer& server, const std::string& options) const {
    const std::string where = server.address().substr(std::string("https://").size());
    const std::string command =
        "printf '" + std::string("GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n") +
        "' | timeout 20 openssl s_client -ign_eof -connect " + where + " " + options + " 2>&1";
    std::FILE* const pipe = ::popen(command.c_str(), "r");
    std::string text;
    std::array<char, 4096> block{};
    for (std::size_t count = 0; (count = std::fread(block.data(), 1, block.size(), pipe)) > 0;) {
      text.append(block.data(), count);
    }
    ::pclose(pipe);
    return text;
  }
};

TEST_F(TlsService, ServesWithItsOwnCertificate) {
  const auto server = start(
      [](const ServedRequest& request, const Answer& answer) {
        answer({.body = described(request.connection) + "|" + std::to_string(request.body.size())});
      },
      settings());
  ASSERT_TRUE(server->address().starts_with("https://127.0.0.1:"));
  auto client = HttpClient::make({.ca_file = in("one.pem")});
  ASSERT_TRUE(client);
  for (const std::size_t size : {std::size_t{0}, std::size_t{500'000}}) {
    const auto reply =
        fetch(**client, {.method = "POST", .url = server->address(), .body = std::string(size, 'x')});
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->body, "tls loopback|" + std::to_string(size));
  }
}

TEST_F(TlsService, SendsALargeBodyWhole) {
  const auto server =
      start([](const ServedRequest&, const Answer& answer) { answer({.body = std::string(8 << 20, 'x')}); },
            settings());
  const auto reply = fetch({.url = server->address(), .largest_reply = 16 << 20}, {.ca_file = in("one.pem")});
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->body, std::string(8 << 20, 'x'));
}

TEST_F(TlsService, TalksTlsFromOnePointTwoOn) {
  const auto server = start(hello, settings());
  EXPECT_NE(client_says(*server, "-tls1_2").find("hello"), std::string::npos);
  EXPECT_NE(client_says(*server, "-tls1_3").find("hello"), std::string::npos);
  EXPECT_EQ(client_says(*server, "-tls1_1 -cipher DEFAULT:@SECLEVEL=0").find("hello"), std::string::npos);
}

TEST_F(TlsService, AgreesOnHttp11AndOnNothingElse) {
  const auto server = start(hello, settings());
  EXPECT_NE(client_says(*server, "-alpn h2,http/1.1").find("ALPN protocol: http/1.1"), std::string::npos);
  EXPECT_EQ(client_says(*server, "-alpn h2").find("hello"), std::string::npos);
}

TEST_F(TlsService, APlainRequestAndSilenceAreNotServedAndDelayNobody) {
  auto with = settings();
  with.request_limit = 300ms;
  const auto server = start(hello, with);
  RawSocket silent = RawSocket::connect(server->address());
  EXPECT_EQ(talk(server->address(), kGet).find("hello"), std::string::npos);
  EXPECT_TRUE(fetch({.url = server->address()}, {.ca_file = in("one.pem")}));
  EXPECT_TRUE(silent.is_closed_within(20s));
}

TEST_F(TlsService, RefusesAKeyThatOthersMayUse) {
  for (const mode_t mode : {0644U, 0604U, 0602U, 0601U, 0620U, 0660U}) {
    ::chmod(in("one.key").c_str(), mode);
    EXPECT_NE(fails(settings(), Errc::permission).find("chmod 0600"), std::string::npos) << std::oct << mode;
  }
  for (const mode_t mode : {0600U, 0400U, 0640U}) {
    ::chmod(in("one.key").c_str(), mode);
    EXPECT_TRUE(HttpServer::start(settings(), hello)) << std::oct << mode;
  }
}

TEST_F(TlsService, SaysWhichFileCannotBeUsed) {
  EXPECT_NE(fails(settings("one", "two"), Errc::invalid_argument).find("two.key"), std::string::npos);
  EXPECT_NE(fails(settings("absent", "one"), Errc::not_found).find("absent.pem"), std::string::npos);
  EXPECT_NE(fails(settings("one", "absent"), Errc::not_found).find("absent.key"), std::string::npos);
  ASSERT_TRUE(replace_file(in("bad.pem"), "no certificate"));
  ASSERT_TRUE(replace_file(in("bad.key"), "no key: s3cret"));
  EXPECT_NE(fails(settings("bad", "one"), Errc::invalid_argument).find("bad.pem"), std::string::npos);
  EXPECT_EQ(fails(settings("one", "bad"), Errc::invalid_argument).find("s3cret"), std::string::npos);
}

TEST_F(TlsService, DoesNotAskForThePasswordOfAKey) {
  const std::string made =
      "openssl pkey -in " + in("one.key") + " -aes256 -passout pass:x -out " + in("closed.key");
  ASSERT_EQ(std::system(made.c_str()), 0);
  EXPECT_NE(fails(settings("one", "closed"), Errc::invalid_argument).find("closed.key"), std::string::npos);
}

TEST_F(TlsService, IsNothingForAUnixSocket) {
  auto with = settings();
  with.listeners[0].address = unix_address();
  EXPECT_NE(fails(with, Errc::invalid_argument).find("TCP"), std::string::npos);
}

TEST_F(TlsService, NoticesAClientThatGoes) {
  const auto server = start(keeping(), settings());
  {
    auto client = HttpClient::make({.ca_file = in("one.pem")});
    ASSERT_TRUE(client);
    (*client)->begin({.url = server->address()}, [](const Result<HttpReply>&) {});
    ASSERT_TRUE(wait_until([&] {
      (*client)->run_until(wall_clock() + 10ms);
      return kept.size() == 1;
    }));
  }
  EXPECT_TRUE(wait_until([&] { return kept.at(0).gone(); }));
}

// ---- messages that two programs could read differently

struct HeadCase {
  const char* name;
  std::string head;
};

class Ambiguous : public testing::TestWithParam<HeadCase> {};

TEST_P(Ambiguous, IsRefusedAndTheConnectionEnds) {
  std::atomic<int> served = 0;
  const auto server = start([&](const ServedRequest&, const Answer& answer) {
    ++served;
    answer({});
  });
  const std::string reply = talk(server->address(), GetParam().head + "0\r\n\r\n" + kGet);
  EXPECT_TRUE(reply.starts_with("HTTP/1.1 400 ")) << reply;
  EXPECT_EQ(reply.find("200 OK"), std::string::npos) << reply;
  EXPECT_EQ(served, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Such, Ambiguous,
    testing::Values(
        HeadCase{"TwoEqualLengths", "POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n"},
        HeadCase{"ALengthTwice", "POST / HTTP/1.1\r\nContent-Length: 5, 5\r\n\r\n"},
        HeadCase{"ALengthWithASign", "POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\n"},
        HeadCase{"ALengthInHex", "POST / HTTP/1.1\r\nContent-Length: 0x5\r\n\r\n"},
        HeadCase{"ALengthBehindChunks",
                 "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"},
        HeadCase{"ALengthBeforeChunks",
                 "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"},
        HeadCase{"ChunksOfTheOldVersion", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
        HeadCase{"ChunksThatAreNotLast", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\n"},
        HeadCase{"ALineThatGoesOn", "POST / HTTP/1.1\r\nX: a\r\n b\r\nContent-Length: 5\r\n\r\n"},
        HeadCase{"ALineThatGoesOnWithATab", "POST / HTTP/1.1\r\nX: a\r\n\tb\r\nContent-Length: 5\r\n\r\n"},
        HeadCase{"AFoldedLength", "POST / HTTP/1.1\r\nContent-Length:\r\n 5\r\n\r\n"},
        HeadCase{"ABlankBeforeTheColon", "POST / HTTP/1.1\r\nContent-Length : 5\r\n\r\n"},
        HeadCase{"ABareLineFeed", "POST / HTTP/1.1\r\nX: a\nContent-Length: 5\r\n\r\n"},
        HeadCase{"ABareReturn", "POST / HTTP/1.1\r\nX: a\rContent-Length: 5\r\n\r\n"},
        HeadCase{"AZeroByte", std::string("POST / HTTP/1.1\r\nX: a\0b\r\n\r\n", 28)},
        HeadCase{"AnEmptyLineFirst", "\r\nPOST / HTTP/1.1\r\n\r\n"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(HttpHeadScan, SaysTheSameHoweverTheBytesArrive) {
  const std::string head = "GET / HTTP/1.1\r\nA: b\r\nC:\td e\r\n\r\n", rest = "\r\n\r\nX";
  for (std::size_t first = 0; first <= head.size(); ++first) {
    HttpHeadScan scan;
    const auto early = scan.look(head.substr(0, std::min(first, head.size() - 1)));
    ASSERT_EQ(early, HttpHeadScan::Verdict::more);
    ASSERT_EQ(scan.look(head + rest), HttpHeadScan::Verdict::complete);
    EXPECT_EQ(scan.size(), head.size());
  }
}

// ---- answers from elsewhere, and clients that go

TEST_F(Service, TakesAnswersFromManyThreads) {
  const auto server = start(keeping());
  std::vector<RawSocket> clients;
  for (int number = 0; number < 64; ++number) {
    clients.push_back(RawSocket::connect(server->address()));
    clients.back().send(kLastGet);
  }
  ASSERT_TRUE(wait_until([&] { return kept.size() == 64; }));
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::size_t number = 0; number < 64; ++number) {
        if (number % 4 != thread && number % 7 != 0) continue;  // some are answered by all
        kept.at(number)({.body = "from elsewhere"});
      }
    });
  }
  for (std::thread& each : threads) each.join();
  kept.drop_all();
  for (RawSocket& each : clients) EXPECT_TRUE(each.receive_all().ends_with("\r\n\r\nfrom elsewhere"));
}

TEST_F(Service, AnAnswerDroppedOnAnotherThreadIsA500) {
  const auto server = start(keeping());
  RawSocket client = RawSocket::connect(server->address());
  client.send(kLastGet);
  ASSERT_TRUE(wait_until([&] { return kept.size() == 1; }));
  kept.drop_all();
  EXPECT_TRUE(client.receive_all().starts_with("HTTP/1.1 500 "));
}

TEST_F(Service, AnAnswerOutlivesItsServer) {
  auto server = start(keeping());
  RawSocket client = RawSocket::connect(server->address());
  client.send(kGet);
  ASSERT_TRUE(wait_until([&] { return kept.size() == 1; }));
  EXPECT_FALSE(kept.at(0).gone());
  server.reset();
  EXPECT_TRUE(kept.at(0).gone());
  kept.at(0)({.body = "too late"});
  kept.at(0).when_gone([] { ADD_FAILURE() << "of no server"; });
  kept.drop_all();
}

// Both kinds of sockets, and with a next request behind the one that waits.
struct GoneCase {
  const char* name;
  bool on_unix;
  std::string request;
};

class Gone : public Service, public testing::WithParamInterface<GoneCase> {};

TEST_P(Gone, AClientThatGoesIsToldOnceAndItsAnswerCanBeDropped) {
  const auto server = start(keeping(), {.listen = GetParam().on_unix ? unix_address() : "127.0.0.1:0"});
  std::atomic<int> told = 0;
  {
    RawSocket client = RawSocket::connect(server->address());
    client.send(GetParam().request);
    ASSERT_TRUE(wait_until([&] { return kept.size() == 1; }));
    kept.at(0).when_gone([&] { ++told; });
    EXPECT_FALSE(kept.at(0).gone());
  }
  EXPECT_TRUE(wait_until([&] { return told == 1; }));
  EXPECT_TRUE(kept.at(0).gone());
  kept.at(0).when_gone([&] { told += 10; });
  EXPECT_TRUE(wait_until([&] { return told == 11; })) << "who asks late is told, too";
  EXPECT_EQ(server->connections(), 1U);
  kept.drop_all();
  EXPECT_TRUE(wait_until([&] { return server->connections() == 0; }));
}

INSTANTIATE_TEST_SUITE_P(
    Such, Gone,
    testing::Values(GoneCase{"OverTcp", false, kGet}, GoneCase{"OverAUnixSocket", true, kGet},
                    GoneCase{"OverTcpWithANextRequest", false, kGet + std::string(8000, 'x')},
                    GoneCase{"OverAUnixSocketWithANextRequest", true, kGet + std::string(8000, 'x')}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_F(Service, WhoIsAnsweredIsNotGone) {
  const auto server = start(keeping());
  RawSocket client = RawSocket::connect(server->address());
  client.send(kGet);
  ASSERT_TRUE(wait_until([&] { return kept.size() == 1; }));
  kept.at(0).when_gone([] { ADD_FAILURE() << "was answered"; });
  kept.at(0)({.body = "first"});
  (void)client.receive_until("first");
  client.send(kLastGet);
  ASSERT_TRUE(wait_until([&] { return kept.size() == 2; })) << "the connection goes on after a watched wait";
  kept.at(1)({.body = "second"});
  EXPECT_TRUE(client.receive_all().ends_with("second"));
}

TEST_F(Service, WhoHasOnlyHalfClosedReadsTheAnswer) {
  for (const std::string& listen : {std::string("127.0.0.1:0"), unix_address()}) {
    const auto server = start(keeping(), {.listen = listen});
    RawSocket client = RawSocket::connect(server->address());
    client.send(kGet);
    ::shutdown(client.fd(), SHUT_WR);
    ASSERT_TRUE(wait_until([&] { return kept.size() == 1; }));
    const bool on_unix = listen != "127.0.0.1:0";
    EXPECT_EQ(wait_until([&] { return kept.at(0).gone(); }, on_unix ? 50ms : 20s), !on_unix);
    kept.at(0)({.body = "all the same"});
    EXPECT_TRUE(client.receive_all().ends_with("all the same"));
    kept.drop_all();
  }
}

TEST_F(Service, RequestsThatComeAtOnceAreAnsweredInTheirOrder) {
  const auto server = start(keeping());
  RawSocket client = RawSocket::connect(server->address());
  client.send(kGet + "GET /now HTTP/1.1\r\nConnection: close\r\n\r\n");
  ASSERT_TRUE(wait_until([&] { return kept.size() == 1; }));
  EXPECT_FALSE(client.is_closed_within(20ms));
  kept.at(0)({.body = "late"});
  const std::string replies = client.receive_all();
  EXPECT_LT(replies.find("late"), replies.find("now")) << replies;
  EXPECT_NE(replies.find("now"), std::string::npos);
}

// ---- many that do nothing

int threads_of_this_process() {
  return static_cast<int>(names_in("/proc/self/task").size());
}

bool allows_descriptors(rlim_t count) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min(limit.rlim_max, std::max(limit.rlim_cur, count));
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= count;
}

TEST_F(Service, AThousandIdleConnectionsAndAThousandLongPollsCostNoThreadAndDelayNobody) {
  if (!allows_descriptors(4500)) GTEST_SKIP() << "too few descriptors allowed";
  const auto server = start(keeping(), {.listen = unix_address(), .most_connections = 3000});
  const int before = threads_of_this_process();
  std::vector<RawSocket> idle;
  for (int number = 0; number < 2000; ++number) {
    idle.push_back(RawSocket::connect(unix_address()));
    if (number % 2 == 0) idle.back().send(kGet);
    if (number % 100 == 0) {
      ASSERT_TRUE(talk(unix_address(), "GET /now HTTP/1.1\r\nConnection: close\r\n\r\n").ends_with("now"));
    }
  }
  ASSERT_TRUE(wait_until([&] { return kept.size() == 1000 && server->connections() == 2000; }));
  EXPECT_EQ(threads_of_this_process(), before);
  ASSERT_TRUE(talk(unix_address(), "GET /now HTTP/1.1\r\nConnection: close\r\n\r\n").ends_with("now"));
  for (std::size_t number = 0; number < 1000; ++number) kept.at(number)({.body = "done"});
  for (std::size_t number = 0; number < 2000; number += 2) {
    ASSERT_TRUE(idle[number].receive_until("done").ends_with("done")) << number;
  }
}

TEST_F(Service, WithoutADescriptorLeftAClientIsToldSoAtOnce) {
  const auto server = start(hello, {.listen = unix_address()});
  RawSocket first = RawSocket::connect(unix_address());
  first.send(kGet);
  (void)first.receive_until("hello");
  std::vector<UniqueFd> all;
  rlimit limit{}, before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  limit = before;
  RawSocket client = RawSocket::connect(unix_address());
  RawSocket other = RawSocket::connect(unix_address());
  ASSERT_TRUE(wait_until([&] { return server->connections() == 3; }));
  // One for a client's socket, and none for the server's side of it.
  limit.rlim_cur = names_in("/proc/self/fd").size() + 8;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  UniqueFd room{::open("/dev/null", O_RDONLY)};
  for (UniqueFd each{::open("/dev/null", O_RDONLY)}; each; each = UniqueFd{::open("/dev/null", O_RDONLY)}) {
    all.push_back(std::move(each));
  }
  ::close(room.release());
  const std::string reply = talk(unix_address(), kGet);
  first.send(kGet);
  EXPECT_TRUE(first.receive_until("hello").ends_with("hello"));
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(reply.starts_with("HTTP/1.1 503 ")) << reply;
}

TEST_F(Service, OneConnectionTooManyIsToldSoThoughItHasSpokenAlready) {
  const auto server = start(keeping(), {.listen = unix_address(), .most_connections = 1});
  RawSocket one = RawSocket::connect(unix_address());
  one.send(kGet);
  ASSERT_TRUE(wait_until([&] { return kept.size() == 1; }));
  for (int number = 0; number < 20; ++number) {
    EXPECT_TRUE(
        talk(unix_address(), kGet).starts_with("HTTP/1.1 503 Service Unavailable\r\nConnection: close"));
  }
}

}  // namespace
}  // namespace runneriq::platform
