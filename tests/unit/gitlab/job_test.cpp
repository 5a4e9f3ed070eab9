#include "gitlab/job.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

TEST(JobStatusText, KnowsEveryWordOfGitLab) {
  for (const char* word :
       {"created", "waiting_for_resource", "preparing", "waiting_for_callback", "pending", "running",
        "success", "failed", "canceling", "canceled", "skipped", "manual", "scheduled"}) {
    EXPECT_NE(job_status(word), JobStatus::unknown) << word;
    EXPECT_EQ(to_text(job_status(word)), word);
  }
}

TEST(JobStatusText, TakesNewWordsAsUnknown) {
  for (const char* word : {"", "Pending", "pending ", "unknown", "hibernating"}) {
    EXPECT_EQ(job_status(word), JobStatus::unknown) << word;
  }
  EXPECT_EQ(to_text(JobStatus::unknown), "unknown");
}

Job attempt(std::int64_t id, std::int64_t pipeline, std::string name) {
  Job job;
  job.id = JobId{id};
  job.pipeline = PipelineId{pipeline};
  job.name = std::move(name);
  return job;
}

TEST(MarkRetries, FindsAnEarlierAttemptOfTheSameJob) {
  std::vector<Job> waiting{attempt(20, 1, "test"),  attempt(21, 1, "lint"), attempt(22, 2, "test"),
                           attempt(5, 1, "deploy"), attempt(30, 3, "test"), attempt(40, 4, "test")};
  waiting[5].retry = false;
  const std::vector<Job> ended{attempt(10, 1, "test"), attempt(6, 1, "deploy"), attempt(30, 3, "test"),
                               attempt(35, 3, "test")};
  mark_retries(waiting, ended);
  EXPECT_EQ(waiting[0].retry, true);
  EXPECT_EQ(waiting[1].retry, std::nullopt);  // another name
  EXPECT_EQ(waiting[2].retry, std::nullopt);  // another pipeline
  EXPECT_EQ(waiting[3].retry, std::nullopt);  // a later attempt
  EXPECT_EQ(waiting[4].retry, std::nullopt);  // itself
  EXPECT_EQ(waiting[5].retry, false);         // stays as it was
}

TEST(MarkRetries, TakesTheFirstOfSeveralAttempts) {
  for (const bool newest_first : {false, true}) {
    std::vector<Job> waiting{attempt(20, 1, "test")};
    std::vector<Job> ended{attempt(10, 1, "test"), attempt(30, 1, "test")};
    if (newest_first) std::swap(ended[0], ended[1]);
    mark_retries(waiting, ended);
    EXPECT_EQ(waiting[0].retry, true);
  }
}

}  // namespace
}  // namespace runneriq::gitlab
