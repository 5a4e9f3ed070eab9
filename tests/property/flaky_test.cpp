// Laws of the flaky detector on random histories. The seed is fixed and printed with every counter-example.
#include "alerting/flaky.hpp"

#include "tests/support/job_ends.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;
using Kind = FlakyVerdict::Kind;

constexpr std::uint64_t kSeed = 61'000;
constexpr int kHistories = 200;

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}
  int below(int end) { return static_cast<int>(random_() % static_cast<std::uint64_t>(end)); }
  bool one_in(int n) { return below(n) == 0; }
  std::mt19937_64& source() { return random_; }

 private:
  std::mt19937_64 random_;
};

template <class Check>
void for_each_history(Check check) {
  for (int i = 0; i < kHistories && !testing::Test::HasFailure(); ++i) {
    const std::uint64_t seed = kSeed + static_cast<std::uint64_t>(i);
    SCOPED_TRACE("seed " + std::to_string(seed));
    Chance chance{seed};
    check(chance);
  }
}

// Ends of a job on some commits, in the order of time, at most `apart` from each other.
std::vector<Classified> history(Chance& chance, int length, int commits, Duration apart) {
  std::vector<Classified> ends;
  Time now = kMorning;
  for (int i = 0; i < length; ++i) {
    now += 1ms + chance.below(static_cast<int>(apart.count())) * 1ms;
    ends.push_back(job_end("commit " + std::to_string(chance.below(commits)), chance.one_in(3), now));
  }
  return ends;
}

FlakyVerdict tell(FlakyDetector& detector, const Classified& end) {
  if (end.outcome == Outcome::failed) return detector.failed(end);
  detector.passed(end);
  return {};
}

FlakyDetector told(const std::vector<Classified>& ends, FlakyTerms terms = {}) {
  FlakyDetector detector{terms, {}};
  for (const Classified& end : ends) tell(detector, end);
  return detector;
}

int total_flips(FlakyDetector& detector) {
  int flips = 0;
  for (const auto& [key, document] : detector.take_changes()) {
    if (key.front() == 's') flips = record_of<FlakySubject>(document)->total_flips;
  }
  return flips;
}

TEST(FlakyLaws, NeverWithoutTwoFlips) {
  for_each_history([](Chance& chance) {
    FlakyDetector detector{{.threshold = 0}, {}};
    int flips = 0;
    std::unordered_map<std::string, std::pair<bool, bool>> commits;  // failed, flipped
    for (const Classified& end : history(chance, 60, 10, 2h)) {
      auto& [failed, flipped] = commits[end.event.sha];
      tell(detector, end);
      if (end.outcome == Outcome::passed && failed && !flipped) {
        flipped = true;
        ++flips;
      }
      failed = failed || end.outcome == Outcome::failed;
      EXPECT_TRUE(flips >= 2 || detector.active(1, end.event.time).empty());
    }
  });
}

TEST(FlakyLaws, MoreFlipsNeverLowerTheScore) {
  for_each_history([](Chance& chance) {
    const double steady = chance.below(200);
    double last = 0;
    for (int flips = 0; flips < 30; ++flips) {
      const FlipEvidence evidence{static_cast<double>(flips), steady, kMorning};
      const double score = flip_score({}, evidence, 0.05);
      EXPECT_GE(score, last);
      EXPECT_LE(score, 1);
      EXPECT_TRUE(is_score_above(score - 1e-6, {}, evidence, 0.05));
      EXPECT_FALSE(is_score_above(score + 1e-6, {}, evidence, 0.05));
      last = score;
    }
    EXPECT_LE(flip_score({}, {5, steady + 1, kMorning}, 0.05), flip_score({}, {5, steady, kMorning}, 0.05));
  });
}

TEST(FlakyLaws, TheOrderOfTellingDoesNotMatter) {
  for_each_history([](Chance& chance) {
    std::vector<Classified> ends = history(chance, 40, 8, 30min);
    FlakyDetector one = told(ends);
    std::shuffle(ends.begin(), ends.end(), chance.source());
    FlakyDetector other = told(ends);
    EXPECT_EQ(total_flips(one), total_flips(other));
  });
}

TEST(FlakyLaws, EvidenceFades) {
  for_each_history([](Chance& chance) {
    FlipEvidence evidence;
    for (int i = 0; i < 20; ++i) add(evidence, chance.below(2), chance.below(2), kMorning + i * 1h, 336h);
    const FlipEvidence then = evidence;
    const auto days = chance.below(100);
    add(evidence, 0, 0, then.as_of + std::chrono::days{days}, 336h);
    EXPECT_NEAR(evidence.flips, then.flips * std::exp2(-days / 14.0), 1e-9);
    EXPECT_NEAR(evidence.steady, then.steady * std::exp2(-days / 14.0), 1e-9);
  });
}

TEST(FlakyLaws, OverAfterAWeekWhateverWas) {
  for_each_history([](Chance& chance) {
    const std::vector<Classified> ends = history(chance, 100, 20, 1h);
    const FlakyDetector detector = told(ends);
    EXPECT_TRUE(detector.active(10, ends.back().event.time + std::chrono::days{7}).empty());
  });
}

// Retries of the same commit, or new commits, in any mixture: it is not said to be flaky for ever.
TEST(FlakyLaws, WhatNeverPassesIsSoonBroken) {
  for_each_history([](Chance& chance) {
    const int after = 1 + chance.below(4);
    FlakyDetector detector = told(history(chance, 60, 20, 1h), {.broken_after = after});
    int commit = 0, flaky = 0;
    for (int i = 0; i < 100; ++i) {
      if (chance.one_in(3)) ++commit;
      const Time now = kMorning + std::chrono::days{3} + i * 1min;
      const Kind kind = detector.failed(job_end("new " + std::to_string(commit), true, now)).kind;
      if (kind == Kind::flaky) ++flaky;
    }
    EXPECT_LE(flaky, (after - 1) * (after - 1));
  });
}

TEST(FlakyLaws, NoOutageMakesAJobFlaky) {
  for_each_history([](Chance& chance) {
    FlakyDetector detector{{.threshold = 0, .least_flips = 1}, {}};
    Time now = kMorning;
    for (int round = 0; round < 5; ++round, now += 20min) {
      const std::string sha = "round " + std::to_string(round);
      const int jobs = 10 + chance.below(30);
      for (const bool failed : {true, false}) {
        now += failed ? 0min : 15min;
        for (int job = 0; job < jobs; ++job) {
          Classified end = job_end(sha, failed, now += chance.below(5'000) * 1ms);
          end.event.name = "job " + std::to_string(job);
          tell(detector, end);
        }
      }
    }
    EXPECT_TRUE(detector.active(10, now).empty());
  });
}

TEST(FlakyLaws, WhatIsKeptIsAllThatIsKnown) {
  for_each_history([](Chance& chance) {
    std::vector<Classified> ends = history(chance, 80, 12, 1h);
    const std::size_t half = ends.size() / 2;
    FlakyDetector one = told({ends.begin(), ends.begin() + static_cast<std::ptrdiff_t>(half)});
    FlakyDetector other{{}, {}};
    for (const auto& [key, document] : one.take_changes()) ASSERT_TRUE(other.restore(key, document));
    for (std::size_t i = half; i < ends.size(); ++i) {
      const FlakyVerdict a = tell(one, ends[i]), b = tell(other, ends[i]);
      EXPECT_EQ(a.kind, b.kind) << i;
    }
  });
}

}  // namespace
}  // namespace runneriq::alerting
