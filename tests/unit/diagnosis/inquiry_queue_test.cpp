// Which webhooks ask for a diagnosis, and what waits for one.
#include "diagnosis/inquiry_queue.hpp"

#include <gtest/gtest.h>

namespace runneriq::diagnosis {
namespace {

using namespace std::chrono_literals;
using gitlab::JobStatus;
using gitlab::Webhook;
using gitlab::WebhookKind;

const Time kNow{std::chrono::milliseconds{1'800'000'000'000}};

Webhook ended(JobStatus status) {
  return {.kind = WebhookKind::pipeline,
          .instance = "https://gitlab.example",
          .project = ProjectId{7},
          .pipeline = PipelineId{40},
          .status = status,
          .pipeline_facts = gitlab::WebhookPipeline{.merge_request = 12}};
}

Webhook commented(std::string body) {
  return {.kind = WebhookKind::note,
          .instance = "https://gitlab.example",
          .project = ProjectId{7},
          .note = gitlab::WebhookNote{
              .body = std::move(body), .merge_request = 12, .author = UserId{5}, .action = "create"}};
}

TEST(AHook, OfAPipelineThatEndedAsks) {
  const auto request = request_of(ended(JobStatus::failed));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->gitlab, "https://gitlab.example");
  EXPECT_EQ(request->project, ProjectId{7});
  EXPECT_EQ(request->pipeline, PipelineId{40});
  EXPECT_EQ(request->merge_request, MergeRequestIid{12});
  EXPECT_EQ(request->comment, "");
  EXPECT_TRUE(request_of(ended(JobStatus::success))) << "its note may be resolved";
  for (const JobStatus other :
       {JobStatus::running, JobStatus::canceled, JobStatus::pending, JobStatus::unknown, JobStatus::skipped,
        JobStatus::manual, JobStatus::created}) {
    EXPECT_FALSE(request_of(ended(other)));
  }
}

TEST(AHook, WithoutWhatIsNeededAsksForNothing) {
  Webhook hook = ended(JobStatus::failed);
  hook.project = {};
  EXPECT_FALSE(request_of(hook));
  hook = ended(JobStatus::failed);
  hook.pipeline = {};
  EXPECT_FALSE(request_of(hook));
  hook = ended(JobStatus::failed);
  hook.kind = WebhookKind::job;
  EXPECT_FALSE(request_of(hook));
  EXPECT_FALSE(request_of({}));
  hook = ended(JobStatus::failed);
  hook.pipeline_facts.reset();
  EXPECT_TRUE(request_of(hook)) << "an older version's";
}

TEST(AComment, AsksWhereItMentionsAndSaysTheWord) {
  const auto request = request_of(commented("@runneriq please Diagnose"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->merge_request, MergeRequestIid{12});
  EXPECT_EQ(request->pipeline, PipelineId{});
  EXPECT_EQ(request->author, UserId{5});
  EXPECT_EQ(request->comment, "@runneriq please Diagnose");
  for (const char* none : {"", "diagnose", "@runneriq", "hello", "please"}) {
    EXPECT_FALSE(request_of(commented(none))) << none;
  }
}

TEST(AComment, OfABotOfGitLabOrElsewhereDoesNot) {
  const auto refused = [](auto change) {
    Webhook hook = commented("@runneriq diagnose");
    change(*hook.note);
    return !request_of(hook);
  };
  EXPECT_TRUE(refused([](auto& note) { note.by_bot = true; }));
  EXPECT_TRUE(refused([](auto& note) { note.is_system = true; }));
  EXPECT_TRUE(refused([](auto& note) { note.action = "update"; }));
  EXPECT_TRUE(refused([](auto& note) { note.merge_request = 0; }));
  EXPECT_FALSE(refused([](auto& note) { note.action = ""; })) << "an older version's";
  Webhook empty = commented("x");
  empty.note.reset();
  EXPECT_FALSE(request_of(empty));
}

TEST(AComment, IsKeptInPart) {
  const auto request = request_of(commented("@r diagnose " + std::string(60'000, 'x')));
  ASSERT_TRUE(request);
  EXPECT_LE(request->comment.size(), 4'000U);
  EXPECT_FALSE(request_of(commented(std::string(60'000, 'x') + "@r diagnose")));
}

struct Said {
  const char* comment;
  bool asks;
};

TEST(AComment, AsksTheBotByItsWholeName) {
  const Said table[] = {
      {"@runneriq diagnose", true},
      {"@RunnerIQ: please DIAGNOSE.", true},
      {"hey (@runneriq) diagnose!", true},
      {"diagnose this, @runneriq.", true},
      {"diagnose\n@runneriq", true},
      {"@runneriq-2 diagnose", false},
      {"@runneriq.2 diagnose", false},
      {"@runneriq_2 diagnose", false},
      {"@runneriq2 diagnose", false},
      {"a@runneriq diagnose", false},
      {"runneriq diagnose", false},
      {"@runneriq diagnosed", false},
      {"@runneriq misdiagnose", false},
      {"@runneriq-2 @runneriq diagnosed diagnose", true},
      {"@runneriq", false},
      {"", false},
  };
  for (const Said& each : table) EXPECT_EQ(asks(each.comment, "runneriq"), each.asks) << each.comment;
  EXPECT_FALSE(asks("@ diagnose", ""));
  EXPECT_TRUE(asks("@Run.Ner diagnose", "run.ner"));
}

InquiryRequest of_pipeline(std::int64_t pipeline) {
  return {.project = ProjectId{7}, .pipeline = PipelineId{pipeline}};
}
InquiryRequest of_comment(std::string comment, std::int64_t author) {
  return {.project = ProjectId{7},
          .merge_request = MergeRequestIid{12},
          .comment = std::move(comment),
          .author = UserId{author}};
}

TEST(AQueue, GivesTheOldestFirstAndEachOnce) {
  InquiryQueue queue;
  EXPECT_FALSE(queue.take(kNow));
  EXPECT_FALSE(queue.next_due());
  queue.add(of_pipeline(1));
  queue.add(of_pipeline(2));
  queue.add(of_pipeline(1));
  EXPECT_EQ(queue.size(), 2U);
  EXPECT_EQ(queue.take(kNow)->pipeline, PipelineId{1});
  EXPECT_EQ(queue.take(kNow)->pipeline, PipelineId{2});
  EXPECT_FALSE(queue.take(kNow));
}

TEST(AQueue, KeepsApartWhatIsNotTheSame) {
  InquiryQueue queue;
  queue.add(of_pipeline(1));
  InquiryRequest other = of_pipeline(1);
  other.project = ProjectId{8};
  queue.add(other);
  other.gitlab = "https://other.example";
  queue.add(other);
  queue.add(of_comment("@runneriq diagnose", 5));
  queue.add(of_comment("@runneriq diagnose", 5));
  EXPECT_EQ(queue.size(), 4U);
}

// Who is meant is not known here: a comment for somebody else must not take the place of one for us.
TEST(AQueue, AnotherCommentDoesNotDisplaceOne) {
  InquiryQueue queue;
  queue.add(of_comment("@runneriq diagnose", 5));
  queue.add(of_comment("@alice can you diagnose it?", 6));
  queue.add(of_comment("@alice or you, who can diagnose it?", 5));
  EXPECT_EQ(queue.take(kNow)->comment, "@runneriq diagnose");
  EXPECT_EQ(queue.take(kNow)->author, UserId{6});
}

TEST(AQueue, IsBounded) {
  InquiryQueue queue;
  for (std::int64_t each = 1; each <= 250; ++each) queue.add(of_pipeline(each));
  EXPECT_EQ(queue.size(), InquiryQueue::kMost);
  EXPECT_EQ(queue.dropped(), 50);
  EXPECT_EQ(queue.take(kNow)->pipeline, PipelineId{51});
}

TEST(AQueue, AsksAgainWithGrowingPausesAndGivesUp) {
  InquiryQueue queue;
  queue.add(of_pipeline(1));
  Time now = kNow;
  for (const Duration pause : {Duration{5s}, Duration{25s}, Duration{125s}}) {
    const auto request = queue.take(now);
    ASSERT_TRUE(request);
    EXPECT_TRUE(queue.add_again(*request, now));
    EXPECT_EQ(*queue.next_due(), now + pause);
    EXPECT_FALSE(queue.take(now + pause - 1ms));
    now += pause;
  }
  EXPECT_FALSE(queue.add_again(*queue.take(now), now));
  EXPECT_EQ(queue.size(), 0U);
}

TEST(AQueue, WhatIsDueDoesNotWaitForWhatIsNot) {
  InquiryQueue queue;
  EXPECT_TRUE(queue.add_again(of_pipeline(1), kNow));
  queue.add(of_pipeline(2));
  EXPECT_EQ(queue.take(kNow)->pipeline, PipelineId{2});
  EXPECT_FALSE(queue.take(kNow));
  EXPECT_EQ(queue.take(kNow + 5s)->pipeline, PipelineId{1});
}

TEST(AQueue, ANewerRequestIsNotPutOffByAnOlderOnesRetry) {
  InquiryQueue queue;
  queue.add(of_pipeline(1));
  const auto failed = queue.take(kNow);
  queue.add(of_pipeline(1));
  EXPECT_TRUE(queue.add_again(*failed, kNow));
  EXPECT_EQ(queue.size(), 1U);
  const auto next = queue.take(kNow);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->attempts, 0);
}

}  // namespace
}  // namespace runneriq::diagnosis
