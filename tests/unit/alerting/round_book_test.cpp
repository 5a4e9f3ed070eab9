#include "alerting/round_book.hpp"

#include "tests/support/alert_faces.hpp"

#include <gtest/gtest.h>

namespace runneriq::alerting {
namespace {

struct RoundBookTest : testing::Test {
  RoundBook book;
  NoiseReduction noise{rules_with(), kUtc, book};
  static Verdict verdict(std::int64_t number, Fate fate) {
    Verdict made;
    made.event = number;
    made.fate = fate;
    return made;
  }
};

TEST_F(RoundBookTest, GivesEventsByNumberWithTheirLastFate) {
  Classified event;
  event.event = failed("lint");
  event.severity = Severity::critical;
  event.signature = "9c1f";
  book.decided(verdict(2, Fate::waiting), nullptr);
  book.decided(verdict(1, Fate::waiting), &event);
  book.decided(verdict(1, Fate::sent), nullptr);
  const Round& round = book.round(noise);
  ASSERT_EQ(round.events.size(), 2U);
  EXPECT_EQ(round.events[0].number, 1);
  EXPECT_EQ(round.events[0].event.name, "lint");  // as heard with the first fate
  EXPECT_EQ(round.events[0].severity, Severity::critical);
  EXPECT_EQ(round.events[0].signature, "9c1f");
  EXPECT_EQ(round.events[0].verdict.fate, Fate::sent);
  EXPECT_EQ(round.events[1].event.name, "");
}

TEST_F(RoundBookTest, OfTheStagesHoldsAllThatIsToBeKept) {
  EXPECT_TRUE(book.empty());
  noise.take(failed("lint"), at());
  noise.finish(at());
  EXPECT_FALSE(book.empty());
  const Round& round = book.round(noise);
  EXPECT_EQ(round.events.size(), 1U);
  EXPECT_EQ(round.notifications.size(), 1U);
  EXPECT_FALSE(round.state.empty());
  book.kept();
  EXPECT_TRUE(book.empty());
  const Round& next = book.round(noise);
  EXPECT_TRUE(next.events.empty() && next.notifications.empty() && next.state.empty());
}

TEST_F(RoundBookTest, WhatCouldNotBeKeptIsPartOfTheNextRoundOnce) {
  noise.take(failed("lint"), at());
  const std::size_t rows = book.round(noise).state.size();
  noise.take(failed("lint", minutes{1}), at(minutes{1}));
  noise.finish(at(minutes{2}));
  const Round& round = book.round(noise);
  EXPECT_EQ(round.events.size(), 2U);
  EXPECT_EQ(round.notifications.size(), 1U);
  EXPECT_GE(round.state.size(), rows);
  std::map<std::pair<std::string, std::string>, int> seen;
  for (const NoiseReduction::Kept& row : round.state) EXPECT_EQ(++seen[std::pair(row.table, row.key)], 1);
}

TEST_F(RoundBookTest, WhileTheStoreFailsOldFatesGoButNoMessage) {
  for (std::int64_t number = 1; number <= 20'010; ++number)
    book.decided(verdict(number, Fate::sent), nullptr);
  for (int count = 0; count < 30; ++count) book.notify({});
  const Round& round = book.round(noise);
  EXPECT_EQ(round.events.size(), RoundBook::kMostEvents);
  EXPECT_EQ(round.events.front().number, 11);
  EXPECT_EQ(round.notifications.size(), 30U);
}

}  // namespace
}  // namespace runneriq::alerting
