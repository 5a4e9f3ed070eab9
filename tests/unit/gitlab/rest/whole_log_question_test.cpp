// What is asked for a whole log.
#include "gitlab/rest/rest_job_logs.hpp"
#include "tests/support/scripted_transport.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

TEST(WholeLogQuestion, MayTakeAllTheTimeOfATickAndStaysWithinItsBytes) {
  Time clock{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};
  platform::ScriptedTransport transport{clock};
  transport.route("https://h/api/v4/projects/7/jobs/5/trace", "");
  RestSettings settings;
  settings.fleet.url = "https://h";
  settings.token = Secret{"glpat-very-secret"};
  settings.now = [&] { return clock; };
  settings.client.call_limit = 5s;
  settings.client.tick_limit = 20s;
  RestJobLogs logs{settings, transport};
  ASSERT_TRUE(logs.read(ProjectId{7}, JobId{5}, 4'096, [](std::string_view) {}));
  ASSERT_TRUE(logs.tail(ProjectId{7}, JobId{5}, 4'096));
  ASSERT_EQ(transport.calls.size(), 2U);
  EXPECT_EQ(transport.calls[0].time_limit, 20s);
  EXPECT_EQ(transport.calls[0].largest_reply, 4'096U);
  EXPECT_TRUE(transport.calls[0].body_sink);
  EXPECT_EQ(transport.calls[0].method, "GET");
  EXPECT_EQ(transport.calls[1].time_limit, 5s);
  EXPECT_FALSE(transport.calls[1].body_sink);
}

}  // namespace
}  // namespace runneriq::gitlab
