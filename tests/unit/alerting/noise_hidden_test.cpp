// What other failures and silences hide, through all stages.
#include "alerting/noise_reduction.hpp"
#include "tests/support/noise_fixture.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace runneriq::alerting {
namespace {

const std::string kMergeRequest = "refs/merge-requests/7/head";

Event of_ref(Event event, std::string ref) {
  event.ref = std::move(ref);
  event.default_branch = "main";
  return event;
}

Event in_pipeline(Event event, std::string stage, std::int64_t pipeline = 77) {
  event.stage = std::move(stage);
  event.pipeline_id = pipeline;
  return event;
}

Event runner_event(std::string_view word, Duration after) {
  Event event{.time = at(after), .kind = event_kind(word), .kind_word = std::string(word)};
  event.name = event.runner = "build-7";
  return event;
}

Event on_runner(Event event) {
  event.runner = "build-7";
  return event;
}

Silence silence(std::string_view match, Duration start, Duration end) {
  return {.id = 4,
          .match = matching(match),
          .start = at(start),
          .end = at(end),
          .author = "anna",
          .comment = "migration",
          .made = at(start)};
}

NoiseRules by_job() {
  Route root = root_route();
  root.group_by = {Label::project, Label::job};
  return rules_with(std::move(root));
}

// Red on main, and so hidden on a merge request.
class RedOnMain : public testing::Test {
 protected:
  RedOnMain() {
    stages.take(of_ref(failed("unit"), "main"));
    hidden = stages.take(of_ref(failed("unit", minutes{5}, "cccc3333"), kMergeRequest));
  }
  Stages stages;
  std::int64_t hidden = 0;
};

TEST_F(RedOnMain, HidesTheSameJobOnMergeRequests) {
  EXPECT_EQ(stages.verdict(hidden).stage, Stage::suppression);
  EXPECT_EQ(stages.verdict(hidden).reason, "hidden: the same job is red on main");
  stages.noise.advance(at(hours{1}));
  ASSERT_EQ(stages.notifications().size(), 1U);
  EXPECT_EQ(stages.notifications()[0].alerts.size(), 1U);
}

TEST_F(RedOnMain, WhatItHidIsNotToldWhenItIsGreen) {
  stages.noise.advance(at(minutes{20}));
  stages.take(of_ref(passed("unit", minutes{30}), "main"));
  stages.noise.finish(at(hours{3}));
  EXPECT_EQ(stages.verdict(hidden).fate, Fate::suppressed);
  EXPECT_EQ(stages.verdict(hidden).reason, "hidden: the same job is red on main");
  ASSERT_EQ(stages.notifications().size(), 2U);
  EXPECT_EQ(stages.notifications()[1].reason, Reason::resolved);
}

TEST_F(RedOnMain, ARunAfterThatWhichFailsIsTold) {
  stages.take(of_ref(passed("unit", minutes{30}), "main"));
  const auto again = stages.take(of_ref(failed("unit", minutes{40}, "dddd4444"), kMergeRequest));
  stages.noise.advance(at(hours{2}));
  EXPECT_EQ(stages.verdict(again).fate, Fate::sent);
  EXPECT_EQ(stages.verdict(hidden).fate, Fate::suppressed);
}

TEST_F(RedOnMain, WhatItHidEndsWithItAlsoAfterARestart) {
  Stages after;
  EXPECT_TRUE(after.noise.restore(stages.noise.take_changes()).empty());
  after.take(of_ref(passed("unit", minutes{30}), "main"));
  after.noise.finish(at(hours{3}));
  EXPECT_FALSE(after.sink.verdicts.contains(hidden));
}

TEST_F(RedOnMain, SilencedBeforeItIsToldItHidesNothing) {
  stages.noise.set_silences({silence("ref=main", minutes{6}, hours{2})});
  stages.noise.advance(at(hours{1}));
  EXPECT_EQ(stages.verdict(1).stage, Stage::suppression);
  EXPECT_EQ(stages.verdict(hidden).fate, Fate::sent);
}

TEST(Upstream, HidesWhatFailsAfterItUntilItIsGreen) {
  Stages stages;
  stages.take(in_pipeline(failed("compile"), "build"));
  const auto number = stages.take(in_pipeline(failed("unit", minutes{5}), "test"));
  const auto pipeline = [&] {
    Event event = in_pipeline(failed("", minutes{6}), "");
    event.kind = EventKind::pipeline;
    event.kind_word = "pipeline";
    event.job_id = 0;
    return stages.take(event);
  }();
  EXPECT_EQ(stages.verdict(number).reason, "hidden: job compile of pipeline 77 failed before");
  EXPECT_EQ(stages.verdict(pipeline).reason, "hidden: job compile of pipeline 77 failed");
  stages.take(passed("compile", minutes{30}));
  EXPECT_EQ(stages.verdict(number).fate, Fate::waiting);
  stages.noise.advance(at(hours{1}));
  EXPECT_EQ(stages.verdict(number).fate, Fate::sent);
  EXPECT_EQ(stages.verdict(pipeline).reason, "hidden: job unit of pipeline 77 failed");
  EXPECT_EQ(stages.noise.totals().waiting, 0);
}

// A group that has told something, and has news in a minute.
class Released : public testing::Test {
 protected:
  Released() : stages(by_job()) {
    stages.take(failed("unit"));
    stages.noise.advance(at(minutes{15}));
    stages.take(runner_event("runner_offline", minutes{16}));
    hidden = stages.take(on_runner(of_ref(failed("unit", minutes{17}, "cccc3333"), "one")));
    stages.take(of_ref(failed("unit", minutes{18}, "cccc3334"), "two"));
    stages.take(runner_event("runner_online", minutes{29}));
  }
  [[nodiscard]] std::optional<Time> told(std::int64_t number) const {
    for (const Notification& message : stages.notifications())
      if (message.id == stages.verdict(number).notification) return message.time;
    return std::nullopt;
  }
  Stages stages;
  std::int64_t hidden = 0;
};

TEST_F(Released, WaitsTheWholeWaitOfItsGroup) {
  EXPECT_EQ(stages.verdict(hidden).fate, Fate::waiting);
  EXPECT_TRUE(stages.verdict(hidden).reason.ends_with("until 2026-03-02T12:44:00Z"))
      << stages.verdict(hidden).reason;
  stages.noise.advance(at(hours{2}));
  EXPECT_EQ(told(hidden), at(minutes{29 + 16})) << "15 min after the message of the other";
}

TEST_F(Released, ARerunThatPassesMeanwhileNeedsNobody) {
  stages.noise.take(of_ref(passed("unit", minutes{40}, "cccc3333"), "one"), at(minutes{40}));
  stages.noise.advance(at(hours{2}));
  EXPECT_EQ(stages.verdict(hidden).fate, Fate::suppressed);
  EXPECT_EQ(stages.verdict(hidden).stage, Stage::flaky);
}

TEST_F(Released, WaitsAlsoOverARestart) {
  Stages after{by_job()};
  EXPECT_TRUE(after.noise.restore(stages.noise.take_changes()).empty());
  after.noise.advance(at(minutes{44}));
  EXPECT_FALSE(after.sink.verdicts.contains(hidden));
  after.noise.advance(at(hours{2}));
  EXPECT_EQ(after.verdict(hidden).fate, Fate::sent);
}

TEST_F(Released, IsToldAtTheEnd) {
  stages.noise.finish(at(minutes{29}));
  EXPECT_EQ(stages.verdict(hidden).fate, Fate::sent);
}

TEST(LateSilence, AppliesToWhatWaitsInAGroup) {
  Stages stages;
  const auto lint = stages.take(failed("lint"));
  const auto unit = stages.take(failed("unit"));
  stages.noise.set_silences({silence("job=lint", minutes{1}, hours{2})});
  EXPECT_EQ(stages.verdict(lint).fate, Fate::waiting);
  stages.noise.advance(at(hours{1}));
  EXPECT_EQ(stages.verdict(lint).stage, Stage::suppression);
  EXPECT_EQ(stages.verdict(lint).reason, "silence 4 of anna until 2026-03-02T14:00:00Z: migration");
  EXPECT_EQ(stages.verdict(unit).fate, Fate::sent);
  ASSERT_EQ(stages.notifications().size(), 1U);
  EXPECT_EQ(stages.noise.firing().size(), 1U);
}

TEST(LateSilence, ThatIsOverByThenHidesNothing) {
  Stages stages;
  const auto number = stages.take(failed("lint"));
  stages.noise.set_silences({silence("job=lint", minutes{1}, minutes{15})});
  stages.noise.advance(at(hours{1}));
  EXPECT_EQ(stages.verdict(number).fate, Fate::sent);
}

TEST(LateSilence, OfOneOfSeveralInAGroup) {
  Stages stages{by_job()};
  const auto one = stages.take(of_ref(failed("unit"), "one"));
  const auto two = stages.take(of_ref(failed("unit"), "two"));
  stages.noise.set_silences({silence("ref=one", minutes{1}, hours{2})});
  stages.noise.advance(at(hours{1}));
  EXPECT_EQ(stages.verdict(one).fate, Fate::suppressed);
  EXPECT_EQ(stages.verdict(two).fate, Fate::sent);
  ASSERT_EQ(stages.notifications().size(), 1U);
  EXPECT_EQ(stages.notifications()[0].firing, 1);
}

TEST(LateSilence, LeavesWhatWasToldAsItIs) {
  Stages stages;
  stages.take(failed("lint"));
  stages.noise.advance(at(minutes{15}));
  stages.noise.set_silences({silence("job=lint", minutes{16}, hours{2})});
  stages.take(passed("lint", minutes{20}));
  stages.noise.advance(at(hours{1}));
  ASSERT_EQ(stages.notifications().size(), 2U);
  EXPECT_EQ(stages.notifications()[1].reason, Reason::resolved);
}

TEST(LateRule, AppliesToWhatWaitsInAGroup) {
  NoiseRules rules = rules_with();
  Stages stages{rules};
  const auto number = stages.take(failed("lint"));
  rules.suppression.push_back({.name = "no lint", .match = matching("job=lint")});
  stages.noise.set_rules(std::move(rules));
  stages.noise.advance(at(hours{1}));
  EXPECT_EQ(stages.verdict(number).stage, Stage::suppression);
  EXPECT_EQ(stages.notifications().size(), 0U);
}

}  // namespace
}  // namespace runneriq::alerting
