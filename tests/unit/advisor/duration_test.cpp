#include "advisor/duration.hpp"

#include "core/json_text.hpp"
#include "tests/support/advisor_fakes.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace runneriq::advisor {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

DurationCase long_job() {
  return {.project = "acme/shop",
          .job_name = "build",
          .stage = "test",
          .running = 3671s,
          .usual = 1193s,
          .changed_files = {"src/main.rs", "Cargo.lock"},
          .added = 120,
          .removed = 7};
}

std::string answer_with(const std::string& choice) {
  return R"({"reason":"a new lock file","choice":")" + choice + R"(","confidence":"low"})";
}

TEST(DurationQuestion, TellsTimesAndTheChange) {
  const Question question = duration_question(long_job());
  EXPECT_EQ(json_in(question.document), json_in(R"({"running_seconds": 3700, "usual_seconds": 1200,
    "lines_added": 120, "lines_removed": 7, "changed_files": 2,
    "quoted": {"job": "build", "stage": "test", "paths": ["src/main.rs", "Cargo.lock"]}})"));
  EXPECT_EQ(question.project, "acme/shop");
  EXPECT_EQ(question.document.find("acme"), std::string::npos);
}

TEST(DurationQuestion, TellsFiftyPathsAtMostAndNoSecrets) {
  DurationCase duration = long_job();
  duration.changed_files.assign(5'000,
                                "glpat"
                                "-AbCdEfGhIjKlMnOpQrSt/" +
                                    std::string(900, 'p'));
  const json document = json_in(duration_question(duration).document);
  EXPECT_EQ(document.at("quoted").at("paths").size(), 50U);
  EXPECT_EQ(document.at("changed_files"), 5'000);
  EXPECT_EQ(json_line(document).find("glpat"), std::string::npos);
  EXPECT_LT(json_line(document).size(), 12'000U);
}

TEST(DurationQuestion, IsKeptPerProject) {
  DurationCase other = long_job();
  other.project = "acme/other";
  EXPECT_NE(duration_question(other).key, duration_question(long_job()).key);
  other = long_job();
  other.running += 9s;
  EXPECT_EQ(duration_question(other).key, duration_question(long_job()).key);
}

TEST(DurationOpinions, AreWhatTheModelSays) {
  for (const auto& [choice, expected] :
       {std::pair{"EXPECTED", Expectation::expected}, std::pair{"UNEXPECTED", Expectation::unexpected},
        std::pair{"UNSURE", Expectation::unsure}}) {
    AdvisorFixture parts;
    parts.reply_with({answered(answer_with(choice))});
    const auto opinion = opinion_of(parts.consultation, long_job());
    ASSERT_TRUE(opinion);
    EXPECT_EQ(opinion->expectation, expected);
    EXPECT_EQ(opinion->reason, "a new lock file");
    EXPECT_EQ(opinion->model, "claude-haiku-5-5");
    EXPECT_EQ(opinion->tokens, 960);
  }
}

TEST(DurationOpinions, AreNoneWhereThereIsNoAnswer) {
  AdvisorFixture parts;
  parts.reply_with({failed_with(Failure::refused)});
  EXPECT_EQ(opinion_of(parts.consultation, long_job()).error().code, Errc::unavailable);
}

}  // namespace
}  // namespace runneriq::advisor
