// What is asked for a test report, and what is made of the answers.
#include "gitlab/rest/rest_test_reports.hpp"

#include "tests/support/scripted_transport.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

using platform::HttpReply;

const std::string kAddress = "https://h/api/v4/projects/7/pipelines/50/test_report";

class TestReportsOverRest : public testing::Test {
 protected:
  Result<TestReport> report() {
    RestSettings settings;
    settings.fleet.url = "https://h";
    settings.token = Secret{"glpat-very-secret"};
    settings.now = [this] { return clock; };
    settings.wait_until = [this](Time when) { clock = std::max(clock, when); };
    RestTestReports reports{settings, transport};
    auto read = reports.of_pipeline(ProjectId{7}, PipelineId{50});
    calls = reports.count();
    return read;
  }
  Time clock{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};
  platform::ScriptedTransport transport{clock};
  CallCount calls;
};

TEST_F(TestReportsOverRest, AreReadWithinTheirBound) {
  transport.once(kAddress, HttpReply{.status = 503, .headers = {}, .body = ""});
  transport.route(kAddress,
                  R"({"test_suites":[{"name":"unit","test_cases":[{"name":"a","status":"failed"}]}]})");
  const auto read = report();
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->cases.size(), 1U);
  EXPECT_EQ(read->cases[0].status, TestStatus::failed);
  EXPECT_EQ(transport.calls.at(0).largest_reply, std::size_t{30} << 20);
  EXPECT_EQ(transport.calls.at(0).excess, platform::Excess::refused);
  EXPECT_EQ(calls.calls, 2);
  EXPECT_EQ(calls.mutating, 0);
}

TEST_F(TestReportsOverRest, ThatCannotBeReadSayWhyAndOfWhichPipeline) {
  struct Case {
    HttpReply reply;
    Errc code;
  };
  for (const Case& one : {Case{{.status = 404, .headers = {}, .body = "{}"}, Errc::not_found},
                          Case{{.status = 403, .headers = {}, .body = "{}"}, Errc::permission},
                          Case{{.status = 200, .headers = {}, .body = "<html>"}, Errc::corrupt}}) {
    transport.route(kAddress, one.reply);
    const auto read = report();
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, one.code);
    EXPECT_TRUE(read.error().message.starts_with("test report of pipeline 50: ")) << read.error().message;
  }
}

TEST_F(TestReportsOverRest, ThatAreTooLargeAreRefused) {
  transport.route(kAddress, [](const platform::HttpCall&) -> Result<HttpReply> {
    return fail(Errc::invalid_argument, "the reply is larger than allowed");
  });
  EXPECT_EQ(report().error().code, Errc::invalid_argument);
  EXPECT_EQ(calls.calls, 1) << "asking again would not help";
}

}  // namespace
}  // namespace runneriq::gitlab
