#include "platform/log_line.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <ctime>
#include <limits>

namespace runneriq::platform {
namespace {

const Time kTime = parse_time("2025-03-01T12:04:05.120Z").value_or(Time{});

struct Line {
  const char* name;
  LogField field;
  std::string json;  // behind the fixed part
  std::string text;
};

class OneField : public testing::TestWithParam<Line> {};

TEST_P(OneField, ReadsAsItShould) {
  ::setenv("TZ", "UTC0", 1);
  ::tzset();
  const std::vector<LogField> fields{GetParam().field};
  const LogEvent event{
      .time = kTime, .level = LogLevel::warning, .event = "tick", .run = "r1", .fields = fields};
  const std::string json =
      R"({"time":"2025-03-01T12:04:05.120Z","level":"warning","event":"tick","run":"r1",)" + GetParam().json +
      "}";
  EXPECT_EQ(json_line(event), json);
  EXPECT_EQ(journal_line(event), "<4>" + json);
  EXPECT_EQ(text_line(event), "12:04:05 WARN  tick " + GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Of, OneField,
    testing::Values(
        Line{"Text", {"job", std::string("build")}, R"("job":"build")", "job=build"},
        Line{"NoText", {"job", std::string()}, R"("job":"")", R"(job="")"},
        Line{"TextWithBlanks", {"job", std::string("a b=c")}, R"("job":"a b=c")", R"(job="a b=c")"},
        Line{"TextThatImitatesAField",
             {"job", std::string("x level=error")},
             R"("job":"x level=error")",
             R"(job="x level=error")"},
        Line{"TextWithQuotes",
             {"job", std::string(R"(","level":"error)")},
             R"("job":"\",\"level\":\"error")",
             R"(job="\",\"level\":\"error")"},
        Line{"TextWithBackslashes", {"job", std::string(R"(\")")}, R"("job":"\\\\\"")", R"(job="\\\\\"")"},
        Line{"TextOfTwoLines", {"job", std::string("a\nb")}, R"("job":"a\\nb")", R"(job="a\\nb")"},
        Line{"TextThatMovesACursor",
             {"job", std::string("\x1b[2J")},
             R"("job":"\\x1b[2J")",
             R"(job="\\x1b[2J")"},
        Line{"TextThatIsNoUtf8", {"job", std::string("\xff")}, R"("job":"\\xff")", R"(job="\\xff")"},
        Line{"AnAddress",
             {"url", std::string("https://a.b/c")},
             R"("url":"https://a.b/c")",
             "url=https://a.b/c"},
        Line{"Path", {"path", std::string("/run/x")}, R"("path":"/run/x")", "path=/run/x"},
        Line{"Letters", {"job", std::string("naïve")}, R"("job":"naïve")", R"(job="naïve")"},
        Line{"Number", {"jobs", std::int64_t{-7}}, R"("jobs":-7)", "jobs=-7"},
        Line{"LargeNumber",
             {"jobs", std::numeric_limits<std::int64_t>::max()},
             R"("jobs":9223372036854775807)",
             "jobs=9223372036854775807"},
        Line{"Fraction", {"score", 0.1}, R"("score":0.1)", "score=0.1"},
        Line{"TinyFraction", {"score", 1e-300}, R"("score":1e-300)", "score=1e-300"},
        Line{"NoNumber", {"score", std::nan("")}, R"("score":null)", "score=null"},
        Line{"Endless", {"score", std::numeric_limits<double>::infinity()}, R"("score":null)", "score=null"},
        Line{"Truth", {"ok", true}, R"("ok":true)", "ok=true"},
        Line{"OurOwnName", {"level", std::string("error")}, R"("level_":"error")", "level_=error"},
        Line{"ABadName", {"a\":1,\"b c=", std::int64_t{1}}, R"("a__1__b_c_":1)", "a__1__b_c_=1"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(LogLine, NamesTheLevel) {
  const std::vector<LogField> none;
  const auto event = [&](LogLevel level) {
    return LogEvent{.time = kTime, .level = level, .event = "x", .run = {}, .fields = none};
  };
  EXPECT_EQ(journal_line(event(LogLevel::debug)),
            R"(<7>{"time":"2025-03-01T12:04:05.120Z","level":"debug","event":"x"})");
  EXPECT_TRUE(journal_line(event(LogLevel::info)).starts_with("<6>"));
  EXPECT_TRUE(journal_line(event(LogLevel::warning)).starts_with("<4>"));
  EXPECT_TRUE(journal_line(event(LogLevel::error)).starts_with("<3>"));
  EXPECT_EQ(text_line(event(LogLevel::info)).substr(8), " INFO  x");
  EXPECT_EQ(text_line(event(LogLevel::error)).substr(8), " ERROR x");
}

TEST(LogLine, ALongTextIsCut) {
  const std::vector<LogField> fields{{"text", std::string(1 << 20, 'x')}};
  const LogEvent event{.time = kTime, .level = LogLevel::info, .event = "x", .run = {}, .fields = fields};
  EXPECT_LT(json_line(event).size(), 5000U);
  EXPECT_LT(text_line(event).size(), 5000U);
}

}  // namespace
}  // namespace runneriq::platform
