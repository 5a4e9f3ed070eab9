#include "alerting/inhibition.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;

const Time kNow = parse_time("2026-03-02T12:00:00Z").value();

Classified job(std::string name, std::string stage, std::int64_t pipeline = 12) {
  Classified of;
  of.event.time = kNow;
  of.event.project = "acme/shop";
  of.event.name = std::move(name);
  of.event.stage = std::move(stage);
  of.event.pipeline_id = pipeline;
  of.event.ref = "feature/x";
  of.event.status = "failed";
  return of;
}

Classified on_main(std::string name, std::int64_t pipeline = 11) {
  Classified of = job(std::move(name), "test", pipeline);
  of.event.ref = "main";
  of.on_default_branch = true;
  return of;
}

Classified of_merge_request(std::string name) {
  Classified of = job(std::move(name), "test", 13);
  of.event.ref = "refs/merge-requests/7/head";
  of.event.source = "merge_request_event";
  return of;
}

Classified offline(std::string runner, Time seen = kNow) {
  Classified of;
  of.event.kind = EventKind::runner;
  of.event.time = seen;
  of.event.runner = std::move(runner);
  return of;
}

Classified on_runner(std::string runner, Time ended = kNow) {
  Classified of = job("unit", "test");
  of.event.runner = std::move(runner);
  of.event.time = ended;
  return of;
}

class Inhibition : public testing::Test {
 protected:
  std::string hides(const Classified& event) const {
    const auto found = book_.inhibitor_of(event);
    return found ? std::to_string(found->alert) + ": " + found->words : "";
  }
  InhibitorBook book_{InhibitionTerms{}};
};

TEST_F(Inhibition, IsNoneInAnEmptyBook) {
  EXPECT_EQ(hides(job("unit", "test")), "");
}

TEST_F(Inhibition, OfARunnerThatIsOffline) {
  book_.fires(1, offline("build-7"));
  EXPECT_EQ(hides(on_runner("build-7")), "1: runner build-7 is offline");
  EXPECT_EQ(hides(on_runner("build-7", kNow + 3h)), "1: runner build-7 is offline");
  EXPECT_EQ(hides(on_runner("build-7", kNow - 5min)), "1: runner build-7 is offline");
  EXPECT_EQ(hides(on_runner("build-7", kNow - 5min - 1ms)), "");
  EXPECT_EQ(hides(on_runner("build-8")), "");
  EXPECT_EQ(hides(on_runner("")), "");
  EXPECT_EQ(hides(offline("build-7")), "");
  Classified elsewhere = on_runner("build-7");
  elsewhere.event.gitlab = "https://other.example.com";
  EXPECT_EQ(hides(elsewhere), "");
}

TEST_F(Inhibition, OfARunnerCountsFromItsFirstFailure) {
  book_.fires(1, offline("build-7", kNow));
  book_.fires(1, offline("build-7", kNow + 1h));
  EXPECT_EQ(hides(on_runner("build-7", kNow + 1min)), "1: runner build-7 is offline");
  book_.resolves(1);
  EXPECT_EQ(hides(on_runner("build-7", kNow + 1min)), "");
}

TEST_F(Inhibition, OfARunnerThatIsNamedAsTheSubject) {
  Classified named = offline("");
  named.event.name = "build-7";
  book_.fires(1, named);
  EXPECT_EQ(hides(on_runner("build-7")), "1: runner build-7 is offline");
}

TEST_F(Inhibition, OfTheSameJobOnTheDefaultBranch) {
  book_.fires(2, on_main("unit"));
  EXPECT_EQ(hides(of_merge_request("unit")), "2: the same job is red on main");
  EXPECT_EQ(hides(of_merge_request("lint")), "");
  EXPECT_EQ(hides(job("unit", "test", 99)), "");
  Classified other_project = of_merge_request("unit");
  other_project.event.project = "acme/blog";
  EXPECT_EQ(hides(other_project), "");
  Classified pipeline = of_merge_request("unit");
  pipeline.event.kind = EventKind::pipeline;
  EXPECT_EQ(hides(pipeline), "");
}

TEST_F(Inhibition, OfTheDefaultBranchNeedsTheSameReasonWhereBothTellOne) {
  Classified red = on_main("unit");
  red.signature = "1111111111111111";
  red.signed_by_log = true;
  book_.fires(2, red);
  Classified failed = of_merge_request("unit");
  failed.signature = "2222222222222222";
  EXPECT_EQ(hides(failed), "2: the same job is red on main");
  failed.signed_by_log = true;
  EXPECT_EQ(hides(failed), "");
  failed.signature = red.signature;
  EXPECT_EQ(hides(failed), "2: the same job is red on main");
}

TEST_F(Inhibition, OfAPipelineOnTheDefaultBranch) {
  Classified red = on_main("");
  red.event.kind = EventKind::pipeline;
  book_.fires(3, red);
  Classified failed = of_merge_request("");
  failed.event.kind = EventKind::pipeline;
  EXPECT_EQ(hides(failed), "3: the pipeline is red on main");
}

TEST_F(Inhibition, NotOfAMergeRequestThatCountsAsDefaultBranch) {
  Classified red = of_merge_request("unit");
  red.on_default_branch = true;
  book_.fires(2, red);
  Classified failed = of_merge_request("unit");
  failed.event.pipeline_id = 14;
  EXPECT_EQ(hides(failed), "");
}

TEST_F(Inhibition, OfAnEarlierStage) {
  book_.fires(4, job("compile", "build"));
  EXPECT_EQ(hides(job("unit", "test")), "4: job compile of pipeline 12 failed before");
  EXPECT_EQ(hides(job("lint", "build")), "");
  EXPECT_EQ(hides(job("pre", ".pre")), "");
  EXPECT_EQ(hides(job("own", "package")), "4: job compile of pipeline 12 failed before");
  EXPECT_EQ(hides(job("none", "")), "");
  EXPECT_EQ(hides(job("unit", "test", 13)), "");
  EXPECT_EQ(hides(job("unit", "test", 0)), "");
  Classified earlier = job("unit", "test");
  earlier.event.time = kNow - 1ms;
  EXPECT_EQ(hides(earlier), "");
  Classified elsewhere = job("unit", "test");
  elsewhere.event.project = "acme/blog";
  EXPECT_EQ(hides(elsewhere), "");
}

TEST_F(Inhibition, NotOfTheSameStage) {
  book_.fires(4, job("deb", "package"));
  EXPECT_EQ(hides(job("rpm", "package")), "");
  EXPECT_EQ(hides(job("upload", "publish")), "4: job deb of pipeline 12 failed before");
}

TEST_F(Inhibition, NotOfOrForWhatMayFail) {
  Classified allowed = job("compile", "build");
  allowed.event.allow_failure = true;
  book_.fires(4, allowed);
  EXPECT_EQ(hides(job("unit", "test")), "");
  book_.fires(5, job("compile", "build"));
  Classified may_fail = job("unit", "test");
  may_fail.event.allow_failure = true;
  EXPECT_EQ(hides(may_fail), "");
}

TEST_F(Inhibition, OfThePipelineItself) {
  book_.fires(4, job("compile", "build"));
  Classified pipeline = job("", "");
  pipeline.event.kind = EventKind::pipeline;
  EXPECT_EQ(hides(pipeline), "4: job compile of pipeline 12 failed");
  pipeline.event.time = kNow - 1h;
  EXPECT_EQ(hides(pipeline), "4: job compile of pipeline 12 failed");
  pipeline.event.pipeline_id = 13;
  EXPECT_EQ(hides(pipeline), "");
  book_.fires(6, pipeline);
  EXPECT_EQ(hides(job("unit", "test", 13)), "");
}

TEST_F(Inhibition, NeverHidesWhatIsCritical) {
  book_.fires(1, offline("build-7"));
  book_.fires(4, job("compile", "build"));
  Classified critical = on_runner("build-7");
  critical.severity = Severity::critical;
  EXPECT_EQ(hides(critical), "");
}

TEST_F(Inhibition, TakesTheFirstKindAndTheEarliestAlert) {
  Classified later = job("link", "build");
  later.event.time = kNow - 1min;
  Classified first = job("compile", "build");
  first.event.time = kNow - 2min;
  book_.fires(4, later);
  book_.fires(5, first);
  EXPECT_EQ(hides(on_runner("build-7")), "5: job compile of pipeline 12 failed before");
  book_.fires(1, offline("build-7"));
  EXPECT_EQ(hides(on_runner("build-7")), "1: runner build-7 is offline");
  book_.resolves(1);
  book_.resolves(5);
  EXPECT_EQ(hides(on_runner("build-7")), "4: job link of pipeline 12 failed before");
  book_.resolves(4);
  book_.resolves(4);
  EXPECT_EQ(hides(on_runner("build-7")), "");
}

TEST_F(Inhibition, OfAnAlertInSeveralPipelines) {
  book_.fires(4, job("compile", "build", 12));
  book_.fires(4, job("compile", "build", 14));
  EXPECT_EQ(hides(job("unit", "test", 12)), "4: job compile of pipeline 12 failed before");
  EXPECT_EQ(hides(job("unit", "test", 14)), "4: job compile of pipeline 14 failed before");
  book_.resolves(4);
  EXPECT_EQ(hides(job("unit", "test", 12)), "");
  EXPECT_EQ(hides(job("unit", "test", 14)), "");
}

TEST_F(Inhibition, OfAnAlertThatLastsKnowsItsNewestPipelines) {
  for (std::int64_t pipeline = 1; pipeline <= 100; ++pipeline) book_.fires(2, on_main("unit", pipeline));
  EXPECT_EQ(hides(job("release", "deploy", 100)), "2: job unit of pipeline 100 failed before");
  EXPECT_EQ(hides(job("release", "deploy", 94)), "2: job unit of pipeline 94 failed before");
  EXPECT_EQ(hides(job("release", "deploy", 93)), "");
  EXPECT_EQ(hides(of_merge_request("unit")), "2: the same job is red on main");
  book_.resolves(2);
  EXPECT_EQ(hides(job("release", "deploy", 100)), "");
}

TEST_F(Inhibition, ShowsHostileNamesOnOneLine) {
  book_.fires(1, offline("a\nb"));
  EXPECT_EQ(hides(on_runner("a\nb")), "1: runner a\\nb is offline");
}

TEST(InhibitionTermsOf, SwitchEachKindOff) {
  InhibitorBook book{{.runner = false, .default_branch = false, .upstream = false}};
  book.fires(1, offline("build-7"));
  book.fires(2, on_main("unit"));
  book.fires(4, job("compile", "build"));
  EXPECT_FALSE(book.inhibitor_of(on_runner("build-7")));
  EXPECT_FALSE(book.inhibitor_of(of_merge_request("unit")));
  EXPECT_FALSE(book.inhibitor_of(job("unit", "test")));
}

TEST_F(Inhibition, HasRoomForManyStagesOfAStormingPipeline) {
  for (std::uint64_t i = 0; i < 10'000; ++i) book_.fires(i, job("j" + std::to_string(i), "build"));
  book_.fires(20'000, job("unit", "test"));
  for (std::uint64_t i = 0; i < 10'000; ++i) book_.resolves(i);
  EXPECT_EQ(hides(job("release", "deploy")), "20000: job unit of pipeline 12 failed before");
}

TEST_F(Inhibition, IsBounded) {
  constexpr std::uint64_t kBound = 50'000;
  for (std::uint64_t i = 0; i < kBound; ++i)
    book_.fires(i, job("compile", "build", static_cast<std::int64_t>(i + 1)));
  book_.fires(kBound, job("compile", "build", 60'000));
  EXPECT_EQ(hides(job("unit", "test", 60'000)), "");
  EXPECT_NE(hides(job("unit", "test", 50'000)), "");
  book_.resolves(0);
  book_.fires(kBound, job("compile", "build", 60'000));
  EXPECT_NE(hides(job("unit", "test", 60'000)), "");
}

}  // namespace
}  // namespace runneriq::alerting
