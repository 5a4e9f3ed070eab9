// `status` and `queue` as commands.
#include "cli/json_text.hpp"
#include "cli/status_document.hpp"
#include "cli/tick_document.hpp"
#include "cli/tick_text.hpp"
#include "tests/support/run_command.hpp"
#include "tests/support/sample_tick.hpp"

#include <nlohmann/json.hpp>

namespace runneriq::cli {
namespace {

using nlohmann::json;

struct Queue : testing::Test {
  FakeSession fake{kSampleNow};
  json tick = tick_document(sample_tick(), {.depth = scheduler::Depth::full, .pipeline = {}, .run = "run-1"});
  Queue() { fake.source.ticks = {sample_tick()}; }
};

TEST_F(Queue, PrintsTheStatusOfTheTick) {
  EXPECT_EQ(run_words(fake, {"status"}), Exit::fine);
  EXPECT_EQ(fake.out.results, status_text(status_document(tick), Colour::off));
  fake.out.results.clear();
  EXPECT_EQ(run_words(fake, {"status", "--output", "json"}), Exit::fine);
  EXPECT_EQ(parse_document(fake.out.results).value(), status_document(tick));
}

TEST_F(Queue, PrintsTheQueueOfTheTick) {
  EXPECT_EQ(run_words(fake, {"queue"}), Exit::fine);
  EXPECT_EQ(fake.out.results, queue_text(queue_document(tick, {}, kSampleNow), Colour::off));
  fake.out.results.clear();
  EXPECT_EQ(run_words(fake, {"queue", "--output", "json"}), Exit::fine);
  EXPECT_TRUE(parse_document(fake.out.results).value()["host"].is_null());
}

TEST_F(Queue, ShowsWhatThisHostHoldsInItsOrder) {
  using namespace std::chrono_literals;
  scheduler::HostQueue host;
  host.slots = 2;
  const auto held = [&](std::int64_t id, scheduler::JobClass job_class) {
    return scheduler::HeldJob{.key = {kSampleGitLab, JobId{id}},
                              .attempt = {},
                              .job_name = "job",
                              .score = 50,
                              .job_class = job_class,
                              .queued_in_gitlab = 0s,
                              .expected = 60s,
                              .arrived = kSampleNow - 6min,
                              .hold_until = kSampleNow + 4min};
  };
  host.held = {held(1, scheduler::JobClass::low), held(2, scheduler::JobClass::critical)};
  host.running = {{{kSampleGitLab, JobId{3}}, kSampleNow - 30s, {60s, 90s, scheduler::EstimateBasis::job}}};
  fake.host = host;
  EXPECT_EQ(run_words(fake, {"queue", "--output", "json"}), Exit::fine);
  const json shown = parse_document(fake.out.results).value()["host"];
  EXPECT_EQ(shown["slots"], 2);
  EXPECT_EQ(shown["running"][0]["running_seconds"], 30.0);
  EXPECT_EQ(shown["held"][0]["job_id"], 2);
  EXPECT_EQ(shown["held"][1]["job_id"], 1);
  EXPECT_EQ(shown["held"][1]["position"], 2);
  EXPECT_EQ(shown["held"][1]["class"], "MEDIUM") << "escalated after 5 minutes";
  EXPECT_EQ(shown["held"][1]["waited_seconds"], 360.0);
}

}  // namespace
}  // namespace runneriq::cli
