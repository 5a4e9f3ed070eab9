#include "alerting/digest.hpp"

#include "core/json_text.hpp"
#include "tests/support/alert_faces.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace runneriq::alerting {
namespace {

const Time kTo = at(days{1});

TEST(Digest, CountsWhatBecameOfFailuresByStage) {
  const std::vector<KeptEvent> events{
      kept_of(4, failed("lint"), Fate::suppressed, Stage::flaky, "flaky: newest"),
      kept_of(3, failed("lint"), Fate::suppressed, Stage::suppression, "rule old"),
      kept_of(2, failed("lint"), Fate::sent), kept_of(1, failed("unit"), Fate::waiting)};
  const Digest digest = digest_of(events, {}, at(), kTo);
  EXPECT_EQ(digest.failures, 4);
  EXPECT_EQ(digest.told, 1);
  EXPECT_EQ(digest.waiting, 1);
  EXPECT_EQ(digest.left_out, (std::array<std::int64_t, 5>{0, 1, 1, 0, 0}));
  ASSERT_EQ(digest.most.size(), 2U);
  EXPECT_EQ(digest.most[0].job, "lint");
  EXPECT_EQ(digest.most[0].project, "acme/shop");
  EXPECT_EQ(digest.most[0].failures, 3);
  EXPECT_EQ(digest.most[0].told, 1);
  EXPECT_EQ(digest.most[0].reason, "flaky: newest");
  EXPECT_EQ(digest.most[1].reason, "");
}

TEST(Digest, TakesWhatLiesFromItsStartToBeforeItsEnd) {
  std::vector<KeptEvent> events;
  for (const Duration after : {Duration{-1}, Duration{0}, Duration{days{1}} - Duration{1}, Duration{days{1}}})
    events.push_back(kept_of(1, failed("lint", after), Fate::sent));
  std::vector<OutboxMessage> messages;
  for (const Duration after : {Duration{-1}, Duration{0}, Duration{days{1}}}) {
    messages.push_back(message_of(1, MessageState::dead));
    messages.back().notification.time = at(after);
  }
  const Digest digest = digest_of(events, messages, at(), kTo);
  EXPECT_EQ(digest.failures, 2);
  EXPECT_EQ(digest.messages, 1);
  EXPECT_EQ(digest.dead, 1);
}

TEST(Digest, NamesTheTwentyJobsThatFailedMostOften) {
  std::vector<KeptEvent> events;
  for (int job = 0; job < 25; ++job) {
    for (int time = 0; time <= job; ++time)
      events.push_back(kept_of(1, failed("job " + std::to_string(job)), Fate::sent));
  }
  const Digest digest = digest_of(events, {}, at(), kTo);
  ASSERT_EQ(digest.most.size(), 20U);
  EXPECT_EQ(digest.most.front().job, "job 24");
  EXPECT_EQ(digest.most.back().job, "job 5");
}

TEST(Digest, OfNothingIsAllZero) {
  const Digest digest = digest_of({}, {}, at(), kTo);
  EXPECT_EQ(digest.failures + digest.told + digest.waiting + digest.messages + digest.dead, 0);
  EXPECT_TRUE(digest.most.empty());
}

TEST(Digest, OneJobOfTwoProjectsIsTwoLines) {
  Event other = failed("lint");
  other.project = "acme/blog";
  const std::vector<KeptEvent> events{kept_of(1, failed("lint"), Fate::sent), kept_of(2, other, Fate::sent)};
  EXPECT_EQ(digest_of(events, {}, at(), kTo).most.size(), 2U);
}

TEST(Digest, IsADocument) {
  const std::vector<KeptEvent> events{kept_of(1, failed("lint"), Fate::suppressed, Stage::flaky, "flaky")};
  const std::vector<OutboxMessage> messages{message_of(1, MessageState::delivered)};
  EXPECT_EQ(
      json_line(digest_document(digest_of(events, messages, at(), kTo))),
      R"({"from":"2026-03-02T12:00:00Z","to":"2026-03-03T12:00:00Z","failures":1,"told":0,"waiting":0,)"
      R"("left_out":{"intake":0,"flaky":1,"suppression":0,"grouping":0,"routing":0},"messages":1,"dead":0,)"
      R"("most_failures":[{"project":"acme/shop","job":"lint","failures":1,"told":0,)"
      R"("left_out_because":"flaky"}]})");
}

}  // namespace
}  // namespace runneriq::alerting
