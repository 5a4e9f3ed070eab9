#include "core/passing_error.hpp"

#include <gtest/gtest.h>

namespace runneriq {
namespace {

TEST(PassingError, IsWhatMayBeGoneNextTime) {
  for (const Errc code : {Errc::unavailable, Errc::timed_out}) EXPECT_TRUE(may_pass(Error{code, ""}));
  for (const Errc code : {Errc::invalid_argument, Errc::not_found, Errc::permission, Errc::corrupt,
                          Errc::newer_schema, Errc::conflict})
    EXPECT_FALSE(may_pass(Error{code, ""})) << static_cast<int>(code);
}

}  // namespace
}  // namespace runneriq
