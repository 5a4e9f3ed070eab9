#include "carbon/uk_grid/uk_grid.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;

const Time kNow = parse_time("2026-01-01T10:20:00Z").value();
const ZoneKey kGb{"GB"};

Step step(std::string_view from, Duration length, double g, bool estimated) {
  const Time start = parse_time("2026-01-01T" + std::string(from) + ":00Z").value();
  return {start, start + length, Intensity::of(g).value(), estimated};
}

std::string point(std::string_view from, std::string_view to, std::string_view intensity) {
  return R"({"from":"2026-01-01T)" + std::string(from) + R"(Z","to":"2026-01-01T)" + std::string(to) +
         R"(Z","intensity":)" + std::string(intensity) + "}";
}

std::string both(std::string_view forecast, std::string_view actual) {
  return R"({"forecast":)" + std::string(forecast) + R"(,"actual":)" + std::string(actual) +
         R"(,"index":"moderate"})";
}

std::string list(const std::vector<std::string>& points) {
  std::string text = R"({"data":[)";
  for (const std::string& each : points) text += (text.ends_with('[') ? "" : ",") + each;
  return text + "]}";
}

TEST(UkGrid, IsAskedForGreatBritainAlone) {
  const UkGrid it{{}};
  EXPECT_TRUE(it.offers(kGb, Want::latest));
  EXPECT_TRUE(it.offers(kGb, Want::forecast));
  for (const char* zone : {"gb", "GB-NIR", "DE", ""}) EXPECT_FALSE(it.offers(ZoneKey{zone}, Want::latest));
  EXPECT_FALSE(UkGrid{{.enabled = false}}.offers(kGb, Want::latest));
}

TEST(UkGrid, IsAskedFromTheHalfHourOnWithoutAKey) {
  const UkGrid it{{.url = "https://uk"}};
  const auto url = [&](Want want, Time now) { return it.question(kGb, want, now).url; };
  EXPECT_EQ(url(Want::latest, kNow), "https://uk/intensity");
  EXPECT_EQ(url(Want::forecast, kNow), "https://uk/intensity/2026-01-01T10:00Z/fw48h");
  EXPECT_EQ(url(Want::history, kNow + 10min), "https://uk/intensity/2026-01-01T10:30Z/pt24h");
  EXPECT_EQ(it.question(kGb, Want::latest, kNow).secret_header, "");
  EXPECT_TRUE(it.question(kGb, Want::latest, kNow).key.empty());
}

struct ReplyCase {
  std::string name;
  Want want;
  std::string body;
  std::vector<Step> steps;
  std::string left_out = "";
};
class UkGridReply : public testing::TestWithParam<ReplyCase> {};

TEST_P(UkGridReply, BecomesSteps) {
  const auto answer = UkGrid{{}}.read(kGb, GetParam().want, GetParam().body, kNow);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->steps, GetParam().steps);
  EXPECT_EQ(answer->left_out, GetParam().left_out);
  EXPECT_EQ(answer->basis, (Basis{Signal::average, EmissionFactors::direct}));
}

INSTANTIATE_TEST_SUITE_P(
    Good, UkGridReply,
    testing::Values(
        ReplyCase{"Measured",
                  Want::latest,
                  list({point("10:00", "10:30", both("120", "113"))}),
                  {step("10:00", 30min, 113, false)}},
        ReplyCase{"NotMeasuredYet",
                  Want::latest,
                  list({point("10:00", "10:30", both("120", "null"))}),
                  {step("10:00", 30min, 120, true)}},
        ReplyCase{"MeasuredAsZeroIsNotMeasured",
                  Want::history,
                  list({point("09:30", "10:00", both("120", "0"))}),
                  {step("09:30", 30min, 120, true)}},
        ReplyCase{
            "AForecastIsTheForecast",
            Want::forecast,
            list({point("10:00", "10:30", both("120", "113")), point("10:30", "11:00", both("90", "null"))}),
            {step("10:00", 30min, 120, false), step("10:30", 30min, 90, false)}},
        ReplyCase{"SecondsMayBeThere",
                  Want::latest,
                  list({point("10:00:00", "10:30:00", both("120", "113"))}),
                  {step("10:00", 30min, 113, false)}},
        ReplyCase{"AnHourAndAHalf",
                  Want::history,
                  list({point("08:00", "09:30", both("120", "113"))}),
                  {step("08:00", 90min, 113, false)}},
        ReplyCase{"InAnyOrder",
                  Want::history,
                  list({point("09:00", "09:30", both("2", "2")), point("08:30", "09:00", both("1", "1"))}),
                  {step("08:30", 30min, 1, false), step("09:00", 30min, 2, false)}},
        ReplyCase{
            "PointsThatSayNothingAreLeftOut",
            Want::history,
            list({point("08:00", "08:30", both("null", "null")), point("08:30", "08:30", both("1", "1")),
                  point("09:00", "08:00", both("1", "1")), point("soon", "09:00", both("1", "1")),
                  point("08:00", "08:30", "7"), "null", "[]", point("09:00", "09:30", both("120", "113"))}),
            {step("09:00", 30min, 113, false)},
            "7 of 8 points have no intensity that counts"},
        ReplyCase{
            "SamplesOfTheFutureAreLeftOut",
            Want::history,
            list({point("10:00", "10:30", both("120", "null")), point("12:00", "12:30", both("7", "null"))}),
            {step("10:00", 30min, 120, true)},
            "1 of 2 points have no intensity that counts"}),
    [](const auto& given) { return given.param.name; });

struct BadCase {
  std::string name;
  std::string body;
  Errc code;
};
class BadUkGridReply : public testing::TestWithParam<BadCase> {};

TEST_P(BadUkGridReply, IsAnError) {
  for (const Want want : {Want::latest, Want::forecast, Want::history}) {
    const auto answer = UkGrid{{}}.read(kGb, want, GetParam().body, kNow);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, GetParam().code) << answer.error().message;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Bad, BadUkGridReply,
    testing::Values(
        BadCase{"Empty", "", Errc::corrupt}, BadCase{"Html", "<html>", Errc::corrupt},
        BadCase{"Half", R"({"data":[{"from":)", Errc::corrupt},
        BadCase{"NoRows", R"({"data":[]})", Errc::not_found},
        BadCase{"NoData", R"({"error":{"code":"500"}})", Errc::corrupt},
        BadCase{"AnObjectForData", R"({"data":{"from":"x"}})", Errc::corrupt},
        BadCase{"OnlyNull", list({point("10:00", "10:30", both("null", "null"))}), Errc::not_found},
        BadCase{"TooMuch", list({point("10:00", "10:30", both("5000", "5000"))}), Errc::not_found},
        BadCase{"Deep", std::string(100'000, '['), Errc::corrupt}),
    [](const auto& given) { return given.param.name; });

}  // namespace
}  // namespace runneriq::carbon
