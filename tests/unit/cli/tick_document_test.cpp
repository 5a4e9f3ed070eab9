#include "cli/tick_document.hpp"

#include "cli/json_text.hpp"
#include "cli/status_document.hpp"
#include "cli/tick_text.hpp"
#include "tests/support/grid_maker.hpp"
#include "tests/support/sample_tick.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace runneriq::cli {
namespace {

using nlohmann::json;
using scheduler::Depth;

json sample_document(const TickView& view = {.depth = Depth::full, .pipeline = {}, .run = "run-1"}) {
  return tick_document(sample_tick(), view);
}

TEST(TickDocument, HasThePartsOfTheContract) {
  const json document = sample_document();
  EXPECT_EQ(document["now"], "2026-03-01T00:00:00Z");
  EXPECT_EQ(document["run"], "run-1");
  EXPECT_EQ(document["mode"], "full");
  EXPECT_EQ(document["monitor"]["runners"].size(), 4U);
  EXPECT_EQ(document["analyzer"]["jobs"].size(), 3U);
  EXPECT_EQ(document["assigner"]["assignments"].size(), 3U);
  EXPECT_EQ(document["assigner"]["split"],
            (json{{"direct", 0}, {"rules", 1}, {"advisor", 1}, {"queued", 1}}));
  for (const char* list : {"planned", "applied", "reverted", "refused"}) {
    EXPECT_EQ(document["action_bridge"][list], json::array());
  }
  EXPECT_EQ(document["degraded"].size(), 1U);
  EXPECT_EQ(document["api"],
            (json{{"calls", 12}, {"failed", 1}, {"retried", 2}, {"mutating", 0}, {"bytes", 34567}}));
}

TEST(TickDocument, ShowsARunner) {
  const json expected{{"id", 1},
                      {"gitlab", "https://gitlab.example.com"},
                      {"description", "build-1"},
                      {"status", "online"},
                      {"online", true},
                      {"paused", false},
                      {"takes_jobs", true},
                      {"contact_age_seconds", 12.0},
                      {"active_jobs", 1},
                      {"max_jobs", 4},
                      {"capacity_basis", "configured"},
                      {"utilisation", 0.25},
                      {"managers", 1},
                      {"tags", {"docker", "linux"}},
                      {"run_untagged", true},
                      {"protected_only", false},
                      {"type", "project_type"},
                      {"zone", ""}};
  EXPECT_EQ(sample_document()["monitor"]["runners"][0], expected);
}

TEST(TickDocument, SaysWhichModelDecided) {
  scheduler::Tick tick = sample_tick();
  const json without = explanation_document(tick, 1, {});
  EXPECT_TRUE(without["assignment"]["model"].is_null());
  EXPECT_EQ(without["assignment"]["path"], "advisor");
  EXPECT_NE(explanation_text(without, Colour::off).find("decided by: tie-break; 2 candidates"),
            std::string::npos);
  tick.decisions.jobs[1].assignment.model = "claude-haiku-5-5";
  const json explanation = explanation_document(tick, 1, {});
  EXPECT_EQ(explanation["assignment"]["model"], "claude-haiku-5-5");
  const std::string text = explanation_text(explanation, Colour::off);
  EXPECT_NE(text.find("decided by: advisor (the model claude-haiku-5-5); 2 candidates"), std::string::npos)
      << text;
}

TEST(TickDocument, ShowsWhatIsNotKnownAsNull) {
  const json runner = sample_document()["monitor"]["runners"][3];
  EXPECT_TRUE(runner["contact_age_seconds"].is_null());
  EXPECT_FALSE(runner["takes_jobs"].get<bool>());
}

TEST(TickDocument, TakesTheLoadThatAHostReports) {
  scheduler::Tick tick = sample_tick();
  tick.snapshot.runners[0].host_load = 0.7;
  tick.snapshot.runners[1].active_jobs = 9;
  const json runners = tick_document(tick, {})["monitor"]["runners"];
  EXPECT_EQ(runners[0]["utilisation"], 0.7);
  EXPECT_EQ(runners[1]["utilisation"], 1.0);
}

TEST(TickDocument, ShowsAJob) {
  const json job = sample_document()["analyzer"]["jobs"][1];
  EXPECT_EQ(job["id"], 4712);
  EXPECT_EQ(job["gitlab"], "https://gitlab.example.com");
  EXPECT_EQ(job["project_id"], 7);
  EXPECT_EQ(job["project"], "acme/shop");
  EXPECT_EQ(job["pipeline_id"], 900);
  EXPECT_EQ(job["name"], "unit tests");
  EXPECT_EQ(job["stage"], "test");
  EXPECT_EQ(job["ref"], "feature/cart");
  EXPECT_EQ(job["protected"], false);
  EXPECT_EQ(job["queued_seconds"], 90.0);
  EXPECT_EQ(job["expected_seconds"], 300.0);
  EXPECT_EQ(job["score"], 66.5);
  EXPECT_EQ(job["class"], "HIGH");
  EXPECT_EQ(job["base_class"], "MEDIUM");
  EXPECT_EQ(job["class_reasons"][0], "waited 25 min: MEDIUM becomes HIGH");
  EXPECT_EQ(job["factors"][2],
            (json{{"name", "job type"}, {"points", 6.5}, {"reason", "matches '*deploy*' (100)"}}));
  EXPECT_EQ(sample_document()["analyzer"]["jobs"][2]["anomalies"].size(), 1U);
}

TEST(TickDocument, ShowsAnAssignment) {
  const json assignment = sample_document()["assigner"]["assignments"][0];
  EXPECT_EQ(assignment["job_id"], 4711);
  EXPECT_EQ(assignment["decision"], "assigned");
  EXPECT_EQ(assignment["path"], "rules");
  EXPECT_EQ(assignment["runner_id"], 1);
  EXPECT_EQ(assignment["runner"], "build-1");
  EXPECT_EQ(assignment["score"], 78.0);
  EXPECT_EQ(assignment["margin"], 0.3846);
  EXPECT_EQ(assignment["factors"][0],
            (json{{"name", "utilisation"}, {"value", 75.0}, {"weight", 0.4}, {"points", 30.0}}));
  EXPECT_EQ(assignment["runner_up"]["runner_id"], 2);
  EXPECT_EQ(assignment["runner_up"]["factors"].size(), 4U);
  EXPECT_EQ(assignment["candidates"], 2);
  EXPECT_EQ(assignment["expected_start"], "2026-03-01T00:00:00Z");
  EXPECT_TRUE(assignment["carbon"].is_null());
}

TEST(TickDocument, ShowsTheCarbonOfAnAssignment) {
  scheduler::Tick tick = sample_tick();
  tick.snapshot =
      scheduler::on_grid(std::move(tick.snapshot), {{"DE", 340}, {"DK-DK1", 95}}, {"DK-DK1", "DE"});
  const scheduler::RunnerCarbon on_1{.runner = 0, .intensity = carbon::Intensity::of(95), .grams = 0.0950004};
  const scheduler::RunnerCarbon on_2{.runner = 1, .intensity = carbon::Intensity::of(340), .grams = 0.34};
  tick.decisions.jobs[0].assignment.carbon = {
      .chosen = on_1,
      .runner_up = on_2,
      .candidates = {on_1, on_2, {.runner = 2}},
      .further_candidates = 4,
      .fifo = {.intensity = carbon::Intensity::of(217.5), .grams = 0.2175, .known = 2},
      .saved_percent = 56.3218};
  const json explanation = explanation_document(tick, 0, {});
  const json& shown = explanation["assignment"]["carbon"];
  const json chosen{{"runner_id", 1}, {"zone", "DK-DK1"}, {"g_per_kwh", 95.0},    {"grams", 0.095},
                    {"rung", "live"}, {"source", "demo"}, {"age_seconds", 300.0}, {"estimated", false}};
  for (const auto& [key, value] : chosen.items()) EXPECT_EQ(shown[key], value) << key;
  EXPECT_EQ(shown["basis"], "average, lifecycle");
  EXPECT_EQ(shown["candidates"][0], chosen);
  EXPECT_EQ(shown["runner_up"]["runner_id"], 2);
  EXPECT_TRUE(shown["candidates"][2]["g_per_kwh"].is_null());
  EXPECT_TRUE(shown["candidates"][2]["grams"].is_null());
  EXPECT_EQ(shown["candidates"][2]["rung"], "none");
  EXPECT_EQ(shown["further_candidates"], 4);
  EXPECT_EQ(shown["fifo"], (json{{"g_per_kwh", 217.5}, {"grams", 0.2175}, {"known", 2}}));
  EXPECT_EQ(shown["saved_percent"], 56.3);
  const std::string text = explanation_text(explanation, Colour::off);
  EXPECT_NE(text.find("Carbon, average, lifecycle"), std::string::npos) << text;
  EXPECT_NE(text.find("FIFO's expectation"), std::string::npos) << text;
  EXPECT_NE(text.find("and 4 more"), std::string::npos) << text;
}

TEST(TickDocument, LeavesTheRunnerOfAQueuedJobOut) {
  const json assignment = sample_document()["assigner"]["assignments"][2];
  EXPECT_EQ(assignment["decision"], "queued");
  EXPECT_EQ(assignment["path"], "none");
  EXPECT_FALSE(assignment.contains("runner_id"));
  EXPECT_FALSE(assignment.contains("runner"));
  EXPECT_TRUE(assignment["score"].is_null());
  EXPECT_TRUE(assignment["expected_start"].is_null());
  EXPECT_TRUE(assignment["runner_up"].is_null());
}

TEST(TickDocument, GoesOnlyAsFarAsTheMode) {
  const json analyzed = sample_document({.depth = Depth::analyze_only, .pipeline = {}, .run = ""});
  EXPECT_EQ(analyzed["mode"], "analyze-only");
  EXPECT_EQ(analyzed["analyzer"]["jobs"].size(), 3U);
  EXPECT_EQ(analyzed["assigner"]["assignments"], json::array());
  EXPECT_EQ(analyzed["assigner"]["split"]["rules"], 0);
  const json monitored = sample_document({.depth = Depth::monitor_only, .pipeline = {}, .run = ""});
  EXPECT_EQ(monitored["mode"], "monitor-only");
  EXPECT_EQ(monitored["analyzer"]["jobs"], json::array());
  EXPECT_EQ(monitored["monitor"]["runners"].size(), 4U);
}

TEST(TickDocument, ShowsOnePipelineOnly) {
  const json document = sample_document({.depth = Depth::full, .pipeline = PipelineId{901}, .run = ""});
  ASSERT_EQ(document["analyzer"]["jobs"].size(), 2U);
  EXPECT_EQ(document["analyzer"]["jobs"][0]["id"], 4711);
  EXPECT_EQ(document["assigner"]["assignments"][1]["job_id"], 4713);
  EXPECT_EQ(document["assigner"]["split"],
            (json{{"direct", 0}, {"rules", 1}, {"advisor", 0}, {"queued", 1}}));
}

TEST(TickDocument, KeepsIdsOf64Bits) {
  scheduler::Tick tick = sample_tick();
  tick.snapshot.jobs[0].key.job = JobId{9223372036854775807};
  const json queue =
      queue_document(tick_document(tick, {.depth = Depth::full, .pipeline = {}, .run = ""}), {}, tick.now);
  EXPECT_EQ(parse_document(pretty(queue)).value()["queue"][0]["job_id"], 9223372036854775807);
}

TEST(ExplanationDocument, HasTheSameNumbersAsTheTick) {
  const scheduler::Tick tick = sample_tick();
  const json document = sample_document();
  for (std::size_t at = 0; at < 3; ++at) {
    const json explanation = explanation_document(tick, at, {});
    EXPECT_EQ(explanation["job"], document["analyzer"]["jobs"][at]);
    EXPECT_EQ(explanation["assignment"], document["assigner"]["assignments"][at]);
    EXPECT_EQ(explanation["position"], at + 1);
  }
}

TEST(ExplanationDocument, TellsWhyOthersAreNoCandidatesAndWhatWouldHaveChangedIt) {
  const std::vector<scheduler::Alternative> alternatives{
      {"on main", "CRITICAL (90.0) in place of MEDIUM (62.0)"}};
  const json explanation = explanation_document(sample_tick(), 2, alternatives);
  EXPECT_EQ(explanation["runners"], 4);
  int excluded = 0;
  for (const json& why : explanation["exclusions"]) excluded += why["runners"].get<int>();
  EXPECT_EQ(excluded, 4) << explanation["exclusions"];
  EXPECT_EQ(explanation["alternatives"],
            (json{{{"change", "on main"}, {"effect", "CRITICAL (90.0) in place of MEDIUM (62.0)"}}}));
}

TEST(StatusDocument, CountsEachRunnerOnce) {
  const json status = status_document(sample_document());
  EXPECT_EQ(status["runners"],
            (json{{"total", 4}, {"by_state", {{"free", 1}, {"full", 1}, {"paused", 1}, {"offline", 1}}}}));
  EXPECT_EQ(status["slots"], (json{{"total", 8}, {"busy", 5}}));
  EXPECT_EQ(status["pending"]["by_class"], (json{{"CRITICAL", 1}, {"HIGH", 1}, {"MEDIUM", 1}, {"LOW", 0}}));
  EXPECT_EQ(status["oldest"]["job_id"], 4711);
  EXPECT_EQ(status["oldest"]["queued_seconds"], 1500.0);
}

TEST(StatusDocument, CallsAnOnlineRunnerThatIsNotHeardOfSilent) {
  scheduler::Tick tick = sample_tick();
  tick.snapshot.runners[0].recent_contact = false;
  EXPECT_EQ(status_document(tick_document(tick, {}))["runners"]["by_state"]["silent"], 1);
}

TEST(QueueDocument, HasTheSameNumbersAsTheTick) {
  const json document = sample_document();
  const json queue = queue_document(document, {}, kSampleNow)["queue"];
  ASSERT_EQ(queue.size(), 3U);
  for (std::size_t at = 0; at < 3; ++at) {
    EXPECT_EQ(queue[at]["position"], at + 1);
    for (const char* fact : {"score", "class", "name", "queued_seconds", "expected_seconds"}) {
      EXPECT_EQ(queue[at][fact], document["analyzer"]["jobs"][at][fact]) << fact;
    }
    EXPECT_EQ(queue[at]["expected_start"], document["assigner"]["assignments"][at]["expected_start"]);
    EXPECT_EQ(queue[at].contains("runner_id"), at != 2);
  }
}

TEST(JsonText, SurvivesBytesThatAreNoText) {
  scheduler::Tick tick = sample_tick();
  tick.snapshot.jobs[0].facts.name = "\xff\xfe\x1b[2J\u202e\x7f";
  const json document = tick_document(tick, {.depth = Depth::full, .pipeline = {}, .run = ""});
  for (const std::string& text : {pretty(document), one_line(document)}) {
    EXPECT_TRUE(parse_document(text));
    for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= ' ' && c < 0x7f));
  }
  EXPECT_EQ(one_line(document).find('\n'), std::string::npos);
}

TEST(JsonText, RefusesWhatIsNoDocumentOfOurs) {
  for (const std::string text : {"", "[]", "{", "nonsense", "7"}) {
    SCOPED_TRACE(text);
    const auto parsed = parse_document(text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, Errc::corrupt);
  }
  const std::string deep = "{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  EXPECT_FALSE(parse_document(deep));
}

}  // namespace
}  // namespace runneriq::cli
