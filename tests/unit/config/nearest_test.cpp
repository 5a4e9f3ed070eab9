#include "config/configuration.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace runneriq::config {
namespace {

constexpr std::array<std::string_view, 6> kKnown{"max_hold", "slots",  "kill_grace",
                                                 "run_as",   "driver", "production_refs"};

struct NearestCase {
  std::string name;
  std::string word;
  std::string expected;
};

class Nearest : public testing::TestWithParam<NearestCase> {};

TEST_P(Nearest, IsWhatWasMeant) {
  EXPECT_EQ(nearest(GetParam().word, kKnown), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Words, Nearest,
                         testing::Values(NearestCase{"Exact", "slots", "slots"},
                                         NearestCase{"Swapped", "max_hlod", "max_hold"},
                                         NearestCase{"Missing", "slot", "slots"},
                                         NearestCase{"Added", "driiver", "driver"},
                                         NearestCase{"Replaced", "kill-grace", "kill_grace"},
                                         NearestCase{"TwoEdits", "maxhodl", "max_hold"},
                                         NearestCase{"ThreeEditsOfAShortWord", "slolxyz", ""},
                                         NearestCase{"AThirdOfALongWord", "prodctn_refs", "production_refs"},
                                         NearestCase{"TooFar", "webhooks", ""},
                                         NearestCase{"Nothing", "", ""}, NearestCase{"OneLetter", "x", ""},
                                         NearestCase{"VeryLong", std::string(100'000, 's'), ""}),
                         [](const auto& one) { return one.param.name; });

TEST(Nearest, OfEquallyNearWordsTheFirstIsTaken) {
  constexpr std::array<std::string_view, 2> known{"abcde", "abcdf"};
  EXPECT_EQ(nearest("abcdx", known), "abcde");
  EXPECT_EQ(nearest("abcdx", std::span<const std::string_view>{}), "");
}

}  // namespace
}  // namespace runneriq::config
