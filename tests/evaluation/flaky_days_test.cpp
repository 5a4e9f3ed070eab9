// How often the flaky detector is right on made days of known truth. Also run by ./dev bench, which prints
// its table.
#include "alerting/flaky.hpp"
#include "tests/support/made_day.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <set>
#include <string>

namespace runneriq::alerting {
namespace {

constexpr std::uint64_t kFirstSeed = 62'000;
constexpr int kDays = 25;

// Positive is what it said to be flaky.
struct Hits {
  double right = 0, wrong = 0, missed = 0;
  [[nodiscard]] double precision() const { return right / (right + wrong); }
  [[nodiscard]] double recall() const { return right / (right + missed); }
  void add(bool said, bool is) {
    if (said) ++(is ? right : wrong);
    if (!said && is) ++missed;
  }
};

struct DetectorHits {
  Hits failures;  // each, when it was heard of, but for those that are expected anyway
  Hits all;       // also on experimental branches, where most never pass
  Hits jobs;      // at the end of the day

  void add(const MadeDay& day, bool with_history) {
    FlakyDetector detector{{}, {}};
    if (with_history) {
      for (const MadeEvent& made : day.history) tell(detector, made);
    }
    for (const MadeEvent& made : day.events) {
      if (made.again) continue;  // the stage before leaves these out
      const FlakyVerdict verdict = tell(detector, made);
      if (made.truth == Truth::none) continue;
      const bool said = verdict.kind == FlakyVerdict::Kind::flaky, is = made.truth == Truth::flaky;
      all.add(said, is);
      if (made.truth != Truth::expected) failures.add(said, is);
    }
    add_jobs(day, detector);
  }

 private:
  static FlakyVerdict tell(FlakyDetector& detector, const MadeEvent& made) {
    Classified event;
    event.event = made.event;
    event.outcome = outcome_of(made.event);
    if (event.outcome == Outcome::failed) return detector.failed(event);
    detector.passed(event);
    return {};
  }
  void add_jobs(const MadeDay& day, const FlakyDetector& detector) {
    std::set<std::string> said;
    for (const FlakyRecord& record : detector.active(1'000, kMadeDay + std::chrono::days{1})) {
      said.insert(record.subject);
    }
    for (const auto& [project, name] : day.flaky_jobs) jobs.add(said.erase(project + ": " + name) == 1, true);
    jobs.wrong += static_cast<double>(said.size());
  }
};

void print(const char* what, const Hits& hits) {
  std::printf("%-56s%12.1f %%%12.1f %%\n", what, 100 * hits.precision(), 100 * hits.recall());
}

TEST(FlakyDays, TheDetectorIsRight) {
  DetectorHits known, cold;
  for (int i = 0; i < kDays; ++i) {
    const MadeDay day = make_day(kFirstSeed + static_cast<std::uint64_t>(i));
    known.add(day, true);
    cold.add(day, false);
  }
  std::printf("%-56s%14s%14s\n", "flaky detector on made days (25 days)", "precision", "recall");
  print("failures, with ten days of history", known.failures);
  print("also those that are expected to fail", known.all);
  print("jobs, with ten days of history", known.jobs);
  print("failures, cold start", cold.failures);
  print("jobs, cold start", cold.jobs);
  std::printf("\n");

  EXPECT_GE(known.failures.precision(), 0.85);
  EXPECT_GE(known.failures.recall(), 0.74);
  EXPECT_GE(known.jobs.precision(), 0.97);
  EXPECT_GE(known.jobs.recall(), 0.93);
  EXPECT_GE(cold.failures.precision(), 0.85);
  EXPECT_GE(cold.failures.recall(), 0.62);
  EXPECT_GE(cold.jobs.precision(), 0.97);
  EXPECT_GE(cold.jobs.recall(), 0.90);
}

}  // namespace
}  // namespace runneriq::alerting
