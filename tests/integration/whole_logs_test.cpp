// Whole logs over real sockets: what is handed over piece by piece, and what becomes of logs that break off,
// grow or are refused.
#include "gitlab/rest/rest_job_logs.hpp"
#include "gitlab/simulator/simulator.hpp"
#include "platform/http_client.hpp"
#include "platform/system_waiter.hpp"
#include "tests/support/raw_socket.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

RestSettings settings_for(const std::string& url) {
  RestSettings settings;
  settings.fleet.url = url;
  settings.token = Secret{"glpat-test"};
  // A retry is made at once, on a clock that jumps.
  const auto ahead = std::make_shared<Duration>();
  settings.now = [ahead] { return platform::wall_clock() + *ahead; };
  settings.wait_until = [ahead](Time when) {
    *ahead += std::max(Duration{}, when - (platform::wall_clock() + *ahead));
  };
  settings.client.tick_limit = 60s;
  return settings;
}

struct Reading {
  Result<LogExtent> outcome = fail(Errc::unavailable, "not read");
  std::string text{};
  std::size_t pieces = 0;
  CallCount count{};
};

Reading read_from(const std::string& url, std::size_t most = 1 << 20) {
  Reading reading;
  auto client = platform::HttpClient::make({});
  RestJobLogs logs{settings_for(url), **client};
  reading.outcome = logs.read(ProjectId{1}, JobId{1001}, most, [&](std::string_view piece) {
    reading.text += piece;
    ++reading.pieces;
  });
  reading.count = logs.count();
  return reading;
}

std::string reply(std::string_view status, std::string_view body, std::string_view headers = "") {
  return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

// Breaks off after `body`, of which more was promised.
std::string broken(std::string_view body, std::string_view status = "200 OK", std::string_view headers = "") {
  return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(headers) + "Content-Length: 1000\r\n\r\n" +
         std::string(body);
}

// Answers the n-th call with the n-th text, and keeps what was asked.
class Script {
 public:
  explicit Script(std::vector<std::string> answers) : answers_(std::move(answers)) {}
  RawServer server{[this](RawSocket& socket) {
    const std::string request = socket.receive_until("\r\n\r\n");
    const std::size_t at = next_++;
    if (at < answers_.size()) {
      asked[at] = request;
      socket.send(answers_[at]);
    }
  }};
  std::array<std::string, 8> asked{};

 private:
  std::vector<std::string> answers_;
  std::atomic<std::size_t> next_{0};
};

long peak_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST(WholeLogs, OfAHundredMegabytesAreNeverHeld) {
  constexpr std::size_t kBytes = std::size_t{100} << 20;
  RawServer server([](RawSocket& socket) {
    if (socket.receive_until("\r\n\r\n").empty()) return;
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kBytes) + "\r\n\r\n");
    const std::string piece(64 * 1024, 'x');
    for (std::size_t sent = 0; sent < kBytes && socket.send(piece); sent += piece.size()) continue;
  });
  auto client = platform::HttpClient::make({});
  RestJobLogs logs{settings_for(server.url()), **client};
  const long before = peak_kib();
  std::size_t bytes = 0;
  const auto extent = logs.read(ProjectId{1}, JobId{1001}, std::size_t{1} << 30,
                                [&](std::string_view piece) { bytes += piece.size(); });
  ASSERT_TRUE(extent) << extent.error().message;
  EXPECT_LT(peak_kib() - before, 4 * 1024);
  EXPECT_EQ(bytes, kBytes);
  EXPECT_EQ(extent->bytes, kBytes);
  EXPECT_TRUE(extent->whole);
}

TEST(WholeLogs, OfNothingAreWhole) {
  for (const std::string& answer :
       {reply("200 OK", ""), reply("416 No", "x"), std::string("HTTP/1.1 204 No\r\n\r\n")}) {
    Script script({answer});
    const Reading reading = read_from(script.server.url());
    ASSERT_TRUE(reading.outcome) << reading.outcome.error().message;
    EXPECT_EQ(reading.outcome->bytes, 0U);
    EXPECT_TRUE(reading.outcome->whole);
    EXPECT_EQ(reading.text, "");
  }
}

TEST(WholeLogs, AreGivenUpToTheirBound) {
  for (const auto& [most, whole] :
       {std::pair<std::size_t, bool>{9, false}, {10, true}, {11, true}, {1, false}}) {
    Script script({reply("200 OK", "0123456789"), reply("500 No", "")});
    const Reading reading = read_from(script.server.url(), most);
    ASSERT_TRUE(reading.outcome) << reading.outcome.error().message;
    EXPECT_EQ(reading.text, std::string("0123456789").substr(0, most)) << most;
    EXPECT_EQ(reading.outcome->bytes, reading.text.size());
    EXPECT_EQ(reading.outcome->whole, whole) << most;
    EXPECT_EQ(reading.count.calls, 1);
  }
}

TEST(WholeLogs, OfNoBytesAreNotAskedFor) {
  Script script({reply("200 OK", "x")});
  const Reading reading = read_from(script.server.url(), 0);
  EXPECT_FALSE(reading.outcome->whole);
  EXPECT_EQ(reading.count.calls, 0);
}

TEST(WholeLogs, AreAskedForWithoutARangeAtFirst) {
  Script script({reply("200 OK", "x")});
  read_from(script.server.url());
  EXPECT_EQ(script.asked[0].find("Range:"), std::string::npos);
  EXPECT_NE(script.asked[0].find("GET /api/v4/projects/1/jobs/1001/trace "), std::string::npos);
  EXPECT_NE(script.asked[0].find("gzip"), std::string::npos);
}

TEST(WholeLogs, ThatBreakOffGoOnFromThereWhereTheServerKnowsRanges) {
  Script script({broken("01234"), reply("206 Partial", "56789", "Content-Range: bytes 5-9/10\r\n")});
  const Reading reading = read_from(script.server.url());
  ASSERT_TRUE(reading.outcome) << reading.outcome.error().message;
  EXPECT_EQ(reading.text, "0123456789");
  EXPECT_TRUE(reading.outcome->whole);
  EXPECT_NE(script.asked[1].find("Range: bytes=5-\r\n"), std::string::npos) << script.asked[1];
  EXPECT_NE(script.asked[1].find("Accept-Encoding: identity\r\n"), std::string::npos);
}

TEST(WholeLogs, ThatBreakOffAndHaveGrownMeanwhileAreGivenOnce) {
  Script script({broken("01234"), broken("0123456"), reply("200 OK", "0123456789abc")});
  const Reading reading = read_from(script.server.url());
  ASSERT_TRUE(reading.outcome) << reading.outcome.error().message;
  EXPECT_EQ(reading.text, "0123456789abc");
  EXPECT_EQ(reading.outcome->bytes, 13U);
}

TEST(WholeLogs, ThatBreakOffAtTheirEndAreWhole) {
  Script script({broken("01234"), reply("416 No", "", "Content-Range: bytes */5\r\n")});
  const Reading reading = read_from(script.server.url());
  ASSERT_TRUE(reading.outcome) << reading.outcome.error().message;
  EXPECT_EQ(reading.text, "01234");
  EXPECT_TRUE(reading.outcome->whole);
}

TEST(WholeLogs, TakeAnEarlierPartThanTheyAskedFor) {
  Script script({broken("01234"), reply("206 Partial", "3456", "Content-Range: bytes 3-6/7\r\n")});
  EXPECT_EQ(read_from(script.server.url()).text, "0123456");
}

TEST(WholeLogs, TakeNoPartThatDoesNotFollow) {
  for (const std::string range : {"Content-Range: bytes 7-9/10\r\n", "Content-Range: lines 5-9/10\r\n",
                                  "Content-Range: bytes x-9/10\r\n", "Content-Range: bytes 5\r\n", ""}) {
    Script script({broken("01234"), reply("206 Partial", "789", range)});
    const Reading reading = read_from(script.server.url());
    ASSERT_FALSE(reading.outcome) << range;
    EXPECT_EQ(reading.outcome.error().code, Errc::corrupt);
    EXPECT_EQ(reading.text, "01234");
  }
}

TEST(WholeLogs, ThatKeepBreakingOffAreNone) {
  Script script(std::vector<std::string>(8, broken("01234")));
  const Reading reading = read_from(script.server.url());
  ASSERT_FALSE(reading.outcome);
  EXPECT_EQ(reading.outcome.error().code, Errc::unavailable);
  EXPECT_TRUE(reading.outcome.error().message.starts_with("log of job 1001: "));
  EXPECT_EQ(reading.text, "01234") << "given once";
}

TEST(WholeLogs, NeverTakeARefusalForTheirText) {
  for (const auto& [status, kind] : {std::pair{"403 Forbidden", Errc::permission},
                                     {"404 Not Found", Errc::not_found},
                                     {"401 Unauthorized", Errc::permission}}) {
    Script script({reply(status, R"({"message":"no"})"), reply(status, R"({"message":"no"})")});
    const Reading reading = read_from(script.server.url());
    ASSERT_FALSE(reading.outcome) << status;
    EXPECT_EQ(reading.outcome.error().code, kind) << status;
    EXPECT_EQ(reading.text, "");
  }
}

TEST(WholeLogs, FollowARedirectWithoutItsText) {
  Script script({reply("302 Found", "moved", "Location: /elsewhere\r\n"), reply("200 OK", "log")});
  EXPECT_EQ(read_from(script.server.url()).text, "log");
}

TEST(WholeLogs, BehindAFailureOfTheServerAreReadAgain) {
  Script script({reply("502 Bad Gateway", "<html>"), reply("200 OK", "log")});
  EXPECT_EQ(read_from(script.server.url()).text, "log");
}

class OfTheSimulatedGitLab : public testing::Test {
 protected:
  static std::unique_ptr<simulator::Simulator> gitlab(int step, bool ranges) {
    simulator::Scenario scenario{
        .trace_ranges = ranges, .runners = {{.description = "r"}}, .projects = {{.id = 1, .path = "g/a"}}};
    scenario.pipelines = {{.project = "g/a",
                           .jobs = {{.id = 1001,
                                     .name = "unit",
                                     .stage = "test",
                                     .state = "failed",
                                     .runner = "r",
                                     .trace = std::string(100'000, 'a') + "end",
                                     .trace_step = step}}}};
    return *simulator::Simulator::start(scenario, {.token = Secret("glpat-test")});
  }
};

TEST_F(OfTheSimulatedGitLab, LogsComeWholeWithAndWithoutRanges) {
  for (const bool ranges : {false, true}) {
    const auto site = gitlab(0, ranges);
    const Reading reading = read_from(site->url());
    ASSERT_TRUE(reading.outcome) << reading.outcome.error().message;
    EXPECT_EQ(reading.text, std::string(100'000, 'a') + "end");
    EXPECT_GT(reading.pieces, 1U);
    EXPECT_EQ(site->mutating_calls(), 0);
  }
}

TEST_F(OfTheSimulatedGitLab, LogsThatGrowComeAsFarAsTheyAre) {
  const auto site = gitlab(60'000, false);
  EXPECT_EQ(read_from(site->url()).text.size(), 60'000U);
  EXPECT_EQ(read_from(site->url()).text.size(), 100'003U);
}

}  // namespace
}  // namespace runneriq::gitlab
