#include "core/secret.hpp"

#include <gtest/gtest.h>

#include <array>
#include <new>
#include <sstream>
#include <string>
#include <string_view>

namespace runneriq {
namespace {

constexpr std::string_view kShort = "glpat-short";  // stays inside the object
const std::string kLong(100, 'k');

TEST(Secret, IsRevealedOnlyOnRequest) {
  const Secret secret{kLong};
  std::ostringstream shown;
  shown << secret;
  EXPECT_EQ(shown.str(), "***");
  EXPECT_EQ(testing::PrintToString(secret), "***");
  EXPECT_EQ(secret.reveal(), kLong);
}

TEST(Secret, IsEmptyWhereNoneWasGiven) {
  EXPECT_TRUE(Secret{}.empty());
  EXPECT_TRUE(Secret{""}.empty());
  EXPECT_FALSE(Secret{"x"}.empty());
}

TEST(Secret, CopiesAndMovesLikeText) {
  const Secret first{std::string(kShort)};
  Secret copy = first, other{kLong};
  EXPECT_EQ(copy.reveal(), kShort);
  other = copy;
  EXPECT_EQ(other.reveal(), kShort);
  EXPECT_EQ(copy.reveal(), kShort);
  other = Secret{kLong};
  EXPECT_EQ(other.reveal(), kLong);
  const Secret moved = std::move(other);
  EXPECT_EQ(moved.reveal(), kLong);
  copy = static_cast<const Secret&>(copy);
  EXPECT_EQ(copy.reveal(), kShort);
}

// A secret whose memory can be looked at when it is gone.
class Grave {
 public:
  Secret& bury(Secret secret) { return *::new (bytes_.data()) Secret(std::move(secret)); }
  [[nodiscard]] bool holds(std::string_view text) const {
    std::string seen;
    for (const unsigned char& each : bytes_)
      seen += static_cast<char>(static_cast<const volatile unsigned char&>(each));
    return seen.find(text) != std::string::npos;
  }

 private:
  alignas(Secret) std::array<unsigned char, sizeof(Secret)> bytes_{};
};

TEST(Secret, LeavesNothingBehind) {
  Grave grave;
  Secret& secret = grave.bury(Secret{std::string(kShort)});
  ASSERT_TRUE(grave.holds(kShort));
  secret.~Secret();
  EXPECT_FALSE(grave.holds(kShort.substr(0, 4)));
}

TEST(Secret, LeavesNothingBehindInWhatItWasMovedFrom) {
  Grave grave;
  Secret& secret = grave.bury(Secret{std::string(kShort)});
  const Secret taken = std::move(secret);
  secret.~Secret();
  EXPECT_EQ(taken.reveal(), kShort);
  EXPECT_FALSE(grave.holds(kShort.substr(1, 4)));
}

TEST(Secret, LeavesNothingBehindInWhatAShorterOneReplaced) {
  Grave grave;
  Secret& secret = grave.bury(Secret{std::string(kShort)});
  secret = Secret{"x"};
  secret.~Secret();
  EXPECT_FALSE(grave.holds(kShort.substr(4)));
}

}  // namespace
}  // namespace runneriq
