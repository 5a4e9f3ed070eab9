// alerting/sources: from jobs of readings and webhooks to events.
#include "alerting/sources.hpp"

#include "core/utf8.hpp"

#include <gtest/gtest.h>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;

const Time kNow = parse_time("2026-03-01T09:00:00Z").value();
const GitLabUrl kUrl{"https://gitlab.example.com"};

gitlab::Job failed_job(std::int64_t id = 100) {
  return {.id = JobId{id},
          .project = ProjectId{7},
          .pipeline = PipelineId{55},
          .name = "deploy",
          .stage = "release",
          .status = gitlab::JobStatus::failed,
          .ref = "v1.2",
          .is_tag = true,
          .allow_failure = true,
          .runner = RunnerId{9},
          .pipeline_source = "push",
          .failure_reason = "script_failure",
          .sha = "bcbb5ec3",
          .user_name = "kim",
          .url = "https://gitlab.example.com/acme/shop/-/jobs/100",
          .finished_at = kNow - 20s};
}

gitlab::FleetReading reading_of(std::vector<gitlab::Job> finished) {
  gitlab::FleetReading reading;
  reading.gitlab = kUrl;
  reading.read_at = kNow;
  reading.projects = {{.id = ProjectId{3}, .path = "acme/other", .default_branch = "trunk"},
                      {.id = ProjectId{7}, .path = "acme/shop", .default_branch = "main"}};
  reading.runners = {{.id = RunnerId{2}, .description = "big"},
                     {.id = RunnerId{9}, .description = "docker-1"}};
  reading.finished = std::move(finished);
  return reading;
}

TEST(EventsOfAReading, HoldAllThatIsKnownOfAJob) {
  const auto events = events_of(reading_of({failed_job()}));
  ASSERT_EQ(events.size(), 1U);
  const Event& event = events[0];
  EXPECT_EQ(event.time, kNow - 20s);
  EXPECT_EQ(event.kind, EventKind::job);
  EXPECT_EQ(event.kind_word, "job");
  EXPECT_EQ(event.gitlab, "https://gitlab.example.com");
  EXPECT_EQ(event.project, "acme/shop");
  EXPECT_EQ(event.default_branch, "main");
  EXPECT_EQ(event.ref, "v1.2");
  EXPECT_TRUE(event.is_tag);
  EXPECT_EQ(event.sha, "bcbb5ec3");
  EXPECT_EQ(event.pipeline_id, 55);
  EXPECT_EQ(event.job_id, 100);
  EXPECT_EQ(event.name, "deploy");
  EXPECT_EQ(event.stage, "release");
  EXPECT_EQ(event.status, "failed");
  EXPECT_TRUE(event.allow_failure);
  EXPECT_EQ(event.failure_reason, "script_failure");
  EXPECT_EQ(event.source, "push");
  EXPECT_EQ(event.runner, "docker-1");
  EXPECT_EQ(event.user, "kim");
  EXPECT_EQ(event.url, "https://gitlab.example.com/acme/shop/-/jobs/100");
  EXPECT_EQ(event.log_excerpt, "");
  EXPECT_EQ(outcome_of(event), Outcome::failed);
}

TEST(EventsOfAReading, AreOfJobsThatFailedOrPassedOnly) {
  std::vector<gitlab::Job> jobs;
  for (const gitlab::JobStatus status :
       {gitlab::JobStatus::success, gitlab::JobStatus::canceled, gitlab::JobStatus::skipped,
        gitlab::JobStatus::running, gitlab::JobStatus::failed, gitlab::JobStatus::unknown}) {
    jobs.push_back(failed_job(static_cast<std::int64_t>(jobs.size()) + 1));
    jobs.back().status = status;
  }
  const auto events = events_of(reading_of(jobs));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].job_id, 1);
  EXPECT_EQ(events[0].status, "success");
  EXPECT_EQ(outcome_of(events[0]), Outcome::passed);
  EXPECT_EQ(events[1].job_id, 5);
}

TEST(EventsOfAReading, NameByIdWhatIsNotKnown) {
  gitlab::Job job = failed_job();
  job.project = ProjectId{5};
  job.runner = RunnerId{4};
  job.finished_at.reset();
  const Event event = events_of(reading_of({job})).at(0);
  EXPECT_EQ(event.project, "5");
  EXPECT_EQ(event.default_branch, "");
  EXPECT_EQ(event.runner, "4");
  EXPECT_EQ(event.time, kNow);
  job.runner = RunnerId{};
  EXPECT_EQ(events_of(reading_of({job})).at(0).runner, "");
}

TEST(EventsOfAReading, HaveBoundedTexts) {
  gitlab::Job job = failed_job();
  std::string name = "x";
  for (int count = 0; count < 1000; ++count) name += "é";
  for (std::string* const text : {&job.name, &job.ref, &job.stage, &job.sha, &job.failure_reason,
                                  &job.pipeline_source, &job.user_name, &job.url})
    *text = name;
  gitlab::FleetReading reading = reading_of({job});
  reading.projects[1].path = reading.projects[1].default_branch = reading.runners[1].description = name;
  const Event event = events_of(reading).at(0);
  for (const std::string* const text :
       {&event.name, &event.ref, &event.stage, &event.sha, &event.failure_reason, &event.source, &event.user,
        &event.url, &event.project, &event.default_branch, &event.runner}) {
    EXPECT_EQ(text->size(), 1023U) << "cut at a character";
    EXPECT_TRUE(is_utf8(*text));
  }
}

gitlab::Webhook hook_of(gitlab::JobStatus status = gitlab::JobStatus::failed) {
  return {.kind = gitlab::WebhookKind::job,
          .instance = "https://gitlab.example.com",
          .project = ProjectId{7},
          .project_path = "acme/shop",
          .pipeline = PipelineId{55},
          .job = JobId{100},
          .status = status,
          .name = "deploy",
          .ref = "main",
          .finished_at = kNow - 1s,
          .job_facts = gitlab::WebhookJob{.default_branch = "main",
                                          .project_url = "https://gitlab.example.com/acme/shop",
                                          .sha = "bcbb5ec3",
                                          .stage = "release",
                                          .allow_failure = true,
                                          .failure_reason = "script_failure",
                                          .runner = RunnerId{9},
                                          .runner_description = "docker-1",
                                          .user_name = "kim"}};
}

TEST(EventOfAWebhook, IsThatOfTheReading) {
  gitlab::Job job = failed_job();
  job.ref = "main";
  job.is_tag = false;
  const Event read = events_of(reading_of({job})).at(0);
  const auto told = event_of(hook_of(), kNow);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->time, kNow - 1s);
  for (const auto member : {&Event::kind_word, &Event::gitlab, &Event::project, &Event::default_branch,
                            &Event::ref, &Event::sha, &Event::name, &Event::stage, &Event::status,
                            &Event::failure_reason, &Event::runner, &Event::user, &Event::url})
    EXPECT_EQ((*told).*member, read.*member);
  EXPECT_EQ(told->kind, read.kind);
  EXPECT_EQ(told->job_id, read.job_id);
  EXPECT_EQ(told->pipeline_id, read.pipeline_id);
  EXPECT_EQ(told->allow_failure, read.allow_failure);
  EXPECT_EQ(told->is_tag, read.is_tag);
  EXPECT_EQ(told->source, "") << "a job hook does not tell it";
}

TEST(EventOfAWebhook, IsNoneBeforeTheJobHasEnded) {
  for (const gitlab::JobStatus status :
       {gitlab::JobStatus::created, gitlab::JobStatus::pending, gitlab::JobStatus::running,
        gitlab::JobStatus::canceled, gitlab::JobStatus::skipped, gitlab::JobStatus::unknown})
    EXPECT_FALSE(event_of(hook_of(status), kNow)) << gitlab::to_text(status);
  EXPECT_TRUE(event_of(hook_of(gitlab::JobStatus::success), kNow));
}

TEST(EventOfAWebhook, IsNoneForOtherHooks) {
  gitlab::Webhook pipeline = hook_of();
  pipeline.kind = gitlab::WebhookKind::pipeline;
  pipeline.job_facts.reset();
  EXPECT_FALSE(event_of(pipeline, kNow));
  EXPECT_FALSE(event_of(gitlab::Webhook{}, kNow));
}

TEST(EventOfAWebhook, GoesWithoutWhatIsNotTold) {
  gitlab::Webhook hook = hook_of();
  hook.finished_at.reset();
  hook.project_path.clear();
  hook.job_facts = gitlab::WebhookJob{};
  const auto event = event_of(hook, kNow);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->time, kNow);
  EXPECT_EQ(event->project, "7");
  EXPECT_EQ(event->runner, "");
  EXPECT_EQ(event->url, "");
}

}  // namespace
}  // namespace runneriq::alerting
