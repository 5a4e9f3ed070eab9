#include "gitlab/pipeline_replies.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq::gitlab {
namespace {

TEST(PipelineReplies, TellWhenAPipelineBegan) {
  const auto facts = parse_pipeline(R"({"id": 7, "sha": "abc", "created_at": "2026-03-01T09:00:00.000Z"})");
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_EQ(facts->id, PipelineId{7});
  EXPECT_EQ(facts->sha, "abc");
  EXPECT_EQ(runneriq::to_text(facts->created_at), "2026-03-01T09:00:00Z");
}

TEST(PipelineReplies, AreErrorsWithoutWhatTheyAreFor) {
  for (const std::string body : {"", "[]", "{}", R"({"id": 7})", R"({"id": 7, "created_at": "soon"})",
                                 R"({"created_at": "2026-03-01T09:00:00Z"})", "<html>"}) {
    EXPECT_FALSE(parse_pipeline(body)) << body;
  }
  for (const std::string body : {"", "{}", "<html>"}) EXPECT_FALSE(parse_our_variables(body)) << body;
}

TEST(PipelineReplies, KeepOurVariablesAndNoOthers) {
  const auto variables = parse_our_variables(
      R"([{"key": "RUNNERIQ_DEADLINE", "value": "20h"}, {"key": "DB_PASSWORD", "value": "secret"},
          {"key": "RUNNERIQ_PRIORITY", "value": null}, {"value": "x"}])");
  ASSERT_TRUE(variables) << variables.error().message;
  EXPECT_EQ(*variables, (OurVariables{{"RUNNERIQ_DEADLINE", "20h"}, {"RUNNERIQ_PRIORITY", ""}}));
}

}  // namespace
}  // namespace runneriq::gitlab
