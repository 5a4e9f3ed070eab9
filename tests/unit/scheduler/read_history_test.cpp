#include "scheduler/read_history.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

const GitLabUrl kUrl{"https://gitlab.example.com"};
const Time kNow{Duration{1'740'798'000'000}};

struct Ended {
  std::string name, stage;
  std::int64_t project;
  Duration ran;
  std::int64_t runner = 0;
  gitlab::JobStatus status = gitlab::JobStatus::success;
};

// The jobs end one minute after the other, the last one now.
std::vector<gitlab::FleetReading> reading_of(const std::vector<Ended>& jobs) {
  gitlab::FleetReading reading;
  reading.gitlab = kUrl;
  Time finished = kNow - 1min * jobs.size();
  for (const Ended& ended : jobs) {
    gitlab::Job job;
    job.id = JobId{static_cast<std::int64_t>(reading.finished.size()) + 1};
    job.project = ProjectId{ended.project};
    job.name = ended.name;
    job.stage = ended.stage;
    job.status = ended.status;
    job.runner = RunnerId{ended.runner};
    job.ran = ended.ran;
    job.finished_at = finished += 1min;
    reading.finished.push_back(job);
  }
  return {reading};
}

HistoryKey key(std::string name, std::string stage = "test", std::int64_t project = 1) {
  return {kUrl, ProjectId{project}, std::move(name), std::move(stage)};
}

TEST(ReadHistory, TakesTheMostAlikeJobsThereAre) {
  const auto readings = reading_of({{"unit", "test", 1, 60s},
                                    {"e2e", "test", 1, 120s},
                                    {"lint", "check", 1, 10s},
                                    {"unit", "test", 2, 300s}});
  const ReadHistory history{readings};
  EXPECT_EQ(history.of(key("unit")).estimate.basis, EstimateBasis::job);
  EXPECT_EQ(history.of(key("unit")).estimate.median, 60s);
  EXPECT_EQ(history.of(key("other")).estimate, (DurationEstimate{90s, 120s, EstimateBasis::stage}));
  EXPECT_EQ(history.of(key("other", "deploy")).estimate,
            (DurationEstimate{60s, 120s, EstimateBasis::project}));
  EXPECT_EQ(history.of(key("other", "deploy", 9)).estimate.basis, EstimateBasis::all);
}

TEST(ReadHistory, LooksAtTheNewestRunsOnly) {
  std::vector<Ended> jobs{{"unit", "test", 1, 10min}};
  jobs.resize(1 + kRunsForEstimate, {"unit", "test", 1, 1min});
  const auto readings = reading_of(jobs);
  EXPECT_EQ(ReadHistory{readings}.of(key("unit")).estimate.p90, 1min);
}

TEST(ReadHistory, FailuresAndJobsOfOtherGitLabsTellNothing) {
  auto readings = reading_of({{"unit", "test", 1, 60s, 0, gitlab::JobStatus::failed}});
  EXPECT_EQ(ReadHistory{readings}.of(key("unit")).estimate.basis, EstimateBasis::none);
  readings = reading_of({{"unit", "test", 1, 60s}});
  readings.front().gitlab = GitLabUrl{"https://other.example.com"};
  EXPECT_EQ(ReadHistory{readings}.of(key("unit")).estimate.basis, EstimateBasis::all);
}

TEST(ReadHistory, AveragesPerRunner) {
  const auto readings = reading_of({{"unit", "test", 1, 60s, 7},
                                    {"unit", "test", 1, 120s, 7},
                                    {"unit", "test", 1, 30s, 3},
                                    {"unit", "test", 1, 30s}});
  const JobHistory history = ReadHistory{readings}.of(key("unit"));
  EXPECT_EQ(history.fleet_average, 60s);
  const std::vector<std::pair<RunnerKey, Duration>> expected{{{kUrl, RunnerId{3}}, 30s},
                                                             {{kUrl, RunnerId{7}}, 90s}};
  EXPECT_EQ(history.by_runner, expected);
}

TEST(ReadHistory, TheBetterFoundedHistoryIsTaken) {
  const auto with = [](EstimateBasis basis, Duration median) {
    return JobHistory{.estimate = {median, median, basis}, .fleet_average = std::nullopt, .by_runner = {}};
  };
  const auto taken = [&](EstimateBasis known, EstimateBasis read) {
    return better_founded(with(known, 1s), with(read, 2s)).estimate.median;
  };
  EXPECT_EQ(taken(EstimateBasis::none, EstimateBasis::job), 2s);
  EXPECT_EQ(taken(EstimateBasis::stage, EstimateBasis::job), 2s);
  EXPECT_EQ(taken(EstimateBasis::job, EstimateBasis::job), 1s);
  EXPECT_EQ(taken(EstimateBasis::job, EstimateBasis::all), 1s);
  EXPECT_EQ(taken(EstimateBasis::none, EstimateBasis::none), 1s);
}

}  // namespace
}  // namespace runneriq::scheduler
