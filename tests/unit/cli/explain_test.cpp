#include "cli/json_text.hpp"
#include "cli/tick_document.hpp"
#include "core/json_text.hpp"
#include "scheduler/snapshot_document.hpp"
#include "tests/support/run_command.hpp"
#include "tests/support/sample_tick.hpp"

#include <nlohmann/json.hpp>

namespace runneriq::cli {
namespace {

using nlohmann::json;

struct Explain : testing::Test {
  FakeSession fake{kSampleNow};
  Explain() { fake.source.ticks = {sample_tick()}; }
};

TEST_F(Explain, GivesTheNumbersOfTheDecision) {
  EXPECT_EQ(run_words(fake, {"run", "--once", "--output", "json"}), Exit::fine);
  const json tick = parse_document(fake.out.results).value();
  for (const std::size_t at : {0U, 1U, 2U}) {
    fake.out.results.clear();
    const std::string id = json_line(tick["analyzer"]["jobs"][at]["id"]);
    EXPECT_EQ(run_words(fake, {"explain", id, "--output", "json"}), Exit::fine);
    const json explanation = parse_document(fake.out.results).value();
    EXPECT_EQ(explanation["job"], tick["analyzer"]["jobs"][at]);
    EXPECT_EQ(explanation["assignment"], tick["assigner"]["assignments"][at]);
    EXPECT_TRUE(explanation["alternatives"].is_array());
  }
}

// Decided by the real rules, so that alternatives are found.
TEST_F(Explain, TellsWhatWouldHaveChangedIt) {
  const auto fleet = scheduler::parse_snapshot(
      R"({"runners": [{"id": 1, "tags": ["linux"], "active_jobs": 1, "max_jobs": 2}, {"id": 2, "max_jobs": 2}],
          "jobs": [{"id": 10, "name": "unit", "ref": "feature/x"}, {"id": 11, "name": "arm", "tags": ["arm64"]}]})",
      kSampleNow);
  ASSERT_TRUE(fleet) << fleet.error().message;
  scheduler::RulesAdvisor advisor;
  fake.source.ticks = {scheduler::tick_on(*fleet, {}, scheduler::Depth::full, advisor)};
  EXPECT_EQ(run_words(fake, {"explain", "10", "--output", "json"}), Exit::fine);
  EXPECT_FALSE(parse_document(fake.out.results).value()["alternatives"].empty());
  fake.out.results.clear();
  EXPECT_EQ(run_words(fake, {"explain", "11"}), Exit::fine);
  EXPECT_NE(fake.out.results.find("No runner: the job stays queued"), std::string::npos) << fake.out.results;
  EXPECT_NE(fake.out.results.find("  2: "), std::string::npos) << fake.out.results;
}

TEST_F(Explain, OfAPastJobPrintsTheDecisionThatWasKept) {
  json kept = explanation_document(sample_tick(), 0, {});
  kept.erase("alternatives");
  kept["job"]["id"] = 99;
  fake.decisions.kept = {{{kSampleGitLab, JobId{99}}, kSampleNow - std::chrono::hours{2}, one_line(kept)}};
  EXPECT_EQ(run_words(fake, {"explain", "99"}), Exit::fine);
  EXPECT_NE(fake.out.results.find("decided at 2026-02-28T22:00:00Z"), std::string::npos) << fake.out.results;
  EXPECT_NE(fake.out.results.find("Runner 1 'build-1', score 78.0"), std::string::npos) << fake.out.results;
  EXPECT_EQ(fake.out.results.find("What would have changed"), std::string::npos);
  fake.out.results.clear();
  EXPECT_EQ(run_words(fake, {"explain", "99", "--output", "json"}), Exit::fine);
  kept["decided"] = "2026-02-28T22:00:00Z";
  EXPECT_EQ(parse_document(fake.out.results).value(), kept);
}

TEST_F(Explain, OfAJobThatNobodyKnowsSaysNo) {
  EXPECT_EQ(run_words(fake, {"explain", "99"}), Exit::no);
  EXPECT_EQ(fake.out.talked,
            std::vector<std::string>{"runneriq: job 99 is not pending, and no decision about it is kept"});
  EXPECT_TRUE(fake.out.results.empty());
}

TEST_F(Explain, SaysWhenThePastCannotBeRead) {
  fake.decisions.outage = Error{Errc::permission, "/var/lib/runneriq/state.db: Permission denied"};
  EXPECT_EQ(run_words(fake, {"explain", "99"}), Exit::no);
  ASSERT_EQ(fake.out.talked.size(), 1U);
  EXPECT_NE(fake.out.talked[0].find("/var/lib/runneriq/state.db: Permission denied"), std::string::npos);
}

TEST_F(Explain, SurvivesAKeptDecisionThatIsDamaged) {
  fake.decisions.kept = {{{kSampleGitLab, JobId{99}}, kSampleNow, "{\"job\": "}};
  EXPECT_EQ(run_words(fake, {"explain", "99"}), Exit::no);
  fake.decisions.kept = {{{kSampleGitLab, JobId{99}}, kSampleNow, "{\"job\": 7}"}};
  EXPECT_EQ(run_words(fake, {"explain", "99"}), Exit::fine);
}

}  // namespace
}  // namespace runneriq::cli
