// Calls to providers over real sockets: whatever comes back, or does not, is told, and never later than the
// deadline.
#include "advisor/anthropic/anthropic.hpp"
#include "advisor/http/http_carrier.hpp"
#include "platform/http_client.hpp"
#include "platform/system_waiter.hpp"
#include "tests/support/raw_socket.hpp"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

namespace runneriq::advisor {
namespace {

using namespace std::chrono_literals;
using Trouble = WireReply::Trouble;
using SteadyClock = std::chrono::steady_clock;

const std::string kKey = "sk-ant-very-secret-00";

std::string http(int status, std::string_view body, std::string_view headers = "") {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

// The head and the whole body of a call.
std::string request_of(RawSocket& socket) {
  std::string request = socket.receive_until("\r\n\r\n");
  const std::size_t at = request.find("Content-Length: ");
  if (at == std::string::npos) return request;
  const auto left = static_cast<std::size_t>(std::atoi(request.c_str() + at + 16));
  for (std::size_t count = 0; count < left; ++count) {
    char each = 0;
    if (::recv(socket.fd(), &each, 1, 0) != 1) break;
    request += each;
  }
  return request;
}

std::function<void(RawSocket&)> always(std::string reply) {
  return [reply = std::move(reply)](RawSocket& socket) {
    (void)request_of(socket);
    socket.send(reply);
  };
}

constexpr const char* kSlowHead = "HTTP/1.1 200 OK\r\nX-Slow: ";

// Sends a blank now and then until the other side has had enough, or the test is over.
void trickle(RawSocket& socket, const std::atomic<bool>& ending) {
  while (!ending && socket.send(" ") && !socket.is_closed_within(20ms)) {
  }
}

class Carriers : public testing::Test {
 protected:
  Carriers() {
    ::unsetenv("http_proxy");
    ::unsetenv("https_proxy");
    ::unsetenv("all_proxy");
    auto made = platform::HttpClient::make({.stop_fd = stop_.get()});
    EXPECT_TRUE(made) << made.error().message;
    client_ = *std::move(made);
    carrier_.emplace(*client_, platform::wall_clock);
  }
  WireReply carry(const std::string& url, Duration limit = 20s) {
    return carrier_->carry(call(url), platform::wall_clock() + limit);
  }
  static WireCall call(const std::string& url) {
    return Anthropic{url, Secret{kKey}}.call({.kind = QuestionKind::triage, .document = "{\"a\":1}"}, "m");
  }
  static ModelReply judged(const WireReply& reply) { return Anthropic{"", Secret{kKey}}.judge(reply, {}); }

  platform::UniqueFd stop_{::eventfd(0, EFD_CLOEXEC)};
  std::unique_ptr<platform::HttpClient> client_;
  std::optional<HttpCarrier> carrier_;
};

TEST_F(Carriers, AWholeReplyIsBroughtWithItsHeaders) {
  std::string seen;
  RawServer server([&seen](RawSocket& socket) {
    seen = request_of(socket);
    socket.send(http(200,
                     R"({"content":[{"type":"text","text":"yes"}],"stop_reason":"end_turn",)"
                     R"("usage":{"input_tokens":3,"output_tokens":2}})",
                     "Request-Id: req_7\r\n"));
  });
  const WireReply reply = carry(server.url());
  EXPECT_EQ(reply.status, 200) << reply.trouble_words;
  EXPECT_EQ(reply.trouble, Trouble::none);
  EXPECT_EQ(judged(reply).text, "yes");
  EXPECT_EQ(judged(reply).request_id, "req_7");
  EXPECT_TRUE(seen.starts_with("POST /v1/messages HTTP/1.1\r\n")) << seen;
  EXPECT_NE(seen.find("x-api-key: " + kKey), std::string::npos);
  EXPECT_NE(seen.find(R"("content":"{\"a\":1}")"), std::string::npos);
}

TEST_F(Carriers, ErrorsOfTheProviderAreReplies) {
  for (const int status : {400, 401, 404, 413, 429, 500, 529}) {
    RawServer server(always(http(status, R"({"error":{"type":"t"}})", "Retry-After: 7\r\n")));
    const WireReply reply = carry(server.url());
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(judged(reply).wait, Duration{7s});
  }
}

TEST_F(Carriers, AWaitThatIsToldAsADateIsOneInSeconds) {
  RawServer server(always(http(429, "",
                               "Date: Sun, 22 Nov 2026 10:00:00 GMT\r\n"
                               "Retry-After: Sun, 22 Nov 2026 10:01:30 GMT\r\n")));
  EXPECT_EQ(judged(carry(server.url())).wait, Duration{90s});
}

struct Broken {
  const char* name;
  std::string bytes;
};

TEST_F(Carriers, WhatIsNoReplyIsUnreachable) {
  const Broken table[] = {
      {"nothing", ""},
      {"garbage", "SSH-2.0-OpenSSH_9.2\r\n"},
      {"bytes", std::string("\0\xFF\x16\x03\x01\0", 6)},
      {"half a head", "HTTP/1.1 200 OK\r\nContent-Le"},
      {"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"content\":"},
      {"a bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n"},
      {"no last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"},
  };
  for (const Broken& each : table) {
    SCOPED_TRACE(each.name);
    RawServer server(always(each.bytes));
    const WireReply reply = carry(server.url());
    EXPECT_EQ(reply.status, 0);
    EXPECT_EQ(reply.trouble, Trouble::unreachable) << reply.trouble_words;
    EXPECT_FALSE(reply.trouble_words.empty());
    EXPECT_EQ(reply.trouble_words.find(kKey), std::string::npos);
    EXPECT_EQ(judged(reply).failure, Failure::unreachable);
    EXPECT_TRUE(judged(reply).charged) << "it may have been counted";
  }
}

TEST_F(Carriers, AResetWithinTheBodyIsUnreachable) {
  RawServer server([](RawSocket& socket) {
    (void)request_of(socket);
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"content\":[");
    socket.close_with_reset();
  });
  EXPECT_EQ(carry(server.url()).trouble, Trouble::unreachable);
}

TEST_F(Carriers, AClosedPortIsUnreachable) {
  std::string url;
  { url = RawServer(always("")).url(); }
  const WireReply reply = carry(url);
  EXPECT_EQ(reply.trouble, Trouble::unreachable) << reply.trouble_words;
  EXPECT_TRUE(judged(reply).try_again);
}

TEST_F(Carriers, SlowHeadersAndSlowBodiesEndAtTheDeadline) {
  for (const char* beginning : {kSlowHead, "HTTP/1.1 200 OK\r\n\r\n{\"content\":"}) {
    SCOPED_TRACE(beginning);
    std::atomic<bool> over = false;
    RawServer server([&](RawSocket& socket) {
      (void)request_of(socket);
      if (socket.send(beginning)) trickle(socket, over);
    });
    const auto began = SteadyClock::now();
    const WireReply reply = carry(server.url(), 400ms);
    const auto took = SteadyClock::now() - began;
    over = true;
    EXPECT_EQ(reply.trouble, Trouble::late) << reply.trouble_words;
    EXPECT_EQ(judged(reply).failure, Failure::late);
    EXPECT_FALSE(judged(reply).try_again);
    EXPECT_GE(took, 350ms);
    EXPECT_LT(took, 5s);
  }
}

TEST_F(Carriers, SilenceEndsAtTheDeadline) {
  RawServer server([](RawSocket& socket) {
    (void)request_of(socket);
    EXPECT_TRUE(socket.is_closed_within(20s));
  });
  EXPECT_EQ(carry(server.url(), 300ms).trouble, Trouble::late);
}

TEST_F(Carriers, NoTimeLeftIsLateAndNothingIsSent) {
  RawServer server(always(http(200, "{}")));
  for (const Duration limit : {Duration{0ms}, Duration{-1h}}) {
    EXPECT_EQ(carry(server.url(), limit).trouble, Trouble::late);
  }
  EXPECT_EQ(server.accepted(), 0);
}

TEST_F(Carriers, AHundredMegabytesAreRefusedEarly) {
  for (const bool chunked : {false, true}) {
    std::atomic<std::size_t> sent = 0;
    RawServer server([&](RawSocket& socket) {
      (void)request_of(socket);
      const std::string piece(1 << 20, 'x');
      socket.send(chunked ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                          : "HTTP/1.1 200 OK\r\n\r\n");
      for (int each = 0; each < 100; ++each) {
        if (chunked && !socket.send("100000\r\n")) return;
        if (!socket.send(piece)) return;
        if (chunked && !socket.send("\r\n")) return;
        sent += piece.size();
      }
    });
    const WireReply reply = carry(server.url());
    EXPECT_EQ(reply.trouble, Trouble::too_large) << reply.trouble_words;
    EXPECT_TRUE(reply.body.empty());
    EXPECT_EQ(judged(reply).failure, Failure::too_large);
    EXPECT_LT(sent, std::size_t{50} << 20);
  }
}

TEST_F(Carriers, TheKeyGoesNowhereElse) {
  std::string elsewhere;
  RawServer other([&elsewhere](RawSocket& socket) {
    elsewhere = request_of(socket);
    socket.send(http(200, "{}"));
  });
  RawServer server(always(http(307, "", "Location: " + other.url() + "/v1/messages\r\n")));
  const WireReply reply = carry(server.url());
  EXPECT_NE(reply.status, 200);
  EXPECT_EQ(elsewhere.find(kKey), std::string::npos);
  EXPECT_EQ(elsewhere.find("document"), std::string::npos);
}

TEST_F(Carriers, AStopOfTheProgramEndsACall) {
  std::atomic<bool> over = false;
  RawServer server([&](RawSocket& socket) {
    (void)request_of(socket);
    const std::uint64_t one = 1;
    (void)!::write(stop_.get(), &one, sizeof one);
    socket.send(kSlowHead);
    trickle(socket, over);
  });
  const auto began = SteadyClock::now();
  const WireReply reply = carry(server.url());
  over = true;
  EXPECT_EQ(reply.status, 0);
  EXPECT_NE(reply.trouble, Trouble::none);
  EXPECT_NE(reply.trouble, Trouble::late);
  EXPECT_LT(SteadyClock::now() - began, 10s);
}

TEST_F(Carriers, CallsOfSeveralThreadsTakeTurns) {
  RawServer server([](RawSocket& socket) {
    (void)request_of(socket);
    socket.send(http(200, "{}", "Connection: close\r\n"));
  });
  std::atomic<int> whole = 0;
  std::vector<std::thread> threads;
  for (int each = 0; each < 8; ++each) {
    threads.emplace_back([&] {
      for (int call = 0; call < 5; ++call) whole += carry(server.url()).status == 200 ? 1 : 0;
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(whole, 40);
}

TEST_F(Carriers, WhoWaitsForAnothersCallWaitsWithinItsOwnDeadline) {
  std::atomic<bool> over = false, has_begun = false;
  RawServer server([&](RawSocket& socket) {
    (void)request_of(socket);
    has_begun = true;
    socket.send(kSlowHead);
    trickle(socket, over);
  });
  std::thread slow([&] { (void)carry(server.url(), 3s); });
  ASSERT_TRUE(wait_until([&] { return has_begun.load(); }, 20s));
  const auto began = SteadyClock::now();
  EXPECT_EQ(carry(server.url(), 200ms).trouble, Trouble::late);
  EXPECT_LT(SteadyClock::now() - began, 2s);
  slow.join();
  over = true;
  EXPECT_EQ(server.accepted(), 1);
}

}  // namespace
}  // namespace runneriq::advisor
