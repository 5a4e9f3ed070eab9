#include "alerting/waiting_events.hpp"

#include "alerting/drop_notice.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace runneriq::alerting {
namespace {

HeardEvent heard(std::int64_t job, std::string status, bool urgent = false) {
  HeardEvent event;
  event.event.job_id = job;
  event.event.status = std::move(status);
  event.urgent = urgent;
  return event;
}

std::vector<std::int64_t> jobs_in(const std::vector<HeardEvent>& events) {
  std::vector<std::int64_t> jobs;
  for (const HeardEvent& event : events) jobs.push_back(event.event.job_id);
  return jobs;
}

using Jobs = std::vector<std::int64_t>;

TEST(WaitingEvents, UrgentOnesGoFirstAndInTheirOrder) {
  WaitingEvents waiting{10};
  waiting.hear(heard(1, "failed"));
  waiting.hear(heard(2, "failed", true));
  waiting.hear(heard(3, "failed", true));
  waiting.put_ready(*waiting.take_for_evidence());
  EXPECT_TRUE(waiting.has_ready());
  EXPECT_EQ(jobs_in(waiting.take_ready()), (Jobs{2, 3, 1}));
  EXPECT_FALSE(waiting.has_ready());
  EXPECT_EQ(waiting.size(), 0U);
}

TEST(WaitingEvents, WhatWaitsForEvidenceIsNotReady) {
  WaitingEvents waiting{10};
  waiting.hear(heard(1, "failed"));
  EXPECT_FALSE(waiting.has_ready());
  EXPECT_EQ(waiting.without_evidence(), 1U);
  EXPECT_TRUE(waiting.take_ready().empty());
  EXPECT_EQ(waiting.take_for_evidence()->event.job_id, 1);
  EXPECT_FALSE(waiting.take_for_evidence());
}

TEST(WaitingEvents, WithoutRoomWhatPassedGoesFirstAndWhatIsUrgentLast) {
  WaitingEvents waiting{3};
  waiting.hear(heard(1, "failed", true));
  waiting.hear(heard(2, "failed"));
  waiting.hear(heard(3, "success"));
  waiting.hear(heard(4, "failed"));
  EXPECT_EQ(waiting.dropped(), 1);
  waiting.hear(heard(5, "failed"));
  EXPECT_EQ(waiting.dropped(), 2);
  EXPECT_EQ(waiting.size(), 3U);
  EXPECT_EQ(waiting.take_for_evidence()->event.job_id, 4);
  EXPECT_EQ(waiting.take_for_evidence()->event.job_id, 5);
  EXPECT_EQ(jobs_in(waiting.take_ready()), (Jobs{1}));
}

TEST(WaitingEvents, WhatBecomesReadyIsBoundedToo) {
  WaitingEvents waiting{2};
  for (std::int64_t job = 1; job <= 5; ++job) waiting.put_ready(heard(job, "failed"));
  EXPECT_EQ(jobs_in(waiting.take_ready()), (Jobs{4, 5}));
  for (std::int64_t job = 1; job <= 3; ++job) waiting.hear(heard(job, "failed", true));
  EXPECT_EQ(jobs_in(waiting.take_ready()), (Jobs{2, 3}));
}

TEST(DropNotice, SaysWhatIsNewAtOnceAndThenOnceAMinute) {
  const Time start{std::chrono::hours{1}};
  DropNotice notice;
  EXPECT_EQ(notice.take(0, start), std::nullopt);
  EXPECT_EQ(notice.take(3, start), 3);
  EXPECT_EQ(notice.take(3, start + std::chrono::hours{1}), std::nullopt);
  EXPECT_EQ(notice.take(4, start + std::chrono::seconds{59}), std::nullopt);
  EXPECT_EQ(notice.take(9, start + std::chrono::seconds{60}), 6);
  EXPECT_EQ(notice.take(10, start + std::chrono::seconds{61}), std::nullopt);
  EXPECT_EQ(notice.take(10, start + std::chrono::seconds{120}), 1);
}

}  // namespace
}  // namespace runneriq::alerting
