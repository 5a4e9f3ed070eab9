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
  EXPECT_TRUE(request->comments.empty());
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
  ASSERT_EQ(request->comments.size(), 1U);
  EXPECT_EQ(request->comments[0].author, UserId{5});
  EXPECT_EQ(request->comments[0].text, "@runneriq please Diagnose");
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
  EXPECT_LE(request->comments.at(0).text.size(), 4'000U);
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
InquiryRequest of_comment(std::string comment, std::int64_t author, std::int64_t merge_request = 12) {
  return {.project = ProjectId{7},
          .merge_request = MergeRequestIid{merge_request},
          .comments = {{.text = std::move(comment), .author = UserId{author}}}};
}
const Error kOutage{Errc::unavailable, "503"};
const Error kOverBudget{Errc::unavailable, "pipeline 1: over the budget of 60 calls a minute"};

std::vector<std::string> texts_of(const std::optional<InquiryRequest>& request) {
  std::vector<std::string> texts;
  if (!request) return {"nothing"};
  for (const Asking& one : request->comments) texts.push_back(one.text);
  return texts;
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
  EXPECT_EQ(queue.size(), 1U) << "of one merge request";
  EXPECT_EQ(texts_of(queue.take(kNow)),
            (std::vector<std::string>{"@runneriq diagnose", "@alice can you diagnose it?",
                                      "@alice or you, who can diagnose it?"}));
}

TEST(AQueue, WhoWritesMuchDisplacesOwnWordsOnly) {
  InquiryQueue queue;
  queue.add(of_comment("@runneriq diagnose", 5));
  for (int each = 0; each < 100; ++each) queue.add(of_comment("@a diagnose " + std::to_string(each), 6));
  queue.add(of_comment("@a diagnose 99", 6));
  EXPECT_EQ(texts_of(queue.take(kNow)),
            (std::vector<std::string>{"@runneriq diagnose", "@a diagnose 96", "@a diagnose 97",
                                      "@a diagnose 98", "@a diagnose 99"}));
}

TEST(AQueue, PipelinesGoBeforeComments) {
  InquiryQueue queue;
  queue.add(of_comment("@runneriq diagnose", 5));
  queue.add(of_pipeline(1));
  queue.add(of_pipeline(2));
  EXPECT_EQ(queue.take(kNow)->pipeline, PipelineId{1});
  EXPECT_EQ(queue.take(kNow)->pipeline, PipelineId{2});
  EXPECT_EQ(queue.take(kNow)->merge_request, MergeRequestIid{12});
}

TEST(AQueue, LooksByCommentOnceInTwoMinutes) {
  InquiryQueue queue;
  queue.add(of_comment("@runneriq diagnose", 5));
  EXPECT_TRUE(queue.take(kNow));
  queue.add(of_comment("@runneriq diagnose it again", 5));
  queue.add(of_comment("@runneriq diagnose", 5, 13));
  EXPECT_EQ(queue.take(kNow + 1s)->merge_request, MergeRequestIid{13});
  EXPECT_FALSE(queue.take(kNow + 2min - 1ms));
  EXPECT_EQ(queue.next_due(), kNow + 2min) << "whoever waits for it does not turn in circles";
  EXPECT_TRUE(queue.add_again(of_pipeline(1), kOutage, kNow));
  EXPECT_EQ(queue.next_due(), kNow + 5s);
  EXPECT_TRUE(queue.take(kNow + 5s));
  EXPECT_EQ(queue.take(kNow + 2min)->merge_request, MergeRequestIid{12});
  queue.add(of_comment("@runneriq diagnose", 5));
  EXPECT_TRUE(queue.take(kNow - 1h)) << "a clock that was set back";
}

TEST(AQueue, ACommentForSomebodyElseWasNoLook) {
  InquiryQueue queue;
  queue.add(of_comment("@alice diagnose", 5));
  queue.add(of_comment("@runneriq diagnose", 5, 13));
  const auto others = queue.take(kNow);
  EXPECT_TRUE(queue.take(kNow));
  queue.was_no_look(*others);
  queue.add(of_comment("@runneriq diagnose", 5));
  queue.add(of_comment("@runneriq diagnose", 5, 13));
  EXPECT_EQ(queue.take(kNow)->merge_request, MergeRequestIid{12});
  EXPECT_FALSE(queue.take(kNow)) << "the other was one";
}

TEST(AQueue, LooksAtAPipelineOfAMergeRequestThatWasJustLookedAt) {
  InquiryQueue queue;
  queue.add(of_comment("@runneriq diagnose", 5));
  EXPECT_TRUE(queue.take(kNow));
  InquiryRequest ended = of_pipeline(1);
  ended.merge_request = MergeRequestIid{12};
  queue.add(ended);
  EXPECT_TRUE(queue.take(kNow));
}

TEST(AQueue, CommentsAreDroppedBeforePipelines) {
  InquiryQueue queue;
  queue.add(of_pipeline(1));
  for (std::int64_t each = 1; each <= 300; ++each) queue.add(of_comment("@r diagnose", 5, each));
  EXPECT_EQ(queue.size(), InquiryQueue::kMost);
  for (std::int64_t each = 2; each <= 200; ++each) queue.add(of_pipeline(each));
  queue.add(of_comment("@r diagnose", 5, 400));
  EXPECT_EQ(queue.size(), InquiryQueue::kMost);
  EXPECT_EQ(queue.dropped(), 301);
  for (std::int64_t each = 1; each <= 200; ++each) EXPECT_EQ(queue.take(kNow)->pipeline, PipelineId{each});
}

TEST(AQueue, WaitsForTheBudgetWithoutCountingUpToTenMinutes) {
  InquiryQueue queue;
  queue.add(of_pipeline(1));
  Time now = kNow;
  while (now < kNow + 10min) {
    const auto request = queue.take(now);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->attempts, 0);
    ASSERT_TRUE(queue.add_again(*request, kOverBudget, now));
    ASSERT_GE(*queue.next_due(), now + 10s);
    now = *queue.next_due();
  }
  EXPECT_TRUE(queue.add_again(*queue.take(now), kOverBudget, now));
  const auto counted = queue.take(now + 5s);
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->attempts, 1) << "from now on each counts";
}

TEST(AQueue, AsksAgainWithAllTheWordsThatWaited) {
  InquiryQueue queue;
  queue.add(of_comment("@runneriq diagnose", 5));
  const auto failed = queue.take(kNow);
  queue.add(of_comment("@alice diagnose", 6));
  EXPECT_TRUE(queue.add_again(*failed, kOutage, kNow));
  EXPECT_EQ(queue.size(), 1U);
  EXPECT_EQ(texts_of(queue.take(kNow + 2min)).size(), 2U);
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
    EXPECT_TRUE(queue.add_again(*request, kOutage, now));
    EXPECT_EQ(*queue.next_due(), now + pause);
    EXPECT_FALSE(queue.take(now + pause - 1ms));
    now += pause;
  }
  EXPECT_FALSE(queue.add_again(*queue.take(now), kOutage, now));
  EXPECT_EQ(queue.size(), 0U);
}

TEST(AQueue, WhatIsDueDoesNotWaitForWhatIsNot) {
  InquiryQueue queue;
  EXPECT_TRUE(queue.add_again(of_pipeline(1), kOutage, kNow));
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
  EXPECT_TRUE(queue.add_again(*failed, kOutage, kNow));
  EXPECT_EQ(queue.size(), 1U);
  const auto next = queue.take(kNow);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->attempts, 0);
}

}  // namespace
}  // namespace runneriq::diagnosis
