#include "core/exit_status.hpp"

#include <gtest/gtest.h>

namespace runneriq {
namespace {

TEST(ExitStatus, OnlyCodeZeroIsSuccess) {
  EXPECT_TRUE(ExitStatus::exited(0).success());
  EXPECT_FALSE(ExitStatus::exited(1).success());
  EXPECT_FALSE(ExitStatus::exited(255).success());
  EXPECT_FALSE(ExitStatus::killed_by(9).success());
}

TEST(ExitStatus, AShellGivesTheCodeOr128PlusTheSignal) {
  EXPECT_EQ(ExitStatus::exited(0).shell_code(), 0);
  EXPECT_EQ(ExitStatus::exited(42).shell_code(), 42);
  EXPECT_EQ(ExitStatus::killed_by(9).shell_code(), 137);
  EXPECT_EQ(ExitStatus::killed_by(15).shell_code(), 143);
}

TEST(ExitStatus, ACodeIsNotTheSignalThatAShellWritesAlike) {
  EXPECT_NE(ExitStatus::exited(137), ExitStatus::killed_by(9));
  EXPECT_EQ(ExitStatus::killed_by(9), ExitStatus::killed_by(9));
}

static_assert(ExitStatus::exited(0).success() && !ExitStatus::killed_by(15).success());

}  // namespace
}  // namespace runneriq
