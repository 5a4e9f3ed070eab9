#include "alerting/noise_reduction.hpp"

#include "tests/support/noise_fixture.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq::alerting {
namespace {

testing::AssertionResult says(const std::string& text, const std::string& words) {
  if (text.find(words) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "'" << text << "' does not say '" << words << "'";
}

// A deployment to production: critical.
Event deploy(Duration after = {}) {
  Event event = failed("deploy", after);
  event.ref = "main";
  event.stage = "deploy";
  return event;
}

Event runner_event(std::string_view word, Duration after = {}) {
  Event event{.time = at(after), .kind = event_kind(word), .kind_word = std::string(word)};
  event.name = event.runner = "build-7";
  return event;
}

Event on_runner(Event event, std::string runner = "build-7") {
  event.runner = std::move(runner);
  return event;
}

// Makes the job flaky: it falls over and passes again on so many commits, a day ago.
void make_flaky(Stages& stages, const std::string& name) {
  for (int i = 0; i < 12; ++i) {
    const std::string sha = "f1a4" + std::to_string(i);
    stages.take(failed(name, -days{1} + minutes{2 * i}, sha));
    stages.take(passed(name, -days{1} + minutes{2 * i + 1}, sha));
  }
  stages.noise.advance(at(-hours{1}));
  stages.sink.notifications.clear();
}

TEST(Grouping, TenLintFailuresMakeOneMessage) {
  Stages stages;
  for (int i = 0; i < 10; ++i) {
    Event event = failed("lint", seconds{i});
    event.ref = "branch-" + std::to_string(i);
    event.sha = std::to_string(i);
    stages.take(event);
  }
  stages.noise.advance(at(minutes{15}) - Duration{1});
  EXPECT_EQ(stages.notifications().size(), 0U);
  stages.noise.advance(at(minutes{15}));
  ASSERT_EQ(stages.notifications().size(), 1U);
  const Notification& message = stages.notifications().front();
  EXPECT_EQ(message.time, at(minutes{15}));
  EXPECT_EQ(message.reason, Reason::first);
  EXPECT_EQ(message.receiver, "default");
  EXPECT_EQ(message.firing, 10);
  EXPECT_EQ(message.alerts.size(), 10U);
  EXPECT_EQ(stages.noise.totals().sent, 10);
  EXPECT_EQ(stages.noise.totals().waiting, 0);
}

TEST(Grouping, ABrokenProductionDeploymentIsToldAtItsOwnTime) {
  Stages stages;
  const auto number = stages.take(deploy());
  ASSERT_EQ(stages.notifications().size(), 1U);
  EXPECT_EQ(stages.notifications().front().severity, Severity::critical);
  EXPECT_EQ(stages.notifications().front().time, at());
  EXPECT_EQ(stages.verdict(number).fate, Fate::sent);
}

TEST(Grouping, NewMembersWaitForTheInterval) {
  Stages stages;
  stages.take(failed("lint"));
  Event other = failed("lint", minutes{20});
  other.ref = "other";
  stages.take(other);
  stages.noise.advance(at(hours{1}));
  ASSERT_EQ(stages.notifications().size(), 2U);
  EXPECT_EQ(stages.notifications()[1].reason, Reason::new_member);
  EXPECT_EQ(stages.notifications()[1].time, at(minutes{30}));
  EXPECT_EQ(stages.notifications()[1].alerts.size(), 1U);
  EXPECT_EQ(stages.notifications()[1].firing, 2);
}

TEST(Grouping, AnAlertThatIsGreenBeforeItsMessageIsToldAsResolved) {
  Stages stages;
  stages.take(failed("lint"));
  stages.take(passed("lint", minutes{5}));
  stages.noise.advance(at(hours{1}));
  ASSERT_EQ(stages.notifications().size(), 1U);
  const Notification& message = stages.notifications().front();
  EXPECT_EQ(message.reason, Reason::first);
  EXPECT_EQ(message.firing, 0);
  EXPECT_EQ(message.resolved, 1);
  EXPECT_FALSE(message.alerts[0].firing);
  EXPECT_EQ(message.alerts[0].why_resolved, "green again at bbbb2222");
  EXPECT_EQ(message.alerts[0].resolved, at(minutes{5}));
}

TEST(Grouping, ResolutionOfOneIsToldWhileAnotherFires) {
  Stages stages;
  Event other = failed("lint");
  other.ref = "other";
  stages.take(other);
  stages.take(failed("lint"));
  stages.take(passed("lint", minutes{20}));
  stages.noise.advance(at(hours{1}));
  ASSERT_EQ(stages.notifications().size(), 2U);
  const Notification& message = stages.notifications()[1];
  EXPECT_EQ(message.reason, Reason::resolved);
  EXPECT_EQ(message.firing, 1);
  EXPECT_EQ(message.resolved, 1);
  ASSERT_EQ(message.alerts.size(), 1U);
  EXPECT_TRUE(message.alerts[0].told_before);
  EXPECT_EQ(message.alerts[0].events[0].name, "lint");
}

TEST(Grouping, APassFromBeforeTheFailureResolvesNothing) {
  Stages stages;
  stages.take(failed("lint", minutes{10}));
  stages.noise.take(passed("lint", minutes{5}), at(minutes{11}));
  EXPECT_EQ(stages.noise.firing().size(), 1U);
  stages.noise.take(passed("lint", minutes{12}), at(minutes{12}));
  EXPECT_EQ(stages.noise.firing().size(), 0U);
}

TEST(Grouping, FixedAndBrokenAgainIsToldAgain) {
  Stages stages;
  stages.take(failed("lint"));
  stages.noise.advance(at(minutes{15}));
  stages.take(passed("lint", minutes{20}));
  stages.take(failed("lint", minutes{25}, "cccc3333"));
  stages.noise.advance(at(hours{1}));
  ASSERT_EQ(stages.notifications().size(), 2U);
  EXPECT_EQ(stages.notifications()[1].reason, Reason::new_member);
  EXPECT_TRUE(stages.notifications()[1].alerts[0].firing);
}

TEST(Grouping, InTheSameSecondWhatIsHeardOfLaterIsLater) {
  Stages stages;
  stages.take(failed("lint"));
  stages.noise.advance(at(minutes{15}));
  stages.take(passed("lint", minutes{20}));
  EXPECT_EQ(stages.noise.firing().size(), 0U);
  stages.noise.advance(at(minutes{40}));
  const auto broken = stages.noise.take(failed("lint", minutes{20}, "cccc3333"), at(minutes{41}));
  EXPECT_EQ(stages.noise.firing().size(), 1U) << stages.verdict(broken).reason;
  stages.noise.advance(at(hours{1}));
  ASSERT_EQ(stages.notifications().size(), 3U);
  EXPECT_TRUE(stages.notifications()[2].alerts[0].firing);
  stages.noise.take(passed("lint", minutes{20}, "dddd4444"), at(hours{2}));
  EXPECT_EQ(stages.noise.firing().size(), 0U);
}

TEST(Grouping, CriticalMessagesAreLimitedPerInterval) {
  Stages stages;
  for (int i = 0; i < 8; ++i) {
    Event event = deploy(seconds{i});
    event.name = "deploy " + std::to_string(i);
    event.log_excerpt = "ERROR: the same";
    stages.take(event);
  }
  EXPECT_EQ(stages.notifications().size(), 5U);
  stages.noise.advance(at(minutes{15}));
  ASSERT_EQ(stages.notifications().size(), 6U);
  EXPECT_EQ(stages.notifications()[5].alerts.size(), 3U);
}

TEST(Grouping, WhatIsTooMuchIsCounted) {
  NoiseRules rules = rules_with();
  rules.bounds.events_per_message = 3;
  Stages stages{std::move(rules)};
  std::int64_t last = 0;
  for (int i = 0; i < 5; ++i) {
    Event event = failed("lint", seconds{i});
    event.ref = "branch-" + std::to_string(i);
    last = stages.take(event);
  }
  EXPECT_EQ(stages.verdict(last).stage, Stage::grouping);
  EXPECT_EQ(stages.verdict(last).reason, "counted only: more than 3 since the last message of this group");
  stages.noise.advance(at(minutes{15}));
  ASSERT_EQ(stages.notifications().size(), 1U);
  EXPECT_EQ(stages.notifications()[0].more, 2);
  EXPECT_EQ(stages.notifications()[0].alerts.size(), 3U);
}

TEST(Grouping, GroupsBeyondTheBoundShareOne) {
  NoiseRules rules = rules_with();
  rules.bounds.groups = 2;
  Stages stages{std::move(rules)};
  for (int i = 0; i < 6; ++i) stages.take(failed("job " + std::to_string(i)));
  stages.noise.advance(at(hours{1}));
  ASSERT_EQ(stages.notifications().size(), 3U);
  EXPECT_EQ(stages.noise.totals().sent, 6);
}

TEST(Grouping, RepeatsWhatFailedAgainOnly) {
  Stages stages;
  stages.take(failed("lint"));
  const auto again = stages.take(failed("lint", hours{1}, "cccc3333"));
  stages.take(failed("quiet"));
  stages.noise.advance(at(hours{10}));
  ASSERT_EQ(stages.notifications().size(), 3U);
  EXPECT_EQ(stages.notifications()[2].reason, Reason::repeat);
  EXPECT_EQ(stages.notifications()[2].time, at(hours{4} + minutes{15}));
  EXPECT_EQ(stages.notifications()[2].alerts[0].failures, 2);
  EXPECT_EQ(stages.verdict(again).stage, Stage::routing);
  EXPECT_TRUE(says(stages.verdict(again).reason,
                   "cooldown: told at 2026-03-02T12:15:00Z in message " + stages.notifications()[0].id));
}

TEST(Grouping, WhatIsCriticalIsRepeatedAsLongAsItFires) {
  Stages stages;
  stages.take(deploy());
  stages.noise.advance(at(hours{9}));
  EXPECT_EQ(stages.notifications().size(), 3U);
}

TEST(Grouping, AfterTheCooldownAFailureIsToldAsRepeat) {
  NoiseRules rules = rules_with();
  rules.cooldown = hours{1};
  Stages stages{std::move(rules)};
  stages.take(failed("lint"));
  stages.take(failed("lint", hours{2}, "cccc3333"));
  stages.noise.advance(at(hours{3}));
  ASSERT_EQ(stages.notifications().size(), 2U);
  EXPECT_EQ(stages.notifications()[1].reason, Reason::repeat);
  EXPECT_FALSE(stages.notifications()[1].alerts[0].told_before);
}

TEST(Grouping, ForgottenSilently) {
  Stages stages;
  stages.take(failed("lint"));
  stages.noise.advance(at(days{3}));
  EXPECT_EQ(stages.notifications().size(), 1U);
  EXPECT_EQ(stages.noise.firing().size(), 0U);
  EXPECT_FALSE(stages.noise.due());
}

TEST(Routing, EachOfSeveralRoutesIsTold) {
  RouteOptions all{.name = "all",
                   .under = {},
                   .match = {},
                   .go_on = true,
                   .receiver = "log",
                   .group_by = {},
                   .wait = minutes{1},
                   .interval = {},
                   .repeat = {},
                   .active = {},
                   .digest = {}};
  RouteOptions shop{.name = "shop",
                    .under = {},
                    .match = matching(R"(project="acme/shop")"),
                    .go_on = false,
                    .receiver = "shop",
                    .group_by = {},
                    .wait = {},
                    .interval = {},
                    .repeat = {},
                    .active = {},
                    .digest = {}};
  Stages stages{rules_with(root_route(), {all, shop})};
  const auto number = stages.take(failed("lint"));
  stages.noise.advance(at(hours{1}));
  ASSERT_EQ(stages.notifications().size(), 2U);
  EXPECT_EQ(stages.notifications()[0].receiver, "log");
  EXPECT_EQ(stages.notifications()[1].receiver, "shop");
  EXPECT_EQ(stages.notifications()[1].alerts[0].events.size(), 1U);
  EXPECT_EQ(stages.verdict(number).notification, stages.notifications()[0].id);
  EXPECT_EQ(stages.noise.totals().sent, 1);
}

TEST(Routing, OutsideItsHoursARouteWaits) {
  Route root = root_route();
  root.active = ActiveTime::parse("Mon-Fri 14:00-18:00", "UTC", kUtc).value();
  Stages stages{rules_with(root)};
  stages.take(failed("lint"));
  stages.noise.advance(at(hours{1}));
  EXPECT_EQ(stages.notifications().size(), 0U);
  stages.noise.advance(at(hours{2}));
  ASSERT_EQ(stages.notifications().size(), 1U);
  EXPECT_EQ(stages.notifications()[0].time, at(hours{2}));
}

TEST(Routing, WhatIsCriticalWaitsNeitherForItsHoursNorForADigest) {
  for (const bool digest : {false, true}) {
    Route root = root_route();
    if (digest) root.digest = DigestPeriod::daily;
    if (!digest) root.active = ActiveTime::parse("Mon-Fri 14:00-18:00", "UTC", kUtc).value();
    Stages stages{rules_with(root)};
    stages.take(deploy());
    ASSERT_EQ(stages.notifications().size(), 1U) << digest;
    EXPECT_EQ(stages.notifications()[0].reason, Reason::first);
    EXPECT_EQ(stages.notifications()[0].time, at({}));
  }
}

TEST(Resolving, APassOnAnotherRefClearsNoProductionRef) {
  Stages stages;
  Event on_main = failed("unit");
  on_main.ref = "main";
  const auto number = stages.take(on_main);
  Event elsewhere = passed("unit", minutes{5}, "aaaa1111");
  elsewhere.ref = "topic/same-commit";
  stages.take(elsewhere);
  stages.noise.advance(at(hours{1}));
  EXPECT_EQ(stages.verdict(number).fate, Fate::sent);
  EXPECT_EQ(stages.noise.firing().size(), 1U);
}

TEST(Resolving, WhatMayFailClearsNothingThatMustNot) {
  Stages stages;
  const auto number = stages.take(failed("unit"));
  Event optional = passed("unit", minutes{5}, "aaaa1111");
  optional.ref = "topic/same-commit";
  optional.allow_failure = true;
  stages.take(optional);
  stages.noise.advance(at(hours{1}));
  EXPECT_EQ(stages.verdict(number).fate, Fate::sent);
}

TEST(Resolving, ARetryOfAnOlderPipelineSaysNothingOfANewerCommit) {
  Stages stages;
  Event newer = failed("unit", {}, "cccc3333");
  newer.pipeline_id = 900;
  stages.take(newer);
  Event older = passed("unit", minutes{5}, "bbbb2222");
  older.pipeline_id = 899;
  stages.take(older);
  EXPECT_EQ(stages.noise.firing().size(), 1U);
  older.pipeline_id = 901;
  older.job_id += 1000;
  older.time += minutes{1};
  stages.take(older);
  EXPECT_EQ(stages.noise.firing().size(), 0U);
}

TEST(Forgetting, OfWhatIsCriticalComesLaterAndTellsNothing) {
  Stages stages;
  stages.take(deploy());
  stages.noise.advance(at(days{6}));
  EXPECT_EQ(stages.noise.firing().size(), 1U);
  stages.noise.advance(at(days{9}));
  EXPECT_EQ(stages.noise.firing().size(), 0U);
  for (const Notification& each : stages.notifications()) EXPECT_NE(each.reason, Reason::resolved);
}

TEST(Routing, ADigestTellsAllOnce) {
  Route root = root_route();
  root.digest = DigestPeriod::daily;
  Stages stages{rules_with(root)};
  stages.take(failed("lint"));
  stages.take(failed("unit", hours{2}));
  stages.noise.advance(at(days{1}));
  ASSERT_EQ(stages.notifications().size(), 1U);
  EXPECT_EQ(stages.notifications()[0].reason, Reason::digest);
  EXPECT_EQ(stages.notifications()[0].time, at(hours{20}));
  EXPECT_EQ(stages.notifications()[0].alerts.size(), 2U);
}

TEST(Intake, WhatWasToldBeforeIsNoNews) {
  Stages stages;
  Event event = failed("lint");
  event.job_id = 42;
  stages.take(event);
  const auto again = stages.take(event);
  EXPECT_EQ(stages.verdict(again).stage, Stage::intake);
  EXPECT_EQ(stages.verdict(again).reason, "the end of job 42 was told before (event 1)");
}

TEST(Intake, HistoryIsNoNews) {
  Stages stages;
  const auto number = stages.noise.take(failed("lint", -days{3650}), at());
  EXPECT_EQ(stages.verdict(number).stage, Stage::intake);
  EXPECT_TRUE(says(stages.verdict(number).reason, "old"));
}

TEST(Intake, TheFutureIsNow) {
  Stages stages;
  stages.noise.take(failed("lint", days{365}), at());
  stages.noise.advance(at(minutes{15}));
  ASSERT_EQ(stages.notifications().size(), 1U);
  EXPECT_EQ(stages.notifications()[0].alerts[0].since, at());
}

TEST(Intake, CanceledIsNeither) {
  Stages stages;
  Event event = failed("lint");
  event.status = "canceled";
  stages.take(event);
  EXPECT_EQ(stages.noise.totals().others, 1);
  EXPECT_TRUE(stages.sink.verdicts.empty());
}

TEST(Flaky, AFlakyJobThatPassesOnRetryIsNotTold) {
  Stages stages;
  make_flaky(stages, "e2e");
  const auto number = stages.take(failed("e2e"));
  EXPECT_EQ(stages.verdict(number).stage, Stage::flaky);
  EXPECT_TRUE(says(stages.verdict(number).reason, "waits for its retry until 2026-03-02T12:30:00Z"));
  Event retry = passed("e2e", minutes{25}, "aaaa1111");
  retry.job_id = 43;
  stages.take(retry);
  stages.noise.finish(at(hours{5}));
  EXPECT_EQ(stages.notifications().size(), 0U);
  EXPECT_EQ(stages.verdict(number).fate, Fate::suppressed);
  EXPECT_EQ(stages.verdict(number).reason, "passed on the same commit (job 43)");
}

TEST(Flaky, AFlakyJobWithoutARetryIsTold) {
  Stages stages;
  make_flaky(stages, "e2e");
  const auto number = stages.take(failed("e2e"));
  stages.noise.advance(at(hours{2}));
  ASSERT_EQ(stages.notifications().size(), 1U);
  EXPECT_EQ(stages.notifications()[0].time, at(minutes{45}));
  EXPECT_TRUE(stages.notifications()[0].alerts[0].was_flaky);
  EXPECT_EQ(stages.verdict(number).fate, Fate::sent);
}

TEST(Flaky, AFlakyJobThatFailsOnItsRetryIsBroken) {
  Stages stages;
  make_flaky(stages, "e2e");
  stages.take(failed("e2e"));
  stages.take(failed("e2e", minutes{10}));
  stages.noise.advance(at(minutes{25}));
  ASSERT_EQ(stages.notifications().size(), 1U);
  EXPECT_EQ(stages.notifications()[0].alerts[0].events.size(), 2U);
}

TEST(Flaky, WhatWaitsInAGroupNeedsNobodyWhenItsCommitPassesElsewhere) {
  Stages stages;
  const auto number = stages.take(failed("unit"));
  Event elsewhere = passed("unit", minutes{5}, "aaaa1111");
  elsewhere.ref = "refs/merge-requests/1/head";
  stages.take(elsewhere);
  stages.noise.finish(at(hours{1}));
  EXPECT_EQ(stages.notifications().size(), 0U);
  EXPECT_EQ(stages.verdict(number).stage, Stage::flaky);
}

TEST(Flaky, APassThatWasHeardOfFirstCounts) {
  Stages stages;
  stages.noise.take(passed("unit", minutes{5}, "aaaa1111"), at(minutes{6}));
  const auto number = stages.noise.take(failed("unit"), at(minutes{7}));
  stages.noise.finish(at(hours{1}));
  EXPECT_EQ(stages.verdict(number).stage, Stage::flaky);
  EXPECT_EQ(stages.notifications().size(), 0U);
}

TEST(Flaky, WhatIsCriticalIsToldAndResolved) {
  Stages stages;
  stages.take(deploy());
  Event retry = passed("deploy", minutes{5}, "aaaa1111");
  retry.ref = "main";
  stages.take(retry);
  ASSERT_EQ(stages.notifications().size(), 2U);
  EXPECT_EQ(stages.notifications()[1].reason, Reason::resolved);
  EXPECT_EQ(stages.notifications()[1].alerts[0].why_resolved, "passed on the same commit");
}

TEST(Suppression, ARuleNamesItself) {
  Stages stages;
  Event event = failed("lint");
  event.ref = "experimental/x";
  const auto number = stages.take(event);
  EXPECT_EQ(stages.verdict(number).stage, Stage::suppression);
  EXPECT_TRUE(says(stages.verdict(number).reason, "rule experimental: ref=~"));
}

TEST(Suppression, ASilenceHoldsForItsTime) {
  Stages stages;
  stages.noise.set_silences({{.id = 4,
                              .match = matching("job=lint"),
                              .start = at(),
                              .end = at(hours{1}),
                              .author = "anna",
                              .comment = "migration",
                              .made = at()}});
  const auto silenced = stages.take(failed("lint"));
  const auto after = stages.take(failed("lint", hours{1}));
  EXPECT_EQ(stages.verdict(silenced).reason, "silence 4 of anna until 2026-03-02T13:00:00Z: migration");
  EXPECT_EQ(stages.verdict(after).fate, Fate::waiting);
}

TEST(Inhibition, AnOfflineRunnerHidesItsJobsUntilItIsBack) {
  Stages stages;
  stages.take(runner_event("runner_offline"));
  const auto number = stages.take(on_runner(failed("unit", minutes{1})));
  EXPECT_EQ(stages.verdict(number).stage, Stage::suppression);
  EXPECT_TRUE(says(stages.verdict(number).reason, "runner build-7 is offline"));
  EXPECT_EQ(stages.noise.totals().suppressed[2], 1);
  stages.take(runner_event("runner_online", minutes{20}));
  EXPECT_EQ(stages.verdict(number).fate, Fate::waiting);
  EXPECT_EQ(stages.noise.totals().suppressed[2], 0);
  stages.noise.advance(at(minutes{35}));
  EXPECT_EQ(stages.verdict(number).fate, Fate::sent);
  std::string words;
  for (const Step& step : stages.verdict(number).steps) words += step.words + "\n";
  EXPECT_TRUE(says(words, "no longer hidden: runner build-7 is online again"));
}

TEST(Inhibition, ARunnerThatIsSeenOfflineLateHidesWhatStillWaits) {
  Stages stages;
  Event build = failed("build");
  build.runner = "build-7";
  build.failure_reason = "runner_system_failure";
  const auto number = stages.take(build);
  stages.take(runner_event("runner_offline", minutes{4}));
  EXPECT_EQ(stages.verdict(number).fate, Fate::waiting);
  stages.noise.advance(at(minutes{16}));
  EXPECT_EQ(stages.verdict(number).fate, Fate::suppressed);
  EXPECT_TRUE(says(stages.verdict(number).reason, "runner build-7 is offline"));
}

TEST(Inhibition, WhatFailedJustBeforeIsHiddenToo) {
  Stages stages;
  const auto number = stages.take(on_runner(failed("unit")));
  stages.take(runner_event("runner_offline", seconds{30}));
  EXPECT_EQ(stages.verdict(number).fate, Fate::suppressed);
  EXPECT_EQ(stages.verdict(number).stage, Stage::suppression);
  stages.noise.advance(at(hours{1}));
  ASSERT_EQ(stages.notifications().size(), 1U);
  EXPECT_EQ(stages.notifications()[0].alerts[0].events[0].kind, EventKind::runner);
}

TEST(Inhibition, WhatIsGreenBeforeItIsToldStaysHidden) {
  Stages stages;
  stages.take(runner_event("runner_offline"));
  const auto number = stages.take(on_runner(failed("unit", minutes{1})));
  stages.take(runner_event("runner_online", minutes{20}));
  stages.take(passed("unit", minutes{25}));
  stages.noise.finish(at(hours{1}));
  EXPECT_EQ(stages.verdict(number).stage, Stage::suppression);
  EXPECT_EQ(stages.noise.totals().waiting, 0);
}

TEST(Inhibition, ACriticalFailureIsNeverHidden) {
  Stages stages;
  stages.take(runner_event("runner_offline"));
  EXPECT_EQ(stages.verdict(stages.take(on_runner(deploy(minutes{1})))).fate, Fate::sent);
}

TEST(Rules, AGroupWhoseRouteIsGoneIsToldByTheOneThatMatchesNow) {
  RouteOptions old{.name = "old",
                   .under = {},
                   .match = {},
                   .go_on = false,
                   .receiver = "old",
                   .group_by = {},
                   .wait = {},
                   .interval = {},
                   .repeat = {},
                   .active = {},
                   .digest = {}};
  Stages stages{rules_with(root_route(), {old})};
  stages.take(failed("lint"));
  stages.noise.set_rules(rules_with());
  stages.noise.advance(at(minutes{15}));
  ASSERT_EQ(stages.notifications().size(), 1U);
  EXPECT_EQ(stages.notifications()[0].receiver, "default");
}

TEST(Firing, WorstFirst) {
  Stages stages;
  stages.take(failed("lint"));
  stages.take(deploy(seconds{1}));
  const auto firing = stages.noise.firing();
  ASSERT_EQ(firing.size(), 2U);
  EXPECT_EQ(firing[0].latest.event.name, "deploy");
  EXPECT_EQ(firing[0].told, at(seconds{1}));
  EXPECT_FALSE(firing[1].told);
}

TEST(Restore, NamesWhatIsCorrupt) {
  Stages stages;
  const auto corrupt = stages.noise.restore({{"alert", "00000000000000aa", "{"},
                                             {"group", "x", "{}"},
                                             {"counter", "end 3", R"({"added":1,"entries":[[1]]})"},
                                             {"counter", "totals", "[]"},
                                             {"alert", "00000000000000ab", ""}});
  ASSERT_EQ(corrupt.size(), 4U);
  EXPECT_EQ(corrupt[0], "the kept alert 00000000000000aa is corrupt: it is left out");
}

TEST(Finish, DecidesEverything) {
  Stages stages;
  make_flaky(stages, "e2e");
  stages.take(failed("e2e"));
  stages.take(failed("lint"));
  stages.noise.finish(at(minutes{1}));
  EXPECT_EQ(stages.noise.totals().waiting, 0);
  for (const auto& [number, verdict] : stages.sink.verdicts) EXPECT_NE(verdict.fate, Fate::waiting) << number;
}

}  // namespace
}  // namespace runneriq::alerting
