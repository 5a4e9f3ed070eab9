#include "advisor/tie_break.hpp"

#include "core/json_text.hpp"
#include "tests/support/advisor_fakes.hpp"
#include "tests/support/tie_break_maker.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <limits>

namespace runneriq::advisor {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

carbon::Outlook outlook_with(const std::string& zone, Time begin, double g_per_kwh) {
  carbon::Outlook outlook;
  outlook.zone = carbon::ZoneKey{zone};
  outlook.begin = begin;
  for (int slot = 0; slot < 4 * 24; ++slot) {
    outlook.slots.push_back(
        {.intensity = carbon::Intensity::of(g_per_kwh + 25.0 * (slot / 4)), .rung = carbon::Rung::forecast});
  }
  return outlook;
}

CloseCall with_carbon() {
  CloseCall call;
  call.fleet.runners[0].zone = carbon::ZoneKey{"SE"};
  call.fleet.runners[1].zone = carbon::ZoneKey{"DE"};
  call.fleet.carbon.emplace().now = call.fleet.now;
  for (const auto& [zone, grams] : {std::pair{"SE", 31.0}, std::pair{"DE", 404.0}}) {
    call.fleet.carbon->zones.emplace(carbon::ZoneKey{zone}, outlook_with(zone, call.fleet.now, grams));
  }
  call.carbon = {.better = carbon::Intensity::of(404), .second = carbon::Intensity::of(31)};
  return call;
}

TEST(TieBreakQuestion, TellsLoadHistoryCarbonAndForecastOfBoth) {
  CloseCall call = with_carbon();
  call.fleet.runners[1].reliability = 0.987;
  call.fleet.runners[1].host_load = 0.43;
  call.fleet.histories[0].by_runner = {{call.fleet.runners[1].key, 131s}};
  call.fleet.histories[0].fleet_average = 95s;
  const Question question = tie_break_question(call.question());
  const json document = json_in(question.document);
  EXPECT_EQ(document.at("class"), "MEDIUM");
  EXPECT_EQ(document.at("margin_percent"), 3);
  EXPECT_EQ(document.at("A"), json_in(R"({"score": 81, "values": {"utilisation": 60, "capacity": 100},
    "load_percent": 45, "running_jobs": 2, "slots": 4, "expected_seconds": 130, "success_percent": 99,
    "carbon_g_per_kwh": 400, "forecast_g_per_kwh": [400, 430, 450, 480, 500, 530]})"));
  EXPECT_EQ(document.at("B"), json_in(R"({"score": 79, "values": {"utilisation": 60, "capacity": 100},
    "load_percent": 25, "running_jobs": 1, "slots": 4, "expected_seconds": 95, "success_percent": null,
    "carbon_g_per_kwh": 30, "forecast_g_per_kwh": [30, 60, 80, 110, 130, 160]})"));
  EXPECT_EQ(document.at("quoted"),
            json_in(R"({"job": "job", "stage": "test", "A": "docker-7", "B": "docker-3"})"));
  EXPECT_EQ(question.project, "");
  EXPECT_TRUE(question.line_numbers.empty());
}

TEST(TieBreakQuestion, SaysNothingOfCarbonWhereItMustNotDecide) {
  CloseCall call = with_carbon();
  call.carbon.reset();
  EXPECT_EQ(tie_break_question(call.question()).document.find("g_per_kwh"), std::string::npos);
}

TEST(TieBreakQuestion, SaysWhatIsNotKnown) {
  CloseCall call = with_carbon();
  call.fleet.carbon.reset();
  call.carbon->second.reset();
  const json document = json_in(tie_break_question(call.question()).document);
  EXPECT_EQ(document.at("B").at("carbon_g_per_kwh"), nullptr);
  EXPECT_EQ(document.at("B").at("forecast_g_per_kwh"), nullptr);
  EXPECT_EQ(document.at("B").at("expected_seconds"), nullptr);
}

TEST(TieBreakQuestion, HasTheSameKeyForFiguresThatAreAlikeOnly) {
  CloseCall call;
  const std::string key = tie_break_question(call.question()).key;
  call.better.score = 81.4;
  call.margin = 0.0301;
  call.fleet.jobs[0].queued = 90s;
  call.fleet.jobs[0].key.job = JobId{77};
  EXPECT_EQ(tie_break_question(call.question()).key, key);
  call.fleet.runners[0].active_jobs = 3;
  EXPECT_NE(tie_break_question(call.question()).key, key);
}

TEST(TieBreakQuestion, HasNoSecretOfAName) {
  CloseCall call;
  call.fleet.runners[0].description =
      "glpat"
      "-AbCdEfGhIjKlMnOpQrSt";
  call.fleet.jobs[0].facts.name = std::string(5'000, 'x');
  const Question question = tie_break_question(call.question());
  EXPECT_EQ(question.document.find("glpat"), std::string::npos);
  EXPECT_LT(question.document.size(), 1'000U);
}

TEST(TieBreakQuestion, SurvivesFiguresThatAreNoNumbers) {
  CloseCall call;
  call.margin = std::numeric_limits<double>::quiet_NaN();
  call.better.score = std::numeric_limits<double>::infinity();
  call.fleet.runners[1].host_load = 1e300;
  call.fleet.runners[0].max_jobs = 0;
  EXPECT_TRUE(json::accept(tie_break_question(call.question()).document));
}

class TieBreaksTest : public testing::Test, protected AdvisorFixture {
 protected:
  scheduler::AdvisorAnswer choose() { return *tie_breaks.choose(call.question()); }
  scheduler::AdvisorAnswer choose_after(const std::string& answer) {
    static_cast<void>(choose());
    reply_with({answered(answer)});
    EXPECT_TRUE(tie_breaks.answer_next(consultation));
    return choose();
  }
  CloseCall call;
  TieBreaks tie_breaks{[this] { return now; }};
};

constexpr std::size_t kA = 1, kB = 0;  // places in the fleet

TEST_F(TieBreaksTest, DecidesByRulesUntilAModelHasAnswered) {
  EXPECT_EQ(choose().runner, kB);
  EXPECT_EQ(choose().reason, "both within 3 %; runner 3 (docker-3) has the lower id");
  EXPECT_EQ(choose().model, "");
  EXPECT_EQ(tie_breaks.waiting(), 1U);
  EXPECT_TRUE(carrier.calls.empty());
}

TEST_F(TieBreaksTest, LeavesItToTheModelWithItsWordsBesideTheRules) {
  const auto answer = choose_after(tie_break_text("A", "ends \\\"earlier\\\""));
  EXPECT_EQ(answer.runner, kA);
  EXPECT_EQ(answer.model, "claude-haiku-5-5");
  EXPECT_EQ(
      answer.reason,
      "the model claude-haiku-5-5 chose runner 7 (docker-7): \"ends 'earlier'\"; by rules: both within 3 "
      "%; runner 3 (docker-3) has the lower id");
  EXPECT_EQ(tie_breaks.waiting(), 0U);
  EXPECT_FALSE(tie_breaks.answer_next(consultation));
}

TEST_F(TieBreaksTest, TakesTheSecondWhereTheModelSaysB) {
  call.fleet.runners[1].reliability = 0.99;
  call.fleet.runners[0].reliability = 0.5;
  EXPECT_EQ(choose().runner, kA);
  EXPECT_EQ(choose_after(tie_break_text("B")).runner, kB);
}

TEST_F(TieBreaksTest, DecidesByRulesWithoutAPreference) {
  const auto answer = choose_after(tie_break_text("NO_PREFERENCE", "alike"));
  EXPECT_EQ(answer.runner, kB);
  EXPECT_EQ(answer.model, "");
  EXPECT_EQ(answer.reason,
            "both within 3 %; runner 3 (docker-3) has the lower id; the model claude-haiku-5-5 has "
            "no preference: \"alike\"");
}

TEST_F(TieBreaksTest, HoldsAnAnswerForTenMinutes) {
  EXPECT_EQ(choose_after(tie_break_text("A")).runner, kA);
  now += 599s;
  EXPECT_EQ(choose().runner, kA);
  now += 1s;
  EXPECT_EQ(choose().runner, kB);
  EXPECT_EQ(tie_breaks.waiting(), 1U);
}

TEST_F(TieBreaksTest, DecidesByRulesWhereTheSecondMayNotWin) {
  EXPECT_EQ(choose_after(tie_break_text("A")).runner, kA);
  call.second_may_win = false;
  EXPECT_EQ(choose().runner, kB);
  EXPECT_EQ(choose().model, "");
  call.better.score = 70;
  static_cast<void>(choose());
  EXPECT_EQ(tie_breaks.waiting(), 0U);
}

TEST_F(TieBreaksTest, StaysWithTheRulesWhereTheModelFails) {
  static_cast<void>(choose());
  reply_with({failed_with(Failure::late)});
  EXPECT_TRUE(tie_breaks.answer_next(consultation));
  EXPECT_EQ(choose().model, "");
  EXPECT_EQ(tie_breaks.waiting(), 1U);
}

TEST_F(TieBreaksTest, AsksTheNewestQuestionFirstAndKeepsAFewOnly) {
  reply_with({answered(tie_break_text("A"))});
  for (int score = 0; score < 100; ++score) {
    call.better.score = score;
    static_cast<void>(choose());
    static_cast<void>(choose());
  }
  EXPECT_EQ(tie_breaks.waiting(), TieBreaks::kMostWaiting);
  EXPECT_TRUE(tie_breaks.answer_next(consultation));
  EXPECT_EQ(carrier.calls.at(0).body, tie_break_question(call.question()).document);
  call.better.score = 50;
  static_cast<void>(choose());
  EXPECT_TRUE(tie_breaks.answer_next(consultation));
  EXPECT_EQ(carrier.calls.at(1).body, tie_break_question(call.question()).document);
}

TEST_F(TieBreaksTest, HoldsAThousandAnswersAtMost) {
  reply_with({answered(tie_break_text("A"), Usage{1, 1})});
  const auto ask_about = [&](int jobs) {
    call.fleet.runners[1].active_jobs = jobs;
    return choose();
  };
  for (int jobs = 0; jobs <= static_cast<int>(TieBreaks::kMostHeld); ++jobs) {
    ask_about(jobs);
    now += 1ms;
    ASSERT_TRUE(tie_breaks.answer_next(consultation));
  }
  EXPECT_EQ(ask_about(1).model, "claude-haiku-5-5");
  EXPECT_EQ(ask_about(static_cast<int>(TieBreaks::kMostHeld)).model, "claude-haiku-5-5");
  EXPECT_EQ(ask_about(0).model, "");
}

}  // namespace
}  // namespace runneriq::advisor
