// `run` without --once.
#include "cli/json_text.hpp"
#include "core/lines.hpp"
#include "tests/support/run_command.hpp"
#include "tests/support/sample_tick.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <memory>

namespace runneriq::cli {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;
using Woken = Waiter::Woken;

struct RunLoop : testing::Test {
  FakeSession fake{kSampleNow};
  std::string poll = "30s";
  std::unique_ptr<config::Configuration> configuration;
  RunLoop() {
    fake.source.ticks = {sample_tick()};
    Option option{.key = "monitor.poll_interval",
                  .value = "duration",
                  .help = "",
                  .set = {},
                  .set_entry = {},
                  .clear = {},
                  .show = {}};
    option.set = [](std::string_view) { return Result<void>{}; };
    option.show = [this] { return poll; };
    configuration =
        std::make_unique<config::Configuration>(Options{option}, std::vector<std::string>{"monitor"});
    fake.session.configuration = configuration.get();
  }
  void ticks(std::size_t count) { fake.waiter.causes.assign(count - 1, Woken::at_deadline); }
  std::vector<std::string> audited() const {
    std::vector<std::string> events;
    for (const auto& record : fake.trail.records) events.push_back(record.entry.event);
    return events;
  }
  std::vector<Duration> waits() const { return fake.waiter.waits; }
};

TEST_F(RunLoop, TicksEveryPollUntilItIsStopped) {
  ticks(3);
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  EXPECT_EQ(fake.source.ticked, 3U);
  EXPECT_EQ(waits(), (std::vector<Duration>{30s, 30s, 30s}));
  EXPECT_EQ(fake.log.count("tick"), 3U);
  EXPECT_EQ(fake.log.count("started"), 1U);
  EXPECT_EQ(fake.log.count("stopped"), 1U);
  EXPECT_TRUE(fake.out.results.empty());
}

TEST_F(RunLoop, NamesTheConfigurationOnlyWhereItIsThere) {
  for (const bool is_absent : {false, true}) {
    fake.session.config_absent = is_absent;
    fake.log.events.clear();
    ticks(1);
    EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
    const auto started = std::ranges::find(fake.log.events, "started", &RecordingEvents::Event::name);
    ASSERT_NE(started, fake.log.events.end());
    EXPECT_EQ(std::get<std::string>(started->fields.at(0).value),
              is_absent ? "none" : "/etc/runneriq/runneriq.yaml");
  }
}

TEST_F(RunLoop, EndsWhenItsStarterIsGone) {
  fake.waiter.causes = {Woken::by_orphaning, Woken::at_deadline};
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  EXPECT_EQ(fake.source.ticked, 1U);
}

TEST_F(RunLoop, ATickThatAStopBrokeOffLeavesNoTrace) {
  fake.source.meanwhile = [this] { fake.waiter.meanwhile = Woken::by_stop; };
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  EXPECT_EQ(fake.source.ticked, 1U);
  EXPECT_EQ(fake.log.count("tick"), 0U);
  EXPECT_EQ(audited(), (std::vector<std::string>{"started", "stopped"}));
  EXPECT_TRUE(fake.decisions.kept.empty());
}

TEST_F(RunLoop, AReloadDuringATickIsHeardAtItsEnd) {
  fake.source.meanwhile = [this] {
    fake.waiter.meanwhile = fake.source.ticked == 0 ? Woken::by_reload : Woken::by_stop;
  };
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  EXPECT_EQ(fake.log.count("tick"), 1U);
  EXPECT_EQ(fake.log.count("configuration_read"), 1U);
  EXPECT_TRUE(waits().empty());
}

TEST_F(RunLoop, AnotherQueueIsNoNewRecommendationForAJobThatMustWait) {
  scheduler::Tick waiting = sample_tick();
  waiting.monitor.changes.clear();
  waiting.decisions.jobs[0].assignment.waits_for_slot = true;
  scheduler::Tick moved = waiting;
  moved.decisions.jobs[0].assignment.chosen->runner = 1;
  fake.source.ticks = {waiting, moved, sample_tick()};
  ticks(3);
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  const auto recommended = std::ranges::count(audited(), "recommendation");
  EXPECT_EQ(recommended, 4) << "each job once, and once more the one that can start now";
}

TEST_F(RunLoop, TicksAtOnceOnAChange) {
  fake.waiter.causes = {Woken::by_change};
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  EXPECT_EQ(fake.source.ticked, 2U);
}

TEST_F(RunLoop, PrintsOneObjectPerLine) {
  ticks(3);
  EXPECT_EQ(run_words(fake, {"run", "--output", "json"}), Exit::fine);
  const auto lines = lines_of(fake.out.results);
  ASSERT_EQ(lines.size(), 3U);
  for (const std::string_view line : lines) {
    EXPECT_EQ(parse_document(line).value()["assigner"]["assignments"].size(), 3U);
  }
}

TEST_F(RunLoop, KeepsADecisionOnceUntilItChanges) {
  scheduler::Tick later = sample_tick();
  later.decisions.jobs[1].job_class = scheduler::JobClass::critical;
  later.decisions.jobs[0].assignment.chosen->score = 77.9;  // the same recommendation
  fake.source.ticks = {sample_tick(), sample_tick(), later};
  ticks(3);
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  ASSERT_EQ(fake.decisions.kept.size(), 4U);
  EXPECT_EQ(fake.decisions.kept[3].job.job, JobId{4712});
  EXPECT_EQ(fake.decisions.kept[3].decided, kSampleNow + 60s);
  const json kept = parse_document(fake.decisions.kept[3].document).value();
  EXPECT_EQ(kept["job"]["class"], "CRITICAL");
  EXPECT_FALSE(kept.contains("alternatives"));
}

TEST_F(RunLoop, AuditsWhatIsNewOrChanged) {
  scheduler::Tick quiet = sample_tick();
  quiet.monitor.changes.clear();
  scheduler::Tick moved = quiet;
  moved.decisions.jobs[0].assignment.chosen->runner = 1;
  fake.source.ticks = {sample_tick(), quiet, moved};
  ticks(3);
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  EXPECT_EQ(audited(),
            (std::vector<std::string>{"started", "runner_change", "runner_change", "recommendation",
                                      "recommendation", "recommendation", "recommendation", "stopped"}));
  const auto& entry = fake.trail.records[6].entry;
  EXPECT_EQ(entry.actor, "daemon");
  EXPECT_EQ(entry.trust, "advisory");
  EXPECT_EQ(entry.at, kSampleNow + 60s);
  const json document = parse_document(entry.document).value();
  EXPECT_EQ(entry.document, one_line(document)) << "not canonical";
  EXPECT_EQ(document["job_id"], 4711);
  EXPECT_EQ(document["runner_id"], 2);
  EXPECT_EQ(document["class"], "CRITICAL");
  EXPECT_EQ(document["score"], 95.0);
  EXPECT_EQ(document["runner_score"], 78.0);
}

TEST_F(RunLoop, RecordsAJobAnewThatCameBack) {
  scheduler::Tick empty = sample_tick();
  empty.decisions.jobs.clear();
  fake.source.ticks = {sample_tick(), empty, sample_tick()};
  ticks(3);
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  EXPECT_EQ(fake.decisions.kept.size(), 6U);
}

TEST_F(RunLoop, GoesOnWithoutAStateFileAndSaysSoOnce) {
  fake.decisions.outage = fake.trail.outage = Error{Errc::permission, "read-only"};
  fake.claim = fail(Errc::permission, "read-only");
  scheduler::Tick other = sample_tick();
  other.decisions.jobs[0].job_class = scheduler::JobClass::low;
  fake.source.ticks = {sample_tick(), other, sample_tick()};
  ticks(3);
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  EXPECT_EQ(fake.source.ticked, 3U);
  EXPECT_EQ(fake.log.count("state_unavailable"), 1U);
  EXPECT_EQ(fake.log.count("decisions_not_kept"), 1U);
  EXPECT_EQ(fake.log.count("audit_not_written"), 1U);
}

TEST_F(RunLoop, LeavesTheLoopToWhoHasIt) {
  fake.claim = fail(Errc::conflict, "another runneriq (pid 12) watches on this state file");
  EXPECT_EQ(run_words(fake, {"run"}), Exit::usage);
  EXPECT_EQ(fake.source.ticked, 0U);
  ASSERT_EQ(fake.out.talked.size(), 1U);
  EXPECT_NE(fake.out.talked[0].find("pid 12"), std::string::npos);
}

TEST_F(RunLoop, DoesNotBeginWithTheStateOfALaterVersion) {
  fake.claim = fail(Errc::newer_schema, "schema 4 is newer than 3: upgrade runneriq");
  for (const char* how : {"--dry-run", "--execute"}) {
    fake.out.talked.clear();
    EXPECT_EQ(run_words(fake, {"run", how}), Exit::usage);
    EXPECT_EQ(fake.source.ticked, 0U);
    ASSERT_EQ(fake.out.talked.size(), 1U);
    EXPECT_NE(fake.out.talked[0].find("upgrade runneriq"), std::string::npos);
  }
}

TEST_F(RunLoop, OfASimulatedFleetLeavesNoRecords) {
  EXPECT_EQ(run_words(fake, {"run", "--mock"}), Exit::fine);
  EXPECT_EQ(run_words(fake, {"run", "--snapshot", "f.json"}), Exit::fine);
  EXPECT_TRUE(fake.decisions.kept.empty());
  EXPECT_TRUE(fake.trail.records.empty());
  EXPECT_EQ(fake.claims, 0);
}

TEST_F(RunLoop, NoErrorOfGitLabEndsIt) {
  for (const Errc code : {Errc::permission, Errc::not_found, Errc::unavailable, Errc::timed_out}) {
    fake.source.ticks.emplace_back(fail(code, "503"));
  }
  fake.source.ticks.emplace_back(sample_tick());
  ticks(6);
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  EXPECT_EQ(fake.source.ticked, 6U);
  EXPECT_EQ(fake.log.count("tick_failed"), 4U);
  EXPECT_EQ(fake.log.count("tick"), 2U);
}

TEST_F(RunLoop, AsksAFailingGitLabLessOften) {
  fake.source.ticks = {fail(Errc::unavailable, "503")};
  ticks(7);
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  EXPECT_EQ(waits(), (std::vector<Duration>{30s, 60s, 120s, 240s, 300s, 300s, 300s}));
  poll = "10m";
  fake.waiter.waits.clear();
  ticks(3);
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  EXPECT_EQ(waits(), (std::vector<Duration>{10min, 10min, 10min}));
}

TEST_F(RunLoop, ReadsTheConfigurationAnewWhenAsked) {
  fake.waiter.causes = {Woken::by_reload};
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  EXPECT_EQ(fake.reloads, 1);
  EXPECT_EQ(fake.source.opened.size(), 2U);
  EXPECT_EQ(fake.log.count("configuration_read"), 1U);
}

TEST_F(RunLoop, KeepsTheOldConfigurationWhenTheNewIsBad) {
  fake.waiter.causes = {Woken::by_reload};
  fake.problems_of_reload = {{"f.yaml:3", "unknown option 'x'"}};
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  EXPECT_EQ(fake.source.opened.size(), 1U);
  EXPECT_EQ(fake.source.ticked, 2U);
  EXPECT_EQ(fake.log.count("configuration_refused"), 1U);
}

TEST_F(RunLoop, KeepsTheOldSourceWhenTheNewCannotBeOpened) {
  fake.waiter.causes = {Woken::by_reload};
  fake.source.meanwhile = [&] {
    fake.source.cannot_open = Error{Errc::invalid_argument, "gitlab.url is missing"};
  };
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  EXPECT_EQ(fake.source.ticked, 2U);
  EXPECT_EQ(fake.log.count("configuration_refused"), 1U);
}

TEST_F(RunLoop, CannotBeginWithoutASource) {
  fake.source.cannot_open = Error{Errc::invalid_argument, "gitlab.url is missing"};
  EXPECT_EQ(run_words(fake, {"run"}), Exit::usage);
  fake.source.cannot_open = Error{Errc::permission, "401"};
  EXPECT_EQ(run_words(fake, {"run"}), Exit::gitlab);
}

TEST_F(RunLoop, TellsOfDegradationWhenItBeginsAndWhenItIsOver) {
  scheduler::Tick sound = sample_tick();
  sound.degraded.clear();
  fake.source.ticks = {sound, sample_tick(), sample_tick(), sound};
  ticks(5);
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  EXPECT_EQ(fake.log.count("degraded"), 1U);
  EXPECT_EQ(fake.log.count("recovered"), 1U);
}

TEST_F(RunLoop, SavesTheSnapshotOfEachTick) {
  ticks(2);
  EXPECT_EQ(run_words(fake, {"run", "--save-snapshot", "f.json"}), Exit::fine);
  EXPECT_EQ(fake.written.size(), 2U);
  fake.writing = fail(Errc::permission, "read-only");
  EXPECT_EQ(run_words(fake, {"run", "--save-snapshot", "f.json"}), Exit::fine);
  EXPECT_EQ(fake.log.count("snapshot_not_saved"), 1U);
}

TEST_F(RunLoop, CountsWithinOneLinePerTick) {
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  const auto tick = std::ranges::find(fake.log.events, "tick", &RecordingEvents::Event::name);
  ASSERT_NE(tick, fake.log.events.end());
  const auto number = [&](std::string_view name) {
    const auto field = std::ranges::find(tick->fields, name, &LogField::name);
    return field == tick->fields.end() ? -1 : std::get<std::int64_t>(field->value);
  };
  EXPECT_EQ(number("runners"), 4);
  EXPECT_EQ(number("pending"), 3);
  EXPECT_EQ(number("critical"), 1);
  EXPECT_EQ(number("queued"), 1);
  EXPECT_EQ(number("tie_break"), 1);
  EXPECT_EQ(number("calls"), 12);
  EXPECT_EQ(number("mutating"), 0);
}

}  // namespace
}  // namespace runneriq::cli
