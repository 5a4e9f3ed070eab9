#include "alerting/flaky.hpp"

#include "tests/support/job_ends.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;
using Kind = FlakyVerdict::Kind;

class Flaky : public testing::Test {
 protected:
  FlakyVerdict fails(const std::string& sha, std::string_view reason = "script_failure") {
    Classified end = job_end(sha, true, now += 1min);
    end.event.failure_reason = reason;
    return detector.failed(end);
  }
  bool passes(const std::string& sha) { return detector.passed(job_end(sha, false, now += 1min)); }
  bool flips(const std::string& sha) {
    fails(sha);
    return passes(sha);
  }
  void make_flaky() {
    flips("flip 1");
    flips("flip 2");
  }
  // Of the one job; none = it is not flaky now.
  std::optional<FlakyRecord> known() const {
    const auto records = detector.active(10, now);
    return records.empty() ? std::nullopt : std::optional{records.front()};
  }
  Kind kind_of_next_failure() { return fails("commit " + std::to_string(++commits_)).kind; }

  FlakyDetector detector{FlakyTerms{}, OutageTerms{}};
  Time now = kMorning;

 private:
  int commits_ = 0;
};

TEST_F(Flaky, NothingIsKnownAgainstANewJob) {
  const FlakyVerdict verdict = fails("a");
  EXPECT_EQ(verdict.kind, Kind::steady);
  EXPECT_EQ(verdict.score, 0);
}

TEST_F(Flaky, TwoFlipsMakeAJobFlaky) {
  EXPECT_TRUE(flips("a"));
  EXPECT_FALSE(known());
  EXPECT_EQ(fails("b").kind, Kind::steady);
  EXPECT_TRUE(passes("b"));
  const FlakyVerdict verdict = fails("c");
  EXPECT_EQ(verdict.kind, Kind::flaky);
  EXPECT_EQ(verdict.until, now + 30min);
  EXPECT_EQ(verdict.runs, 5);
  EXPECT_EQ(verdict.flips, 2);
  EXPECT_NEAR(verdict.score, 0.0545, 0.0001) << "of Beta(2.5, 9.5)";
}

TEST_F(Flaky, AnotherCommitIsNoRetry) {
  for (const char* sha : {"a", "c", "e", "g"}) {
    fails(sha);
    EXPECT_FALSE(passes(sha + std::string{"+"}));
  }
  EXPECT_FALSE(known());
}

TEST_F(Flaky, APassBeforeTheFailureIsNoFlip) {
  for (const char* sha : {"a", "b", "c"}) {
    EXPECT_FALSE(passes(sha));
    fails(sha);
  }
  EXPECT_FALSE(known());
}

TEST_F(Flaky, ACommitThatWasSteadyIsFlippedWhenItFallsOverLater) {
  for (const char* sha : {"a", "b"}) {
    passes(sha);
    EXPECT_TRUE(flips(sha));
  }
  ASSERT_TRUE(known());
  EXPECT_NEAR(known()->flips, 2, 0.01);
  EXPECT_NEAR(known()->steady, 0, 0.01) << "counted once";
}

TEST_F(Flaky, ACommitCountsOnce) {
  for (int i = 0; i < 5; ++i) flips("a");
  EXPECT_FALSE(known());
  flips("b");
  for (int i = 0; i < 5; ++i) passes("c");
  ASSERT_TRUE(known());
  EXPECT_EQ(known()->total_flips, 2);
  EXPECT_NEAR(known()->steady, 1, 0.01);
}

TEST_F(Flaky, APassIsARetryOnce) {
  fails("a");
  EXPECT_TRUE(passes("a"));
  EXPECT_FALSE(passes("a"));
}

TEST_F(Flaky, APassDaysLaterIsNoRetry) {
  fails("a");
  now += 72h;
  EXPECT_FALSE(passes("a"));
  fails("b");
  now += 72h - 1min;
  EXPECT_TRUE(passes("b"));
  EXPECT_FALSE(known()) << "one flip";
}

TEST_F(Flaky, AFailureThatIsToldLateIsAFlip) {
  for (const char* sha : {"a", "b"}) {
    passes(sha);
    detector.failed(job_end(sha, true, now - 30s));
  }
  EXPECT_TRUE(known());
}

TEST_F(Flaky, RareFlipsAreNotEnough) {
  for (int i = 0; i < 100; ++i) passes("steady " + std::to_string(i));
  make_flaky();
  EXPECT_FALSE(known()) << "two of a hundred: less than 1 % is likely enough";
  flips("flip 3");
  EXPECT_FALSE(known());
  flips("flip 4");
  EXPECT_TRUE(known());
}

TEST_F(Flaky, OldEvidenceFades) {
  for (int i = 0; i < 100; ++i) passes("steady " + std::to_string(i));
  now += std::chrono::days{42};
  make_flaky();
  ASSERT_TRUE(known());
  EXPECT_NEAR(known()->steady, 100 / 8.0, 0.1);
}

TEST_F(Flaky, IsOverAfterAWeekWithoutAFlip) {
  make_flaky();
  const Time last = now;
  now = last + std::chrono::days{7} - 1ms;
  EXPECT_TRUE(known());
  EXPECT_EQ(detector.failed(job_end("a", true, now)).kind, Kind::flaky);
  now = last + std::chrono::days{7};
  EXPECT_FALSE(known());
  EXPECT_EQ(detector.failed(job_end("b", true, now)).kind, Kind::steady);
}

TEST_F(Flaky, AfterTheRecoveryTwoFlipsAreNeededAgain) {
  make_flaky();
  now += std::chrono::days{7};
  flips("a");
  EXPECT_FALSE(known());
  const Time start = now;
  flips("b");
  ASSERT_TRUE(known());
  EXPECT_GT(known()->since, start);
  EXPECT_EQ(known()->total_flips, 4);
}

TEST_F(Flaky, StaysFlakyWhenItPassesForAWhile) {
  make_flaky();
  for (int i = 0; i < 500; ++i) passes("steady " + std::to_string(i));
  EXPECT_TRUE(known()) << "a state: nothing flaps";
}

TEST_F(Flaky, FailingTwiceOnACommitIsBroken) {
  make_flaky();
  EXPECT_EQ(fails("a").kind, Kind::flaky);
  EXPECT_EQ(fails("a").kind, Kind::broken);
  EXPECT_EQ(fails("a").kind, Kind::broken);
  passes("a");
  EXPECT_EQ(fails("a").kind, Kind::flaky) << "it passed in between";
}

TEST_F(Flaky, FailingOnTwoCommitsInARowIsBroken) {
  make_flaky();
  EXPECT_EQ(kind_of_next_failure(), Kind::flaky);
  EXPECT_EQ(kind_of_next_failure(), Kind::broken);
  EXPECT_EQ(kind_of_next_failure(), Kind::broken);
  passes("green");
  EXPECT_EQ(kind_of_next_failure(), Kind::flaky);
}

TEST_F(Flaky, OtherRefsAreNotInARow) {
  make_flaky();
  EXPECT_EQ(kind_of_next_failure(), Kind::flaky);
  Classified other = job_end("x", true, now);
  other.event.ref = "topic";
  EXPECT_EQ(detector.failed(other).kind, Kind::flaky);
}

TEST_F(Flaky, WhatIsNotTheJobsFaultIsNoEvidence) {
  for (const char* sha : {"a", "b", "c"}) {
    EXPECT_EQ(fails(sha, "runner_system_failure").kind, Kind::steady);
    EXPECT_TRUE(passes(sha)) << "it needs nobody all the same";
  }
  EXPECT_FALSE(known());
  make_flaky();
  EXPECT_EQ(fails("d", "stuck_or_timeout_failure").kind, Kind::steady) << "nor does it wait for a retry";
  EXPECT_EQ(fails("d").kind, Kind::flaky) << "nor is it an attempt";
}

TEST_F(Flaky, AllowedFailuresAndUnknownReasonsAreEvidence) {
  Classified end = job_end("a", true, now);
  end.event.allow_failure = true;
  detector.failed(end);
  passes("a");
  fails("b", "a_new_word");
  passes("b");
  EXPECT_TRUE(known());
}

TEST_F(Flaky, AnOutageMakesNothingFlaky) {
  for (int round = 0; round < 4; ++round) {
    const std::string sha = "round " + std::to_string(round);
    for (int i = 0; i < 12; ++i) {
      Classified end = job_end(sha, true, now += 5s);
      end.event.name = "job " + std::to_string(i);
      EXPECT_EQ(detector.failed(end).kind, Kind::steady);
    }
    now += 30min;
    for (int i = 0; i < 12; ++i) {
      Classified end = job_end(sha, false, now += 5s);
      end.event.name = "job " + std::to_string(i);
      EXPECT_TRUE(detector.passed(end));
    }
  }
  EXPECT_FALSE(known()) << "the first failures, too, before it was seen to be one";
}

TEST_F(Flaky, WithoutACommitNothingIsKnown) {
  make_flaky();
  EXPECT_EQ(fails("").kind, Kind::steady);
  EXPECT_FALSE(passes(""));
}

TEST_F(Flaky, SubjectsAreApart) {
  make_flaky();
  for (const auto change :
       {+[](Event& event) { event.project = "acme/shop2"; }, +[](Event& event) { event.name = "unit 2"; },
        +[](Event& event) { event.gitlab = "https://other.example.com"; },
        +[](Event& event) { event.kind = EventKind::pipeline; },
        +[](Event& event) { event.kind = EventKind::runner; }}) {
    Classified end = job_end("a", true, now);
    change(end.event);
    EXPECT_EQ(detector.failed(end).kind, Kind::steady);
  }
  EXPECT_EQ(fails("a").kind, Kind::flaky);
}

TEST_F(Flaky, SwitchedOffItSaysNothingButLearns) {
  detector.set_terms({.enabled = false}, {});
  make_flaky();
  EXPECT_EQ(fails("a").kind, Kind::steady);
  EXPECT_FALSE(known());
  detector.set_terms({}, {});
  EXPECT_EQ(fails("b").kind, Kind::broken);
  EXPECT_TRUE(known());
}

TEST_F(Flaky, RecordsAreSortedAndNamed) {
  make_flaky();
  for (int i = 0; i < 4; ++i) {
    Classified end = job_end("commit " + std::to_string(i), true, now);
    end.event.name = "e2e";
    detector.failed(end);
    detector.passed(end);
  }
  const auto records = detector.active(10, now);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].subject, "acme/shop: e2e");
  EXPECT_EQ(records[1].subject, "acme/shop: unit");
  EXPECT_EQ(detector.active(1, now).size(), 1U);
}

class FlakyTests : public Flaky {
 protected:
  void ends(const std::string& test, const std::string& sha, bool failed) {
    detector.test_ended(job_end(sha, failed, now += 1min), test, failed);
  }
  void make_test_flaky(const std::string& test) {
    for (const char* sha : {"flip 1", "flip 2"}) {
      ends(test, sha, true);
      ends(test, sha, false);
    }
  }
  bool is_flaky(const std::string& test, const std::string& sha) {
    return detector.is_flaky_test(job_end(sha, true, now), test);
  }
};

TEST_F(FlakyTests, HaveABookOfTheirOwn) {
  make_test_flaky("Cart.adds tax");
  EXPECT_TRUE(is_flaky("Cart.adds tax", "a"));
  EXPECT_FALSE(is_flaky("Cart.removes", "a"));
  EXPECT_FALSE(is_flaky("Cart.adds tax", ""));
  EXPECT_EQ(fails("a").kind, Kind::steady) << "the job itself";
  ASSERT_TRUE(known());
  EXPECT_EQ(known()->subject, "acme/shop: unit › Cart.adds tax");
}

TEST_F(FlakyTests, BrokenOutranksFlaky) {
  make_test_flaky("Cart.adds tax");
  ends("Cart.adds tax", "a", true);
  EXPECT_TRUE(is_flaky("Cart.adds tax", "a"));
  ends("Cart.adds tax", "a", true);
  EXPECT_FALSE(is_flaky("Cart.adds tax", "a"));
}

TEST_F(FlakyTests, ThatNeverFailedAreNotKept) {
  for (int i = 0; i < 100; ++i) ends("test " + std::to_string(i), "a", false);
  EXPECT_TRUE(detector.take_changes().empty());
}

class FlakyState : public Flaky {
 protected:
  FlakyDetector restored() {
    for (const auto& [key, document] : detector.take_changes()) rows_[key] = document;
    FlakyDetector copy{FlakyTerms{}, OutageTerms{}};
    for (const auto& [key, document] : rows_) {
      EXPECT_TRUE(document.empty() || copy.restore(key, document)) << key << document;
    }
    return copy;
  }
  std::unordered_map<std::string, std::string> rows_;
};

TEST_F(FlakyState, GoesOnWhereItWas) {
  make_flaky();
  fails("a");
  FlakyDetector copy = restored();
  EXPECT_EQ(copy.active(10, now).size(), 1U);
  for (FlakyDetector* of : {&copy, &detector}) {
    const FlakyVerdict again = of->failed(job_end("a", true, now + 1min));
    EXPECT_EQ(again.kind, Kind::broken);
    EXPECT_EQ(again.runs, 6);
    EXPECT_NEAR(again.score, 0.0545, 0.0001);
    EXPECT_EQ(of->failed(job_end("b", true, now + 2min)).kind, Kind::broken) << "commits in a row";
    EXPECT_TRUE(of->passed(job_end("a", false, now + 3min)));
    EXPECT_EQ(of->active(10, now + 3min).front().total_flips, 3);
  }
}

TEST_F(FlakyState, GivesEachChangeOnce) {
  make_flaky();
  EXPECT_EQ(detector.take_changes().size(), 4U) << "a job, two commits, a ref";
  EXPECT_TRUE(detector.take_changes().empty());
  passes("steady");
  EXPECT_EQ(detector.take_changes().size(), 1U) << "commits that only passed are not kept";
  FlakyDetector copy = restored();
  EXPECT_TRUE(copy.take_changes().empty());
}

TEST_F(FlakyState, KeysAreTheSameInEveryRun) {
  fails("a");
  std::vector<std::string> keys;
  for (const auto& kept : detector.take_changes()) keys.push_back(kept.key);
  std::ranges::sort(keys);
  EXPECT_EQ(keys, (std::vector<std::string>{"c8df9cbaa6798831c", "r0db23bf376dc1035", "sf3c7f5360873f98e"}));
}

TEST_F(FlakyState, WhatIsPushedOutIsGone) {
  fails("first");
  std::vector<FlakyDetector::Kept> kept = detector.take_changes();
  for (int i = 0; i < 100'000; ++i) fails("commit " + std::to_string(i));
  int gone = 0;
  for (const auto& [key, document] : detector.take_changes()) gone += document.empty() ? 1 : 0;
  EXPECT_EQ(gone, 1);
}

TEST_F(FlakyState, RefusesWhatIsCorrupt) {
  flips("a");
  const auto kept = detector.take_changes();
  const std::string subject = kept.front().key, document = kept.front().document;
  ASSERT_TRUE(detector.restore(subject, document));
  for (const std::string& bad :
       {std::string{}, std::string{"[]"}, std::string{"{}"}, std::string{"{\"subject\":1}"}, document + "}",
        document.substr(0, document.size() - 1)}) {
    const auto result = detector.restore(subject, bad);
    ASSERT_FALSE(result) << bad;
    EXPECT_EQ(result.error().code, Errc::corrupt);
  }
  for (const std::string& key : {std::string{}, std::string{"s12"}, std::string{"x0123456789abcdef"},
                                 std::string{"s0123456789abcdeg"}, std::string{"s0123456789abcdef0"}}) {
    EXPECT_FALSE(detector.restore(key, document)) << key;
  }
}

TEST_F(FlakyState, RefusesNumbersThatAreNone) {
  const std::string start = R"({"subject":"a","flips":1.0,"steady":)";
  const std::string end = R"(,"active":false,"runs":1,"total_flips":1,"recent_flips":1})";
  EXPECT_TRUE(detector.restore("s0123456789abcdef", start + "1.0" + end));
  for (const char* steady : {"-1.0", "1e300", "null", "\"1\""}) {
    EXPECT_FALSE(detector.restore("s0123456789abcdef", start + steady + end)) << steady;
  }
  EXPECT_FALSE(detector.restore("c0123456789abcdef", R"({"attempts":-1,"counted":0})"));
  EXPECT_FALSE(detector.restore("c0123456789abcdef", R"({"attempts":1,"counted":3})"));
  EXPECT_FALSE(detector.restore("c0123456789abcdef", R"({"passed":1e30,"attempts":1,"counted":0})"));
  EXPECT_FALSE(detector.restore("r0123456789abcdef", R"({"commits":99999999999})"));
}

}  // namespace
}  // namespace runneriq::alerting
