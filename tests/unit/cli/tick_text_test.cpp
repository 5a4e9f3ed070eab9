#include "cli/tick_text.hpp"

#include "cli/status_document.hpp"
#include "cli/table.hpp"
#include "cli/tick_document.hpp"
#include "core/lines.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/sample_tick.hpp"

#include <nlohmann/json.hpp>

namespace runneriq::cli {
namespace {

using nlohmann::json;
using scheduler::Depth;

json document_of(const scheduler::Tick& tick, Depth depth = Depth::full) {
  return tick_document(tick, {.depth = depth, .pipeline = {}, .run = "run-1"});
}

json explanation(const scheduler::Tick& tick, std::size_t decision) {
  const std::vector<scheduler::Alternative> alternatives{
      {"on a branch named like 'develop'", "HIGH (75.0) in place of MEDIUM (62.0)"},
      {"one more free slot on runner 2", "runner 2 in place of runner 1"}};
  return explanation_document(tick, decision, alternatives);
}

scheduler::HostQueue sample_host() {
  using namespace std::chrono_literals;
  scheduler::HostQueue host;
  host.slots = 1;
  host.running = {
      {{kSampleGitLab, JobId{4690}}, kSampleNow - 3min, {5min, 8min, scheduler::EstimateBasis::job}}};
  host.held = {{.key = {kSampleGitLab, JobId{4701}},
                .attempt = {},
                .job_name = "lint",
                .score = 40,
                .job_class = scheduler::JobClass::low,
                .queued_in_gitlab = 4min,
                .expected = 1min,
                .arrived = kSampleNow - 2min,
                .hold_until = kSampleNow + 8min}};
  return host;
}

TEST(Texts, OfATick) {
  expect_golden("tick.txt", tick_text(document_of(sample_tick()), Colour::off));
  expect_golden("tick_monitor_only.txt",
                tick_text(document_of(sample_tick(), Depth::monitor_only), Colour::off));
  expect_golden("tick_analyze_only.txt",
                tick_text(document_of(sample_tick(), Depth::analyze_only), Colour::off));
}

TEST(Texts, OfTheStatus) {
  expect_golden("status.txt", status_text(status_document(document_of(sample_tick())), Colour::off));
  expect_golden("status_in_colour.txt", status_text(status_document(document_of(sample_tick())), Colour::on));
  scheduler::Tick empty;
  empty.now = kSampleNow;
  expect_golden("status_empty.txt", status_text(status_document(document_of(empty)), Colour::off));
}

TEST(Texts, OfTheQueue) {
  const json tick = document_of(sample_tick());
  expect_golden("queue.txt", queue_text(queue_document(tick, {}, kSampleNow), Colour::off));
  expect_golden("queue_of_host.txt",
                queue_text(queue_document(tick, sample_host(), kSampleNow), Colour::off));
  expect_golden("queue_in_colour.txt", queue_text(queue_document(tick, {}, kSampleNow), Colour::on));
}

TEST(Texts, OfAnExplanation) {
  for (std::size_t at = 0; at < 3; ++at) {
    expect_golden("explanation_" + std::to_string(at + 1) + ".txt",
                  explanation_text(explanation(sample_tick(), at), Colour::off));
  }
}

TEST(Texts, AreColouredOnlyOnDemand) {
  const json tick = document_of(sample_tick());
  const json queue = queue_document(tick, sample_host(), kSampleNow);
  const json job = explanation(sample_tick(), 0);
  for (const std::string& text :
       {tick_text(tick, Colour::off), queue_text(queue, Colour::off), explanation_text(job, Colour::off)}) {
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
  }
  for (const std::string& text :
       {tick_text(tick, Colour::on), queue_text(queue, Colour::on), explanation_text(job, Colour::on)}) {
    EXPECT_NE(text.find("\x1b[1;31mCRITICAL\x1b[0m"), std::string::npos);
  }
}

// Every text that GitLab or a job may choose.
scheduler::Tick hostile_tick() {
  const std::string hostile =
      "\x1b[2J\x1b]0;owned\x07\r\nok: fine\xc2\x9b"
      "31m\xe2\x80\xae\xff";
  scheduler::Tick tick = sample_tick();
  for (auto& job : tick.snapshot.jobs) {
    job.facts.name = job.facts.ref = job.facts.stage = job.traits.project_path = hostile;
  }
  for (auto& runner : tick.snapshot.runners) {
    runner.description = hostile;
    runner.traits.tags = {hostile};
  }
  for (auto& decision : tick.decisions.jobs) {
    decision.priority.anomalies = decision.class_reasons = decision.assignment.anomalies = {hostile};
    decision.assignment.reason = hostile;
    for (auto& factor : decision.priority.factors) factor.reason = factor.name = hostile;
  }
  for (auto& change : tick.monitor.changes) {
    change.description = hostile;
    change.tags_added = change.tags_removed = {hostile};
  }
  tick.monitor.stuck_jobs[0].name = tick.monitor.stuck_jobs[0].reason = hostile;
  tick.degraded = tick.decisions.flags = {hostile};
  return tick;
}

bool moves_the_cursor(std::string_view text) {
  return text.find_first_of("\x1b\x07\r\xff") != std::string_view::npos ||
         text.find("\xc2\x9b") != std::string_view::npos ||
         text.find("\xe2\x80\xae") != std::string_view::npos;
}

TEST(Texts, EscapeWhatGitLabSays) {
  const scheduler::Tick tick = hostile_tick();
  const std::vector<scheduler::Alternative> alternatives{{"\x1b[2J", "\x1b[2J"}};
  scheduler::HostQueue host = sample_host();
  host.held[0].job_name = "\x1b[2J\n";
  const std::string texts[]{tick_text(document_of(tick), Colour::off),
                            tick_text(document_of(tick, Depth::monitor_only), Colour::off),
                            queue_text(queue_document(document_of(tick), host, kSampleNow), Colour::off),
                            explanation_text(explanation_document(tick, 0, alternatives), Colour::off)};
  for (const std::string& text : texts) {
    EXPECT_FALSE(moves_the_cursor(text)) << text;
    for (const std::string_view line : lines_of(text)) EXPECT_FALSE(line.starts_with("ok: fine"));
  }
}

TEST(Texts, FitATerminal) {
  scheduler::Tick tick = sample_tick();
  tick.snapshot.jobs[0].facts.name = std::string(300, 'n');
  tick.snapshot.jobs[0].facts.ref = std::string(300, 'r');
  tick.snapshot.jobs[0].key.job = JobId{99'999'999'999};
  tick.snapshot.runners[0].description = std::string(300, 'd');
  tick.snapshot.runners[0].traits.tags = std::vector<std::string>(50, "a-tag-of-a-runner");
  for (const std::string& text : {queue_text(queue_document(document_of(tick), {}, kSampleNow), Colour::off),
                                  tick_text(document_of(sample_tick()), Colour::off),
                                  tick_text(document_of(tick, Depth::monitor_only), Colour::off),
                                  explanation_text(explanation(sample_tick(), 1), Colour::off)}) {
    for (const std::string_view line : lines_of(text)) {
      EXPECT_TRUE(width_of(line) <= kTextWidth || line.find(std::string(30, 'n')) != std::string_view::npos)
          << line;
    }
  }
}

TEST(Texts, OfTenThousandJobs) {
  scheduler::Tick tick = sample_tick();
  const scheduler::PendingJob job = tick.snapshot.jobs[1];
  const scheduler::JobDecision decision = tick.decisions.jobs[1];
  for (std::int64_t number = 0; number < 9'997; ++number) {
    tick.snapshot.jobs.push_back(job);
    tick.snapshot.jobs.back().key.job = JobId{10'000 + number};
    tick.decisions.jobs.push_back(decision);
    tick.decisions.jobs.back().job = tick.snapshot.jobs.size() - 1;
  }
  const json document = document_of(tick);
  EXPECT_EQ(document["analyzer"]["jobs"].size(), 10'000U);
  const std::string text = queue_text(queue_document(document, {}, kSampleNow), Colour::off);
  EXPECT_GT(lines_of(text).size(), 10'000U);
  for (const std::string_view line : lines_of(text)) ASSERT_LE(width_of(line), kTextWidth) << line;
  EXPECT_EQ(status_document(document)["pending"]["total"], 10'000);
}

TEST(ExplanationText, ShowsEveryNumberOfTheDocument) {
  const json document = explanation(sample_tick(), 0);
  const std::string text = explanation_text(document, Colour::off);
  for (const json* factors : {&document["job"]["factors"], &document["assignment"]["factors"],
                              &document["assignment"]["runner_up"]["factors"]}) {
    for (const json& factor : *factors) {
      char points[32];
      std::snprintf(points, sizeof points, " %.1f", factor["points"].get<double>());
      EXPECT_NE(text.find(points), std::string::npos) << factor;
    }
  }
}

TEST(ExplanationText, SurvivesADocumentOfAnotherVersion) {
  EXPECT_FALSE(explanation_text(json::object(), Colour::off).empty());
  EXPECT_FALSE(
      explanation_text(json{{"job", 7}, {"assignment", "x"}, {"exclusions", {1, 2}}, {"alternatives", 7}},
                       Colour::off)
          .empty());
}

}  // namespace
}  // namespace runneriq::cli
