#include "gitlab/call_shortage.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

constexpr Time kUntil{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};

TEST(CallShortage, SaysWhoseItIs) {
  EXPECT_EQ(own_shortage(60), "over the budget of 60 calls a minute");
  EXPECT_EQ(shortage_of_gitlab(5, kUntil), "GitLab allows 5 more calls until " + to_text(kUntil));
  EXPECT_EQ(shortage_of_gitlab(0, kUntil), "GitLab allows no more calls until " + to_text(kUntil));
}

TEST(CallShortage, IsKnownByItsWords) {
  EXPECT_TRUE(is_own_shortage("pipeline 1: " + own_shortage(60)));
  EXPECT_TRUE(is_shortage("pipeline 1: " + own_shortage(60)));
  EXPECT_FALSE(is_own_shortage(shortage_of_gitlab(0, kUntil)));
  EXPECT_TRUE(is_shortage("pipeline 1: " + shortage_of_gitlab(0, kUntil)));
  EXPECT_FALSE(is_shortage("503 Service Unavailable"));
}

}  // namespace
}  // namespace runneriq::gitlab
