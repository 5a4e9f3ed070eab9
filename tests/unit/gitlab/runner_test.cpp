#include "gitlab/runner.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

TEST(RunnerWords, ReadBackAsThemselves) {
  for (const char* word : {"instance_type", "group_type", "project_type"}) {
    ASSERT_TRUE(runner_type(word)) << word;
    EXPECT_EQ(to_text(*runner_type(word)), word);
  }
  for (const char* word : {"online", "offline", "stale", "never_contacted"}) {
    EXPECT_NE(runner_status(word), RunnerStatus::unknown) << word;
    EXPECT_EQ(to_text(runner_status(word)), word);
  }
}

TEST(RunnerWords, AreNotGuessed) {
  EXPECT_EQ(runner_type("shared"), std::nullopt);
  EXPECT_EQ(runner_type(""), std::nullopt);
  EXPECT_EQ(runner_status("paused"), RunnerStatus::unknown);
  EXPECT_EQ(to_text(RunnerStatus::unknown), "unknown");
}

}  // namespace
}  // namespace runneriq::gitlab
