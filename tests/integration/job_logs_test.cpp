// Ends of logs over real sockets: from the simulated GitLab, and from servers that send far more.
#include "gitlab/rest/rest_job_logs.hpp"
#include "gitlab/rest/rest_test_reports.hpp"
#include "gitlab/simulator/simulator.hpp"
#include "platform/http_client.hpp"
#include "platform/system_waiter.hpp"
#include "tests/support/raw_socket.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

RestSettings settings_for(const std::string& url, std::string token = "t") {
  RestSettings settings;
  settings.fleet.url = url;
  settings.token = Secret{std::move(token)};
  settings.now = platform::wall_clock;
  settings.client.call_limit = 60s;
  settings.client.tick_limit = 60s;
  return settings;
}

Result<std::string> tail_from(const std::string& url, std::size_t bytes) {
  auto client = platform::HttpClient::make({});
  if (!client) return fail(client.error());
  return RestJobLogs{settings_for(url), **client}.tail(ProjectId{1}, JobId{1001}, bytes);
}

long peak_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

std::string line(std::size_t number) {
  std::string text = std::to_string(number);
  text.insert(0, 15 - text.size(), '0');
  return text + "\n";
}

// `lines` of 16 bytes each, whatever range was asked for.
void send_lines(RawSocket& socket, std::size_t lines) {
  if (socket.receive_until("\r\n\r\n").empty()) return;
  socket.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(lines * 16) + "\r\n\r\n");
  std::string piece;
  for (std::size_t at = 1; at <= lines; ++at) {
    piece += line(at);
    if (piece.size() < 64 * 1024 && at < lines) continue;
    if (!socket.send(piece)) return;
    piece.clear();
  }
}

TEST(JobLogsOverHttp, OfAHundredMegabytesCostNoMoreThanTheirEnd) {
  constexpr std::size_t kLines = (std::size_t{100} << 20) / 16;
  RawServer server([](RawSocket& socket) { send_lines(socket, kLines); });
  const long before = peak_kib();
  const auto log = tail_from(server.url(), 160'000);
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_LT(peak_kib() - before, 24 * 1024);
  ASSERT_EQ(log->size(), 160'000U);
  EXPECT_EQ(log->substr(0, 16), line(kLines - 10'000 + 1));
  EXPECT_EQ(log->substr(log->size() - 16), line(kLines));
}

TEST(JobLogsOverHttp, AreWholeAroundTheirBound) {
  for (const std::size_t lines : {1U, 99U, 100U, 101U, 199U, 200U, 201U, 5'000U}) {
    SCOPED_TRACE(lines);
    RawServer server([lines](RawSocket& socket) { send_lines(socket, lines); });
    std::string whole;
    for (std::size_t at = 1; at <= lines; ++at) whole += line(at);
    const auto log = tail_from(server.url(), 1600);
    ASSERT_TRUE(log) << log.error().message;
    EXPECT_EQ(*log, whole.substr(whole.size() - std::min<std::size_t>(whole.size(), 1600)));
  }
}

TEST(JobLogsOverHttp, TakeARangeFromWhoKnowsThem) {
  RawServer server([](RawSocket& socket) {
    const std::string request = socket.receive_until("\r\n\r\n");
    const bool asked = request.find("Range: bytes=-7\r\n") != std::string::npos &&
                       request.find("Accept-Encoding: identity\r\n") != std::string::npos;
    socket.send(asked ? "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 93-99/100\r\n"
                        "Content-Length: 7\r\n\r\nthe end"
                      : "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
  });
  const auto log = tail_from(server.url(), 7);
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_EQ(*log, "the end");
}

TEST(JobLogsOverHttp, ThatBreakOffAreNone) {
  RawServer server([](RawSocket& socket) {
    socket.receive_until("\r\n\r\n");
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  });
  EXPECT_FALSE(tail_from(server.url(), 10));
}

TEST(JobLogsOverHttp, AndTestReportsComeFromTheSimulatedGitLab) {
  simulator::Scenario scenario{.runners = {{.description = "r"}}, .projects = {{.id = 1, .path = "g/a"}}};
  scenario.pipelines = {{.project = "g/a",
                         .jobs = {{.id = 1001,
                                   .name = "unit",
                                   .stage = "test",
                                   .state = "failed",
                                   .runner = "r",
                                   .trace = "one\ntwo\n",
                                   .tests = {{.name = "adds", .status = "failed"}}}}}};
  auto gitlab = simulator::Simulator::start(scenario, {.token = Secret("glpat-test")});
  ASSERT_TRUE(gitlab) << gitlab.error().message;
  auto client = platform::HttpClient::make({});
  ASSERT_TRUE(client) << client.error().message;
  const RestSettings settings = settings_for((*gitlab)->url(), "glpat-test");
  EXPECT_EQ(RestJobLogs(settings, **client).tail(ProjectId{1}, JobId{1001}, 5).value(), "\ntwo\n");
  const auto report = RestTestReports(settings, **client).of_pipeline(ProjectId{1}, PipelineId{501});
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_EQ(report->cases.size(), 1U);
  EXPECT_EQ(report->cases[0].name, "adds");
  EXPECT_EQ((*gitlab)->mutating_calls(), 0);
}

}  // namespace
}  // namespace runneriq::gitlab
