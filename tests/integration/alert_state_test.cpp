// What alerting keeps, on real files: events with their fates, messages, silences, rows of the stages.
#include "platform/sqlite.hpp"
#include "tests/support/alert_state_fixture.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <iostream>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;

class AlertStore : public AlertStateFile {
 protected:
  static void keep(AlertState& state, std::vector<KeptEvent> events, Time now = kNow) {
    const auto kept = state.keep({.events = std::move(events), .notifications = {}, .state = {}}, now);
    ASSERT_TRUE(kept) << kept.error().message;
  }
  static std::vector<std::int64_t> numbers(AlertState& state, const EventQuery& query = {}) {
    const auto found = state.events(query);
    EXPECT_TRUE(found) << found.error().message;
    std::vector<std::int64_t> all;
    if (found) {
      for (const KeptEvent& one : *found) all.push_back(one.number);
    }
    return all;
  }
  static Silence silence(std::string_view match, Time start = kNow, Time end = kNow + 2h) {
    return {.match = *Matchers::parse(match),
            .start = start,
            .end = end,
            .author = "anna",
            .comment = "a migration",
            .made = kNow};
  }
};

using Numbers = std::vector<std::int64_t>;

// ---- events --------------------------------------------------------------------------------------

TEST_F(AlertStore, AnEventComesBackAsItWasAfterARestart) {
  const KeptEvent kept = failed_job(4);
  {
    AlertState state = open();
    keep(state, {kept});
  }
  const auto found = open().events({});
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 1U);
  const KeptEvent& one = found->front();
  EXPECT_EQ(one.number, 4);
  EXPECT_EQ(one.event.time, kNow);
  EXPECT_EQ(one.event.project, kept.event.project);
  EXPECT_EQ(one.event.name, kept.event.name);
  EXPECT_EQ(one.event.job_id, 1004);
  EXPECT_EQ(one.event.log_excerpt, kept.event.log_excerpt);
  EXPECT_EQ(one.severity, Severity::error);
  EXPECT_EQ(one.signature, kept.signature);
  EXPECT_EQ(one.verdict.event, 4);
  EXPECT_EQ(one.verdict.fate, Fate::waiting);
  EXPECT_EQ(one.verdict.stage, Stage::grouping);
  EXPECT_EQ(one.verdict.reason, kept.verdict.reason);
  EXPECT_EQ(one.verdict.group, kept.verdict.group);
  EXPECT_EQ(one.verdict.notification, "");
  ASSERT_EQ(one.verdict.steps.size(), 2U);
  EXPECT_EQ(one.verdict.steps[1].stage, Stage::grouping);
  EXPECT_EQ(one.verdict.steps[1].words, "waits for its group");
}

TEST_F(AlertStore, AnEmptyEventChangesOnlyTheVerdict) {
  AlertState state = open();
  keep(state, {failed_job(1), failed_job(2)});
  KeptEvent later{.number = 1, .event = {}, .severity = Severity::info, .signature = "", .verdict = {}};
  later.verdict.fate = Fate::sent;
  later.verdict.stage = Stage::routing;
  later.verdict.reason = "in message abc";
  later.verdict.notification = "abc";
  later.verdict.steps = {{Stage::routing, "to default"}};
  KeptEvent unknown = later;
  unknown.number = 99;
  keep(state, {later, unknown}, kNow + 1h);
  const auto found = state.events({.number = 1});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().event.name, failed_job(1).event.name);
  EXPECT_EQ(found->front().severity, Severity::error);
  EXPECT_EQ(found->front().signature, failed_job(1).signature);
  EXPECT_EQ(found->front().verdict.fate, Fate::sent);
  EXPECT_EQ(found->front().verdict.stage, Stage::routing);
  EXPECT_EQ(found->front().verdict.notification, "abc");
  EXPECT_EQ(found->front().verdict.steps.size(), 1U);
  EXPECT_EQ(numbers(state), (Numbers{2, 1}));
}

TEST_F(AlertStore, AWholeEventOfAKnownNumberReplacesIt) {
  AlertState state = open();
  keep(state, {failed_job(1)});
  KeptEvent again = failed_job(1, kNow + 1min);
  again.verdict.fate = Fate::suppressed;
  keep(state, {again});
  const auto found = state.events({});
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().event.time, kNow + 1min);
  EXPECT_EQ(found->front().verdict.fate, Fate::suppressed);
}

TEST_F(AlertStore, EventsAreFoundByWhatIsAsked) {
  AlertState state = open();
  KeptEvent runner = failed_job(3, kNow + 3min);
  runner.event.job_id = 0;
  runner.verdict.fate = Fate::sent;
  KeptEvent retried = failed_job(4, kNow + 4min);
  retried.event.job_id = 1001;
  keep(state, {failed_job(1, kNow + 1min), failed_job(2, kNow + 2min), runner, retried,
               failed_job(5, kNow - 80'000h)});
  EXPECT_EQ(numbers(state), (Numbers{4, 3, 2, 1, 5}));
  EXPECT_EQ(numbers(state, {.most = 2}), (Numbers{4, 3}));
  EXPECT_EQ(numbers(state, {.number = 2}), (Numbers{2}));
  EXPECT_EQ(numbers(state, {.job_id = 1001}), (Numbers{4, 1}));
  EXPECT_EQ(numbers(state, {.number = 4, .job_id = 1001}), (Numbers{4}));
  EXPECT_EQ(numbers(state, {.number = 2, .job_id = 1001}), (Numbers{}));
  EXPECT_EQ(numbers(state, {.fate = Fate::sent}), (Numbers{3}));
  EXPECT_EQ(numbers(state, {.job_id = 1001, .fate = Fate::sent}), (Numbers{}));
  EXPECT_EQ(numbers(state, {.since = kNow + 2min, .until = kNow + 3min}), (Numbers{3, 2}));
  EXPECT_EQ(numbers(state, {.number = 1, .since = kNow + 2min}), (Numbers{}));
}

TEST_F(AlertStore, EventsGoWhenTheyWereKeptForThirtyDays) {
  AlertState state = open();
  keep(state, {failed_job(1), failed_job(2, kNow - 90'000h)});
  keep(state, {failed_job(3)}, kNow + 24h);
  keep(state, {failed_job(4)}, kNow + 30 * 24h);
  EXPECT_EQ(numbers(state), (Numbers{4, 3, 1, 2}));
  keep(state, {failed_job(5)}, kNow + 30 * 24h + 1ms);
  EXPECT_EQ(numbers(state), (Numbers{5, 4, 3}));
  ASSERT_TRUE(state.forget(kNow + 300 * 24h));
  EXPECT_EQ(numbers(state), (Numbers{}));
}

TEST_F(AlertStore, NoMoreEventsAreKeptThanMay) {
  AlertState state = open(10);
  for (std::int64_t first = 0; first < 60; first += 6) {
    std::vector<KeptEvent> six;
    for (std::int64_t one = 1; one <= 6; ++one) six.push_back(failed_job(3 * (first + one)));
    keep(state, six);
    EXPECT_LE(count("events"), 10);
  }
  EXPECT_EQ(count("events"), 10);
  EXPECT_EQ(numbers(state, {.most = 1}), (Numbers{180}));
  EXPECT_EQ(*database().number("SELECT min(number) FROM events"), 153);
  EXPECT_EQ(*database().number("SELECT value FROM counters WHERE name = 'events'"), 10);
}

TEST_F(AlertStore, AnEventThatCannotBeReadIsShownByItsColumns) {
  AlertState state = open();
  keep(state, {failed_job(1), failed_job(2)});
  ASSERT_TRUE(
      database().execute("UPDATE events SET event = 'rubbish', steps = '{', fate = 77, stage = -1,"
                         " severity = 12 WHERE number = 1"));
  const auto found = state.events({.number = 1});
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().event.project, "acme/shop");
  EXPECT_EQ(found->front().event.job_id, 1001);
  EXPECT_EQ(found->front().event.time, kNow);
  EXPECT_TRUE(found->front().verdict.steps.empty());
  EXPECT_EQ(numbers(state), (Numbers{2, 1}));
}

TEST_F(AlertStore, HostileTextsAreKept) {
  AlertState state = open();
  KeptEvent hostile = failed_job(1);
  hostile.event.name = "x'); DROP TABLE events; --";
  hostile.verdict.reason = "no utf-8: \xff\xfe";
  hostile.verdict.steps = {{Stage::intake, "no utf-8: \xff"}};
  keep(state, {hostile});
  const auto found = state.events({});
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().event.name, hostile.event.name);
  EXPECT_EQ(found->front().verdict.steps.size(), 1U);
}

TEST_F(AlertStore, ARoundIsKeptAsAWholeOrNotAtAll) {
  AlertState state = open();
  ASSERT_TRUE(
      database().execute("CREATE TRIGGER no_rows BEFORE INSERT ON stage_rows BEGIN"
                         " SELECT RAISE(ABORT, 'no'); END"));
  const Round round{
      .events = {failed_job(1)}, .notifications = {message_of("a", "g")}, .state = {{"alert", "1", "{}"}}};
  EXPECT_FALSE(state.keep(round, kNow));
  EXPECT_EQ(count("events"), 0);
  EXPECT_EQ(count("messages"), 0);
  ASSERT_TRUE(database().execute("DROP TRIGGER no_rows"));
  ASSERT_TRUE(state.keep(round, kNow));
  EXPECT_EQ(count("events") + count("messages") + count("stage_rows"), 3);
}

TEST_F(AlertStore, AThousandEventsAreOneCommit) {
  AlertState state = open();
  std::vector<KeptEvent> events, verdicts;
  for (std::int64_t one = 1; one <= 1000; ++one) {
    events.push_back(failed_job(one));
    verdicts.push_back({.number = one, .event = {}, .signature = {}, .verdict = failed_job(one).verdict});
  }
  const auto began = std::chrono::steady_clock::now();
  keep(state, events);
  const auto kept = std::chrono::steady_clock::now();
  keep(state, verdicts);
  const auto updated = std::chrono::steady_clock::now();
  const auto milliseconds = [](auto span) { return std::chrono::duration<double, std::milli>(span).count(); };
  std::cout << "1,000 events kept in " << milliseconds(kept - began) << " ms, their verdicts changed in "
            << milliseconds(updated - kept) << " ms\n";
  EXPECT_EQ(count("events"), 1000);
}

// ---- rows of the stages --------------------------------------------------------------------------

TEST_F(AlertStore, RowsOfTheStagesComeBackAndGo) {
  {
    AlertState state = open();
    ASSERT_TRUE(
        state.keep({.events = {},
                    .notifications = {},
                    .state = {{"alert", "1", "{\"a\":1}"}, {"group", "1", "{}"}, {"alert", "2", "x"}}},
                   kNow));
    ASSERT_TRUE(state.keep(
        {.events = {}, .notifications = {}, .state = {{"alert", "2", ""}, {"alert", "1", "{}"}}}, kNow));
  }
  const auto rows = open().state();
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ(rows->at(0).table, "alert");
  EXPECT_EQ(rows->at(0).document, "{}");
  EXPECT_EQ(rows->at(1).table, "group");
  EXPECT_EQ(rows->at(1).key, "1");
}

// ---- silences ------------------------------------------------------------------------------------

TEST_F(AlertStore, ASilenceComesBackWithItsIdAfterARestart) {
  std::int64_t id = 0;
  {
    AlertState state = open();
    const auto added = state.add(silence("project=\"acme/shop\", stage!~\"test|lint\""));
    ASSERT_TRUE(added) << added.error().message;
    id = *added;
  }
  const auto found = open().silences();
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().id, id);
  EXPECT_EQ(found->front().match.text(),
            Matchers::parse("project=\"acme/shop\",stage!~\"test|lint\"")->text());
  EXPECT_EQ(found->front().start, kNow);
  EXPECT_EQ(found->front().end, kNow + 2h);
  EXPECT_EQ(found->front().author, "anna");
  EXPECT_EQ(found->front().comment, "a migration");
  EXPECT_EQ(found->front().made, kNow);
}

TEST_F(AlertStore, ASilenceEndsOnce) {
  AlertState state = open();
  const auto running = state.add(silence("job=unit")), coming = state.add(silence("job=e2e", kNow + 1h));
  ASSERT_TRUE(running && coming);
  ASSERT_TRUE(state.expire(*running, kNow + 10min));
  ASSERT_TRUE(state.expire(*coming, kNow + 10min));
  const auto found = state.silences();
  EXPECT_EQ(found->at(0).start, kNow);
  EXPECT_EQ(found->at(0).end, kNow + 10min);
  EXPECT_FALSE(found->at(1).holds(kNow + 70min));
  EXPECT_LE(found->at(1).start, found->at(1).end);
  EXPECT_EQ(state.expire(*running, kNow + 11min).error().code, Errc::conflict);
  EXPECT_EQ(state.expire(77, kNow).error().code, Errc::not_found);
}

TEST_F(AlertStore, EveryChangeOfTheSilencesIsSeenByTheOtherProcess) {
  AlertState state = open(), other = open();
  const auto first = other.silence_revision();
  ASSERT_TRUE(first);
  const auto id = state.add(silence("job=unit"));
  const auto second = other.silence_revision();
  EXPECT_GT(*second, *first);
  EXPECT_EQ(other.silences()->size(), 1U);
  ASSERT_TRUE(state.expire(*id, kNow + 1min));
  const auto third = other.silence_revision();
  EXPECT_GT(*third, *second);
  EXPECT_FALSE(state.expire(*id, kNow + 2min));
  ASSERT_TRUE(state.forget(kNow + 1min));
  EXPECT_EQ(*other.silence_revision(), *third);
  ASSERT_TRUE(state.forget(kNow + 90 * 24h + 2min));
  EXPECT_GT(*other.silence_revision(), *third);
  EXPECT_EQ(other.silences()->size(), 0U);
}

TEST_F(AlertStore, ASilenceThatCannotBeReadHidesNothingAndIsNamed) {
  AlertState state = open();
  const auto broken = state.add(silence("job=unit")), sound = state.add(silence("job=e2e"));
  ASSERT_TRUE(database().execute("UPDATE silences SET matchers = 'job=~\"((\"' WHERE id = ?", *broken));
  for (int twice = 0; twice < 2; ++twice) {
    const auto found = state.silences();
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().id, *sound);
  }
  ASSERT_EQ(state.notices().size(), 1U);
  EXPECT_TRUE(state.notices().front().starts_with("silence " + std::to_string(*broken) + " of anna"))
      << state.notices().front();
  EXPECT_TRUE(state.expire(*broken, kNow + 1min));
}

}  // namespace
}  // namespace runneriq::alerting
