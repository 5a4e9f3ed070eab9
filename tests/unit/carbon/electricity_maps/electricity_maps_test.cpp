#include "carbon/electricity_maps/electricity_maps.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;

const Time kNow = parse_time("2026-01-01T10:20:00Z").value();
const ZoneKey kDe{"DE"};

ElectricityMaps with(ElectricityMapsOptions options = {}) {
  return {std::move(options), {{}, Secret{"general"}}};
}

Time at(std::string_view clock) {
  return parse_time("2026-01-01T" + std::string(clock) + ":00Z").value();
}

Step step(std::string_view from, Duration length, double g, bool estimated = false) {
  return {at(from), at(from) + length, Intensity::of(g).value(), estimated};
}

std::string point(std::string_view clock, std::string_view intensity, std::string_view more = "") {
  return R"({"zone":"DE","datetime":"2026-01-01T)" + std::string(clock) + R"(:00.000Z","carbonIntensity":)" +
         std::string(intensity) + std::string(more) + "}";
}

std::string list(std::string_view name, const std::vector<std::string>& points, std::string_view more = "") {
  std::string text = R"({"zone":"DE")" + std::string(more) + ",\"" + std::string(name) + "\":[";
  for (const std::string& each : points) text += (text.ends_with('[') ? "" : ",") + each;
  return text + "]}";
}

std::string shown(const std::vector<Step>& steps) {
  std::string text;
  for (const Step& each : steps) {
    text += runneriq::to_text(each.from) + " to " + runneriq::to_text(each.to) + " " +
            std::to_string(each.intensity.g_per_kwh()) + (each.estimated ? " estimated\n" : "\n");
  }
  return text;
}

// ---- what is asked ---------------------------------------------------------------------------

TEST(ElectricityMapsQuestion, NamesVersionPathZoneAndFactors) {
  EXPECT_EQ(
      with().question(kDe, Want::latest, kNow).url,
      "https://api.electricitymaps.com/v4/carbon-intensity/latest?zone=DE&emissionFactorType=lifecycle");
  const auto other = with({.url = "http://127.0.0.1:1",
                           .version = Version::v3,
                           .factors = EmissionFactors::direct,
                           .estimations = false});
  EXPECT_EQ(other.question(ZoneKey{"A&B /Ü"}, Want::forecast, kNow).url,
            "http://127.0.0.1:1/v3/carbon-intensity/"
            "forecast?zone=A%26B%20%2F%C3%9C&emissionFactorType=direct&disableEstimations=true");
  EXPECT_NE(with().question(kDe, Want::history, kNow).url.find("/carbon-intensity/history?"),
            std::string::npos);
}

TEST(ElectricityMapsQuestion, CarriesTheZonesOwnKeyElseTheGeneralOne) {
  const ElectricityMaps it{{}, {{{ZoneKey{"FR"}, Secret{"french"}}}, Secret{"general"}}};
  EXPECT_EQ(it.question(ZoneKey{"FR"}, Want::latest, kNow).key.reveal(), "french");
  EXPECT_EQ(it.question(kDe, Want::latest, kNow).key.reveal(), "general");
  EXPECT_EQ(it.question(kDe, Want::latest, kNow).secret_header, "auth-token");
  EXPECT_EQ(it.question(kDe, Want::latest, kNow).url.find("general"), std::string::npos);
}

TEST(ElectricityMapsQuestion, IsOfferedWhereThereIsAKey) {
  const ElectricityMaps one{{}, {{{ZoneKey{"FR"}, Secret{"french"}}}, Secret{}}};
  EXPECT_TRUE(one.offers(ZoneKey{"FR"}, Want::forecast));
  EXPECT_FALSE(one.offers(ZoneKey{"fr"}, Want::forecast));
  EXPECT_FALSE(one.offers(kDe, Want::latest));
  EXPECT_TRUE(with().offers(kDe, Want::history));
  EXPECT_FALSE(with().offers(ZoneKey{}, Want::latest));
}

// ---- what is read ----------------------------------------------------------------------------

struct GoodReply {
  std::string name;
  Want want;
  std::string body;
  std::vector<Step> steps;
  std::string left_out = "";
};
class ElectricityMapsReply : public testing::TestWithParam<GoodReply> {};

TEST_P(ElectricityMapsReply, BecomesSteps) {
  const auto answer = with().read(kDe, GetParam().want, GetParam().body, kNow);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->steps, GetParam().steps) << shown(answer->steps);
  EXPECT_EQ(answer->left_out, GetParam().left_out);
  EXPECT_EQ(answer->basis, (Basis{Signal::average, EmissionFactors::lifecycle}));
}

INSTANTIATE_TEST_SUITE_P(
    Good, ElectricityMapsReply,
    testing::Values(
        GoodReply{"Latest",
                  Want::latest,
                  R"({"zone":"DE","carbonIntensity":302,"datetime":"2026-01-01T10:00:00.000Z",
                      "updatedAt":"2026-01-01T10:12:00.000Z","createdAt":"2025-12-29T10:00:00.000Z",
                      "emissionFactorType":"lifecycle","isEstimated":true,
                      "estimationMethod":"TIME_SLICER_AVERAGE","temporalGranularity":"hourly"})",
                  {step("10:00", 1h, 302, true)}},
        GoodReply{
            "LatestWithoutGranularity", Want::latest, point("10:00", "302.5"), {step("10:00", 1h, 302.5)}},
        GoodReply{"LatestOfAQuarter",
                  Want::latest,
                  point("10:15", "302", R"(,"temporalGranularity":"15_minutes")"),
                  {step("10:15", 15min, 302)}},
        GoodReply{"LatestOfFiveMinutes",
                  Want::latest,
                  point("10:15", "302", R"(,"temporalGranularity":"5_minutes")"),
                  {step("10:15", 5min, 302)}},
        GoodReply{"AnUnknownGranularityCountsAsNotSaid",
                  Want::latest,
                  point("10:00", "302", R"(,"temporalGranularity":"fortnightly")"),
                  {step("10:00", 1h, 302)}},
        GoodReply{"AnOldSampleIsRead",
                  Want::latest,
                  R"({"zone":"DE","carbonIntensity":302,"datetime":"2026-01-01T01:00:00Z"})",
                  {step("01:00", 1h, 302)}},
        GoodReply{"TimesOfOtherZonesOfTheClock",
                  Want::latest,
                  R"({"zone":"DE","carbonIntensity":302,"datetime":"2026-01-01T11:00:00+01:00"})",
                  {step("10:00", 1h, 302)}},
        GoodReply{"BoundsCount",
                  Want::history,
                  list("history", {point("08:00", "2000"), point("09:00", "0.001")}),
                  {step("08:00", 1h, 2000), step("09:00", 1h, 0.001)}},
        GoodReply{
            "NoIntensityIsLeftOut",
            Want::history,
            list("history", {point("01:00", "null"), point("02:00", "0"), point("03:00", "-3"),
                             point("04:00", "2000.1"), point("05:00", "\"NaN\""), point("06:00", "\"300\""),
                             point("07:00", "true"), point("08:00", "[1]"), point("09:00", "300")}),
            {step("09:00", 1h, 300)},
            "8 of 9 points have no intensity that counts"},
        GoodReply{"WhatIsNoPointIsLeftOut",
                  Want::history,
                  list("history", {"7", "null", "[]", R"({"carbonIntensity":5})",
                                   R"({"carbonIntensity":5,"datetime":"yesterday"})",
                                   R"({"carbonIntensity":5,"datetime":1767261600})", point("09:00", "300")}),
                  {step("09:00", 1h, 300)},
                  "6 of 7 points have no intensity that counts"},
        GoodReply{"AGapStaysOne",
                  Want::history,
                  list("history", {point("06:00", "300"), point("09:00", "310")}),
                  {step("06:00", 1h, 300), step("09:00", 1h, 310)}},
        GoodReply{"ANullHalfHourEndsTheOneBefore",
                  Want::history,
                  list("history", {point("06:00", "300"), point("06:30", "null"), point("07:00", "310")}),
                  {step("06:00", 30min, 300), step("07:00", 1h, 310)},
                  "1 of 3 points have no intensity that counts"},
        GoodReply{"StepsMixed",
                  Want::forecast,
                  list("forecast", {point("10:00", "1"), point("11:00", "2"), point("11:30", "3"),
                                    point("11:45", "4"), point("12:00", "5")}),
                  {step("10:00", 1h, 1), step("11:00", 30min, 2), step("11:30", 15min, 3),
                   step("11:45", 15min, 4), step("12:00", 1h, 5)}},
        GoodReply{"InAnyOrder",
                  Want::forecast,
                  list("forecast", {point("12:00", "3"), point("10:00", "1"), point("11:00", "2")}),
                  {step("10:00", 1h, 1), step("11:00", 1h, 2), step("12:00", 1h, 3)}},
        GoodReply{"ATimeTwiceIsToldTwice",
                  Want::forecast,
                  list("forecast", {point("11:00", "9"), point("10:00", "1"), point("11:00", "2")}),
                  {step("10:00", 1h, 1), step("11:00", 1h, 9), step("11:00", 1h, 2)}},
        GoodReply{"GranularityOfTheReply",
                  Want::history,
                  list("history", {point("06:00", "300"), point("07:00", "310")},
                       R"(,"temporalGranularity":"15_minutes")"),
                  {step("06:00", 15min, 300), step("07:00", 15min, 310)}},
        GoodReply{"AForecastMayBeShort",
                  Want::forecast,
                  list("forecast", {R"({"carbonIntensity":300,"datetime":"2026-01-01T10:00:00Z"})"}),
                  {step("10:00", 1h, 300)}},
        GoodReply{"ASampleFarAheadIsLeftOut",
                  Want::history,
                  list("history", {point("11:00", "300"), point("11:30", "7")}),
                  {step("11:00", 30min, 300)},
                  "1 of 2 points have no intensity that counts"},
        GoodReply{"OfAMemberTwiceTheLastCounts",
                  Want::latest,
                  point("10:00", "7", R"(,"carbonIntensity":300)"),
                  {step("10:00", 1h, 300)}}),
    [](const auto& given) { return given.param.name; });

struct BadReply {
  std::string name;
  std::string body;
  Errc code;
  Want want = Want::latest;
};
class BadElectricityMapsReply : public testing::TestWithParam<BadReply> {};

TEST_P(BadElectricityMapsReply, IsAnError) {
  const auto answer = with().read(kDe, GetParam().want, GetParam().body, kNow);
  ASSERT_FALSE(answer) << shown(answer->steps);
  EXPECT_EQ(answer.error().code, GetParam().code) << answer.error().message;
  EXPECT_FALSE(answer.error().message.empty());
  EXPECT_LT(answer.error().message.size(), 1000U);
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::string of_zone(std::string_view zone) {
  return R"({"zone":")" + std::string(zone) +
         R"(","carbonIntensity":7,"datetime":"2026-01-01T10:00:00Z","emissionFactorType":"lifecycle"})";
}

INSTANTIATE_TEST_SUITE_P(
    Bad, BadElectricityMapsReply,
    testing::Values(
        BadReply{"Empty", "", Errc::corrupt},
        BadReply{"Html", "<html><body>502</body></html>", Errc::corrupt},
        BadReply{"Half", of_zone("DE").substr(0, 40), Errc::corrupt}, BadReply{"Null", "null", Errc::corrupt},
        BadReply{"AList", "[" + of_zone("DE") + "]", Errc::corrupt},
        BadReply{"AText", "\"DE\"", Errc::corrupt},
        BadReply{"TwoObjects", of_zone("DE") + of_zone("DE"), Errc::corrupt},
        BadReply{"NaN", point("10:00", "NaN"), Errc::corrupt},
        BadReply{"ANumberBeyondAll", point("10:00", "1e999"), Errc::corrupt},
        BadReply{"NoUtf8", "{\"zone\":\"\xFF\xFE\"}", Errc::corrupt},
        BadReply{"ZeroBytes", std::string(1000, '\0'), Errc::corrupt},
        BadReply{"Deep", R"({"zone":"DE","x":)" + repeated("[", 1'000) + repeated("]", 1'000) + "}",
                 Errc::corrupt},
        BadReply{"DeepAndOpen", repeated(R"({"a":)", 1'000'000), Errc::corrupt},
        BadReply{"TenMegabytesOfPoints", list("history", std::vector(150'000, point("10:00", "300"))),
                 Errc::corrupt, Want::history},
        BadReply{"TenMegabytesOfText", "{\"zone\":\"" + std::string(10'000'000, 'x') + "\"}", Errc::conflict},
        BadReply{"NoZone", R"({"carbonIntensity":7,"datetime":"2026-01-01T10:00:00Z"})", Errc::corrupt},
        BadReply{"ANumberForAZone", R"({"zone":7,"carbonIntensity":7,"datetime":"2026-01-01T10:00:00Z"})",
                 Errc::corrupt},
        BadReply{"AnotherZone", of_zone("FR"), Errc::conflict},
        BadReply{"TheZoneInTheWrongCase", of_zone("de"), Errc::conflict},
        BadReply{"APointOfAnotherZone", list("history", {point("10:00", "300", R"(,"zone":"FR")")}),
                 Errc::conflict, Want::history},
        BadReply{"OtherFactors", point("10:00", "300", R"(,"emissionFactorType":"direct")"), Errc::conflict},
        BadReply{"APointOfOtherFactors",
                 list("forecast", {point("10:00", "300", R"(,"emissionFactorType":"direct")")}),
                 Errc::conflict, Want::forecast},
        BadReply{"NoList", R"({"zone":"DE","history":{}})", Errc::corrupt, Want::history},
        BadReply{"TheListOfAnotherPath", list("history", {point("10:00", "300")}), Errc::corrupt,
                 Want::forecast},
        BadReply{"AnEmptyList", list("forecast", {}), Errc::not_found, Want::forecast},
        BadReply{"NullIntensity", point("10:00", "null"), Errc::not_found},
        BadReply{"NoIntensity", R"({"zone":"DE","datetime":"2026-01-01T10:00:00Z"})", Errc::not_found},
        BadReply{"NoIntensityAtAll", R"({"zone":"DE"})", Errc::not_found},
        BadReply{"Zero", point("10:00", "0"), Errc::not_found},
        BadReply{"Negative", point("10:00", "-200"), Errc::not_found},
        BadReply{"TooMuch", point("10:00", "5000"), Errc::not_found},
        BadReply{"ATextForANumber", point("10:00", "\"NaN\""), Errc::not_found},
        BadReply{"ASampleFromTomorrow",
                 R"({"zone":"DE","carbonIntensity":7,"datetime":"2026-01-02T10:00:00Z"})", Errc::not_found},
        BadReply{"AnError", R"({"error":"Unauthorized","message":"Invalid token"})", Errc::corrupt}),
    [](const auto& given) { return given.param.name; });

TEST(ElectricityMapsRead, LeavesEstimatedPointsOutWhereTheyAreNotWanted) {
  const auto it = with({.estimations = false});
  const std::string estimated = R"(,"isEstimated":true)";
  const auto answer = it.read(kDe, Want::history,
                              list("history", {point("08:00", "7", estimated), point("09:00", "300")}), kNow);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->steps, (std::vector{step("09:00", 1h, 300)}));
  EXPECT_FALSE(it.read(kDe, Want::latest, point("10:00", "7", estimated), kNow));
}

TEST(ElectricityMapsRead, SaysTheBasisThatWasAskedFor) {
  const auto it = with({.factors = EmissionFactors::direct});
  const auto answer =
      it.read(kDe, Want::latest, point("10:00", "300", R"(,"emissionFactorType":"direct")"), kNow);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->basis, (Basis{Signal::average, EmissionFactors::direct}));
  EXPECT_EQ(it.read(kDe, Want::latest, of_zone("DE"), kNow).error().code, Errc::conflict);
}

TEST(ElectricityMapsRead, TellsWhenAForecastWasMade) {
  const auto made = [](std::string_view more) {
    return with().read(kDe, Want::forecast, list("forecast", {point("10:00", "300")}, more), kNow)->made;
  };
  EXPECT_EQ(made(R"(,"updatedAt":"2026-01-01T04:00:00.000Z")"), at("04:00"));
  EXPECT_EQ(made(R"(,"updatedAt":"2026-01-01T14:00:00.000Z")"), std::nullopt);
  EXPECT_EQ(made(R"(,"updatedAt":null)"), std::nullopt);
  EXPECT_EQ(made(""), std::nullopt);
}

}  // namespace
}  // namespace runneriq::carbon
