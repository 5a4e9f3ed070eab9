#include "carbon/zones.hpp"

#include "tests/support/intensities.hpp"

#include <gtest/gtest.h>

namespace runneriq::carbon {
namespace {

using support::g;
using support::typical;
using support::zone;

using Tags = std::vector<std::string>;

TEST(ZoneOfTags, IsThatOfTheUsersTag) {
  EXPECT_EQ(zone_of_tags(Tags{"docker", "zone:DK-DK1"}), zone("DK-DK1"));
  EXPECT_EQ(zone_of_tags(Tags{"zone:DE", "zone:DE"}), zone("DE"));
}

TEST(ZoneOfTags, IsNoneWithoutOneOrWithTwo) {
  EXPECT_EQ(zone_of_tags(Tags{}), zone(""));
  EXPECT_EQ(zone_of_tags(Tags{"docker", "zones:DE", "my-zone:DE"}), zone(""));
  EXPECT_EQ(zone_of_tags(Tags{"zone:"}), zone(""));
  EXPECT_EQ(zone_of_tags(Tags{"zone:DE", "zone:FR"}), zone(""));
  EXPECT_EQ(zone_of_tags(Tags{"zone:DE", "zone:FR", "zone:FR"}), zone(""));
}

TEST(CanonicalZone, TakesTheKnownKeysCase) {
  const std::vector<TypicalZone> known{typical("DE", 350), typical("US-CAL-CISO", 210)};
  EXPECT_EQ(canonical(zone("us-cal-ciso"), known), zone("US-CAL-CISO"));
  EXPECT_EQ(canonical(zone("De"), known), zone("DE"));
  EXPECT_EQ(canonical(zone("DE"), known), zone("DE"));
  EXPECT_EQ(canonical(zone("de-x"), known), zone("de-x"));
  EXPECT_EQ(canonical(zone(""), known), zone(""));
  EXPECT_EQ(canonical(zone("de"), {}), zone("de"));
}

TEST(CanonicalZone, KeepsAKeyThatIsKnownAsItIs) {
  const std::vector<TypicalZone> known{typical("DE", 350), typical("de", 340)};
  EXPECT_EQ(canonical(zone("de"), known), zone("de"));
  EXPECT_EQ(canonical(zone("DE"), known), zone("DE"));
}

TEST(Shade, TheLowerBoundIsAmberAndTheUpperOneRed) {
  EXPECT_EQ(to_text(shade_of(g(149.9), 150, 300)), "green");
  EXPECT_EQ(to_text(shade_of(g(150), 150, 300)), "amber");
  EXPECT_EQ(to_text(shade_of(g(299.9), 150, 300)), "amber");
  EXPECT_EQ(to_text(shade_of(g(300), 150, 300)), "red");
}

}  // namespace
}  // namespace runneriq::carbon
