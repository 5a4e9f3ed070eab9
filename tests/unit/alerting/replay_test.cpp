#include "alerting/replay.hpp"

#include "core/json_text.hpp"
#include "tests/support/noise_fixture.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace runneriq::alerting {
namespace {

std::string line(std::string_view time, std::string_view name, std::string_view status, int job) {
  return R"({"time":"2026-03-02T)" + std::string(time) +
         R"(Z","project":"acme/shop","ref":"feature","sha":"a",)" + R"("name":")" + std::string(name) +
         R"(","status":")" + std::string(status) + R"(","job_id":)" + std::to_string(job) + "}\n";
}

ReplayReport replayed(const std::string& lines) {
  return replay(lines, rules_with(), kUtc, at(days{30}));
}

TEST(Replay, TellsInTheOrderOfTimeAndFlushesAtItsEnd) {
  const ReplayReport report =
      replayed(line("12:20:00", "unit", "failed", 2) + "\n" + line("12:00:00", "lint", "failed", 1));
  ASSERT_EQ(report.notifications.size(), 2U);
  EXPECT_EQ(report.notifications[0].alerts[0].events[0].name, "lint");
  EXPECT_EQ(report.notifications[0].time, at(minutes{15}));
  EXPECT_EQ(report.notifications[1].time, at(minutes{20}));
  EXPECT_EQ(report.totals.sent, 2);
  EXPECT_EQ(report.totals.waiting, 0);
}

TEST(Replay, SaysWhichLinesAreNoEvents) {
  std::string lines;
  for (int i = 0; i < 25; ++i) lines += "{\n";
  const ReplayReport report = replayed(lines + line("12:00:00", "lint", "failed", 1));
  EXPECT_EQ(report.bad_lines, 25);
  ASSERT_EQ(report.problems.size(), 20U);
  EXPECT_TRUE(report.problems[1].starts_with("line 2: ")) << report.problems[1];
  EXPECT_EQ(report.totals.events, 1);
}

TEST(Replay, NothingIsTooOldAndTheFutureIsNow) {
  const ReplayReport report = replayed(R"({"time":"1999-01-01T00:00:00Z","name":"old","status":"failed"})"
                                       "\n"
                                       R"({"time":"2999-01-01T00:00:00Z","name":"new","status":"failed"})");
  ASSERT_EQ(report.notifications.size(), 2U);
  EXPECT_EQ(report.notifications[1].time, at(days{30}));
}

TEST(Replay, ItsDocument) {
  const ReplayReport report =
      replayed(line("12:00:00", "lint", "failed", 1) + line("12:00:00", "lint", "failed", 1) +
               line("12:00:30", "unit", "failed", 2) + line("12:05:00", "unit", "success", 3));
  const auto document = json_in(replay_document(report));
  ASSERT_EQ(document["notifications"].size(), 1U);
  EXPECT_EQ(document["notifications"][0]["reason"], "first");
  EXPECT_EQ(document["notifications"][0]["alerts"][0]["name"], "lint");
  ASSERT_EQ(document["suppressed"].size(), 2U);
  EXPECT_EQ(document["suppressed"][0]["stage"], "intake");
  EXPECT_EQ(document["suppressed"][0]["event"]["job_id"], 1);
  EXPECT_EQ(document["suppressed"][1]["stage"], "flaky");
  EXPECT_EQ(document["totals"]["failures"], 3);
  EXPECT_EQ(document["totals"]["suppressed"]["flaky"], 1);
  EXPECT_EQ(document["totals"]["bad_lines"], 0);
  EXPECT_TRUE(document["problems"].empty());
}

TEST(Replay, OfNothing) {
  const ReplayReport report = replayed("\n\n");
  EXPECT_TRUE(report.notifications.empty());
  EXPECT_EQ(report.totals.events, 0);
}

}  // namespace
}  // namespace runneriq::alerting
