// What is asked for the end of a job's log, and what is made of the answers.
#include "gitlab/rest/rest_job_logs.hpp"

#include "tests/support/scripted_transport.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;
using platform::HttpCall;
using platform::HttpReply;

const std::string kTrace = "https://h/api/v4/projects/7/jobs/5/trace";

std::string header(const HttpCall& call, std::string_view name) {
  for (const platform::HttpHeader& one : call.headers) {
    if (one.name == name) return one.value;
  }
  return {};
}

class JobLogsOverRest : public testing::Test {
 protected:
  RestJobLogs access() {
    RestSettings settings;
    settings.fleet.url = "https://h";
    settings.token = Secret{"glpat-very-secret"};
    settings.now = [this] { return clock; };
    settings.wait_until = [this](Time when) {
      if (!transport.stopped) clock = std::max(clock, when);
    };
    return {settings, transport};
  }
  Result<std::string> tail(std::size_t bytes = 100) { return access().tail(ProjectId{7}, JobId{5}, bytes); }
  Time clock{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};
  platform::ScriptedTransport transport{clock};
};

TEST_F(JobLogsOverRest, AreAskedForAtTheirEndOnly) {
  transport.route(kTrace, HttpReply{.status = 206, .headers = {}, .body = "the end"});
  EXPECT_EQ(tail(4096).value(), "the end");
  ASSERT_EQ(transport.calls.size(), 1U);
  const HttpCall& call = transport.calls[0];
  EXPECT_EQ(call.method, "GET");
  EXPECT_EQ(call.url, kTrace);
  EXPECT_EQ(header(call, "Range"), "bytes=-4096");
  EXPECT_EQ(header(call, "Accept-Encoding"), "identity");
  EXPECT_EQ(call.largest_reply, 4096U);
  EXPECT_EQ(call.excess, platform::Excess::beginning_dropped);
  EXPECT_EQ(call.secret.reveal(), "glpat-very-secret");
}

TEST_F(JobLogsOverRest, AreCutWhereTheServerSendsAll) {
  transport.route(kTrace, "0123456789");
  EXPECT_EQ(tail(4).value(), "6789");
  EXPECT_EQ(tail(10).value(), "0123456789");
  EXPECT_EQ(tail(11).value(), "0123456789");
}

TEST_F(JobLogsOverRest, OfNothingAreEmpty) {
  transport.route(kTrace, HttpReply{.status = 416, .headers = {}, .body = "no such range"});
  EXPECT_EQ(tail().value(), "");
  transport.route(kTrace, "");
  EXPECT_EQ(tail().value(), "");
}

TEST_F(JobLogsOverRest, OfNoBytesAreNotAskedFor) {
  EXPECT_EQ(tail(0).value(), "");
  EXPECT_TRUE(transport.calls.empty());
}

TEST_F(JobLogsOverRest, AreNeverAskedForWithoutBound) {
  transport.route(kTrace, "x");
  EXPECT_EQ(tail(std::size_t{1} << 40).value(), "x");
  EXPECT_EQ(transport.calls[0].largest_reply, kLongestLogTail);
}

TEST_F(JobLogsOverRest, ThatCannotBeReadSayWhyAndOfWhichJob) {
  transport.route(kTrace, HttpReply{.status = 403, .headers = {}, .body = R"({"message":"403 Forbidden"})"});
  const auto refused = tail();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::permission);
  EXPECT_TRUE(refused.error().message.starts_with("log of job 5: ")) << refused.error().message;
  transport.route(kTrace, HttpReply{.status = 404, .headers = {}, .body = "{}"});
  EXPECT_EQ(tail().error().code, Errc::not_found);
}

TEST_F(JobLogsOverRest, AreAskedForAgainWhenThatMayHelp) {
  transport.once(kTrace, HttpReply{.status = 502, .headers = {}, .body = ""});
  transport.once(kTrace, fail(Errc::unavailable, "reset"));
  transport.route(kTrace, "log");
  RestJobLogs logs = access();
  EXPECT_EQ(logs.tail(ProjectId{7}, JobId{5}, 100).value(), "log");
  EXPECT_EQ(logs.count().calls, 3);
  EXPECT_EQ(logs.count().mutating, 0);
}

TEST_F(JobLogsOverRest, AreGivenUpWhenTheTimeIsOver) {
  transport.latency = 10s;
  transport.route(kTrace, HttpReply{.status = 503, .headers = {}, .body = ""});
  EXPECT_FALSE(tail());
  EXPECT_LE(transport.calls.size(), 3U) << "a tick may take 25 s";
}

TEST_F(JobLogsOverRest, AreGivenUpWhenTheProgramStops) {
  transport.stopped = true;
  EXPECT_EQ(tail().error().code, Errc::unavailable);
}

TEST_F(JobLogsOverRest, StayWithinTheBudgetOfCalls) {
  transport.route(kTrace, "log");
  RestJobLogs logs = access();
  int given = 0;
  for (int count = 0; count < 200; ++count) given += logs.tail(ProjectId{7}, JobId{5}, 1) ? 1 : 0;
  EXPECT_EQ(given, 60);
  clock += 1h;
  EXPECT_TRUE(logs.tail(ProjectId{7}, JobId{5}, 1));
}

}  // namespace
}  // namespace runneriq::gitlab
