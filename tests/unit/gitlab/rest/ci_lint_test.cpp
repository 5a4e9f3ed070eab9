#include "gitlab/rest/ci_lint.hpp"

#include "gitlab/pipeline_pages.hpp"
#include "tests/support/scripted_transport.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

struct CiLintRead : testing::Test {
  Time now{};
  platform::ScriptedTransport transport{now};
  RestSettings settings;
  CiLintRead() {
    settings.fleet.url = "https://gitlab.example.com";
    settings.token = Secret{"glpat-x"};
    settings.now = [this] { return now; };
  }
};

TEST_F(CiLintRead, AsksForTheProjectByItsPathAndChangesNothing) {
  std::string asked;
  transport.route("https://gitlab.example.com/api/v4/projects/acme%2Fshop/ci/lint",
                  [&](const platform::HttpCall& call) -> Result<platform::HttpReply> {
                    asked = call.method + " " + call.url;
                    return platform::HttpReply{
                        .status = 200, .body = R"({"valid":true,"merged_yaml":"---\na: {}\n","errors":[]})"};
                  });
  const auto lint = read_ci_lint(settings, transport, "acme/shop");
  ASSERT_TRUE(lint) << lint.error().message;
  EXPECT_TRUE(lint->valid);
  EXPECT_EQ(lint->merged_yaml, "---\na: {}\n");
  EXPECT_EQ(asked, "GET https://gitlab.example.com/api/v4/projects/acme%2Fshop/ci/lint?dry_run=false");
}

TEST_F(CiLintRead, TellsWhatGitLabRefuses) {
  transport.route("https://gitlab.example.com/api/v4/projects/7/ci/lint",
                  platform::HttpReply{.status = 403, .body = R"({"message":"403 Forbidden"})"});
  const auto lint = read_ci_lint(settings, transport, "7");
  ASSERT_FALSE(lint);
  EXPECT_EQ(lint.error().code, Errc::permission);
  EXPECT_NE(lint.error().message.find("project 7"), std::string::npos);
}

TEST(CiLintReply, HoldsTheErrorsOfABadConfiguration) {
  const auto lint =
      parse_ci_check(R"({"valid":false,"errors":["jobs config should contain a job",5],"merged_yaml":null})");
  ASSERT_TRUE(lint);
  EXPECT_FALSE(lint->valid);
  EXPECT_EQ(lint->merged_yaml, "");
  EXPECT_EQ(lint->errors, std::vector<std::string>{"jobs config should contain a job"});
  EXPECT_EQ(parse_ci_check("[]").error().code, Errc::corrupt);
  EXPECT_EQ(parse_ci_check("{}").error().code, Errc::corrupt);
}

}  // namespace
}  // namespace runneriq::gitlab
