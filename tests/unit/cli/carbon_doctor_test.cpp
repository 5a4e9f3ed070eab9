#include "cli/carbon_doctor.hpp"

#include "tests/support/carbon_faces.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace runneriq::cli {
namespace {

using carbon::outlook_from;
using carbon::placed;
using carbon::Rung;
using carbon::ZoneKey;
using executor::Finding;
using executor::FindingStatus;

struct CarbonDoctor : testing::Test {
  carbon::CarbonOptions options;
  CarbonFacts facts{.options = &options, .runners = {}, .grid = carbon::grid_of({}), .channels = {}};

  Finding named(std::string_view name) {
    const auto all = examine_carbon(facts);
    const auto found = std::ranges::find(all, name, &Finding::name);
    if (found == all.end()) return {"absent", FindingStatus::ok, "", ""};
    return *found;
  }
};

TEST_F(CarbonDoctor, TellsByWhatEachZoneIsKnown) {
  facts.runners = {placed(1, "DE"), placed(2, "FR"), placed(3, "AA")};
  facts.grid =
      carbon::grid_of({outlook_from("DE", {300}, Rung::live), outlook_from("FR", {58}, Rung::annual_mean)});
  EXPECT_EQ(named("carbon.zone.DE").status, FindingStatus::ok);
  EXPECT_NE(named("carbon.zone.DE").what.find("live (demo)"), std::string::npos);
  EXPECT_EQ(named("carbon.zone.FR").status, FindingStatus::warn);
  EXPECT_EQ(named("carbon.zone.AA").status, FindingStatus::warn);
  EXPECT_NE(named("carbon.zone.AA").remedy.find("ELECTRICITY_MAPS_TOKEN_AA"), std::string::npos);
}

TEST_F(CarbonDoctor, NamesRunnersWithoutAZone) {
  facts.runners = {placed(1, "DE"), placed(2, "")};
  EXPECT_NE(named("carbon.runners").remedy.find("RUNNER_ZONE_2"), std::string::npos);
  facts.runners = {placed(2, "")};
  EXPECT_EQ(named("carbon").status, FindingStatus::skipped);
}

TEST_F(CarbonDoctor, NamesSourcesThatRefuse) {
  facts.runners = {placed(1, "DE")};
  carbon::Channel channel{
      .key = {"electricity_maps", ZoneKey{"DE"}}, .tokens_at = {}, .wants = {}, .trouble = "403"};
  channel.wants[0].refusals = 2;
  facts.channels = {channel};
  EXPECT_NE(named("carbon.source.electricity_maps.DE").remedy.find("key that covers DE"), std::string::npos);
}

TEST_F(CarbonDoctor, NeverFails) {
  facts.runners = {placed(1, "DE"), placed(2, "")};
  EXPECT_EQ(executor::exit_code(examine_carbon(facts)), 0);
  options.use = carbon::CarbonOptions::Use::off;
  EXPECT_EQ(named("carbon").status, FindingStatus::skipped);
}

}  // namespace
}  // namespace runneriq::cli
