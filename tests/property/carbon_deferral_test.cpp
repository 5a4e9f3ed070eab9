// On generated forecasts and jobs: deadlines, limits and peace.
#include "carbon/deferral.hpp"
#include "tests/support/outlooks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kRounds = 400;
const Time kNow{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1} + 10h};
const std::vector<std::string> kZones{"DE", "FR", "GB"};

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  int below(int end) { return static_cast<int>(random_() % static_cast<unsigned>(end)); }

  GridOutlook forecast() {
    GridOutlook all{.now = kNow, .basis = {}, .zones = {}, .notes = {}};
    for (const std::string& zone : kZones) {
      Hours hours;
      for (int i = 0; i < 48; ++i) hours.push_back(below(12) == 0 ? 0 : 20 + 10 * below(50));
      all.zones.emplace(ZoneKey{zone}, outlook(zone, kNow, hours));
    }
    return all;
  }

  std::vector<DeferrableJob> jobs(int count) {
    std::vector<DeferrableJob> all;
    for (int id = 1; id <= count; ++id) all.push_back(job(id));
    return all;
  }

  DeferralTerms terms() {
    DeferralTerms terms;
    terms.starts_per_step = below(6);
    terms.wave = 1 + below(5);
    terms.grams_per_hour_waited = below(2) * 0.01;
    return terms;
  }

 private:
  DeferrableJob job(int id) {
    DeferrableJob job;
    job.gitlab = GitLabUrl{"https://gitlab.example.com"};
    job.job = JobId{id};
    job.ready = kNow + below(3) / 2 * below(120) * 1min;
    job.deadline = kNow + (below(30) - 1) * 1h + below(60) * 1min;
    job.expected = (1 + below(16)) * kSlot;
    job.longest = job.expected + below(120) * 1min;
    job.watts = 1 + below(60);
    for (const std::string& zone : kZones) {
      if (below(2) == 0) job.zones.emplace_back(zone);
    }
    return job;
  }

  std::mt19937 random_;
};

bool is_late(const DeferrableJob& job, const DeferralTerms& terms) {
  return latest_start(job, terms) <= job.ready;
}

TEST(DeferralLaws, NothingStartsTooEarlyOrTooLate) {
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Maker maker{seed};
    const GridOutlook grid = maker.forecast();
    const auto jobs = maker.jobs(40);
    const DeferralTerms terms = maker.terms();
    const auto plan = plan_deferrals(jobs, {}, grid, terms, kNow);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      ASSERT_GE(plan[i].start, jobs[i].ready) << plan[i].why;
      ASSERT_LE(plan[i].start, std::max(latest_start(jobs[i], terms), jobs[i].ready)) << plan[i].why;
      if (!is_late(jobs[i], terms)) continue;
      ASSERT_EQ(plan[i].start, jobs[i].ready) << plan[i].why;
    }
  }
}

using Counts = std::map<std::pair<ZoneKey, Time>, int>;

Counts counted(const std::vector<Deferral>& plan) {
  Counts counts;
  for (const Deferral& deferral : plan) {
    if (!deferral.zone.value().empty()) ++counts[{deferral.zone, slot_start(deferral.start)}];
  }
  return counts;
}

// Whether some step that the job could have had has room left.
bool had_room(const DeferrableJob& job, const GridOutlook& grid, const DeferralTerms& terms, Counts& counts) {
  for (const ZoneKey& zone : job.zones) {
    const Outlook* const outlook = grid.of(zone);
    for (Time at = job.ready; outlook != nullptr && at <= std::max(latest_start(job, terms), job.ready);
         at = slot_start(at) + kSlot) {
      const OutlookSlot* const slot = outlook->at(at);
      if (slot == nullptr || !slot->intensity) continue;
      if (counts[{zone, slot_start(at)}] < terms.starts_per_step) return true;
    }
  }
  return false;
}

TEST(DeferralLaws, ALimitIsPassedOnlyWhereNoStepHadRoom) {
  int passed = 0;
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Maker maker{seed};
    const GridOutlook grid = maker.forecast();
    const auto jobs = maker.jobs(60);
    DeferralTerms terms = maker.terms();
    terms.starts_per_step = 1 + terms.starts_per_step % 2;
    const auto plan = plan_deferrals(jobs, {}, grid, terms, kNow);
    Counts counts = counted(plan);
    // Who overfilled a step is not told, so all of its jobs may not have had another: then nobody could.
    for (const auto& [step, count] : Counts{counts}) {
      if (count <= terms.starts_per_step) continue;
      ++passed;
      int without_room = 0;
      for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (plan[i].zone != step.first || slot_start(plan[i].start) != step.second) continue;
        without_room += had_room(jobs[i], grid, terms, counts) ? 0 : 1;
      }
      ASSERT_GE(without_room, count - terms.starts_per_step) << step.first.value();
    }
  }
  EXPECT_GT(passed, 0);
}

TEST(DeferralLaws, AnUnchangedForecastChangesNothing) {
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Maker maker{seed};
    const GridOutlook grid = maker.forecast();
    const auto jobs = maker.jobs(25);
    DeferralTerms terms = maker.terms();
    terms.starts_per_step = terms.starts_per_step == 0 ? 0 : 25;
    const auto first = plan_deferrals(jobs, {}, grid, terms, kNow);
    auto before = first;
    for (const Duration later : {0min, 7min, 15min, 100min, 600min}) {
      before = plan_deferrals(jobs, before, grid, terms, kNow + later);
      for (std::size_t i = 0; i < jobs.size(); ++i) {
        ASSERT_EQ(before[i].start, first[i].start) << to_reading(later) << ": " << before[i].why;
        ASSERT_EQ(before[i].zone, first[i].zone);
        ASSERT_EQ(before[i].planned, kNow);
      }
    }
  }
}

// Each time somebody looks, the next hours are said to become greener and greener.
GridOutlook always_greener_tomorrow(Time now) {
  Hours hours;
  for (int i = 0; i < 48; ++i) hours.push_back(900 - 18 * i);
  GridOutlook all{.now = now, .basis = {}, .zones = {}, .notes = {}};
  all.zones.emplace(ZoneKey{"DE"}, outlook("DE", slot_start(now), hours));
  return all;
}

double expected_at(const GridOutlook& grid, const Deferral& deferral, Duration expected) {
  return grid.of(deferral.zone)->mean(deferral.start, deferral.start + expected)->g_per_kwh();
}

TEST(DeferralLaws, WhatIsAlwaysGreenerTomorrowStartsInTimeAllTheSame) {
  for (const Duration every : {5min, 15min, 60min}) {
    Maker maker{1};
    DeferrableJob job = maker.jobs(1).front();
    job.ready = kNow;
    job.deadline = kNow + 20h;
    job.expected = job.longest = 1h;
    job.zones = {ZoneKey{"DE"}};
    const DeferralTerms terms;
    std::vector<Deferral> plan;
    int moves = 0;
    Time now = kNow;
    for (; plan.empty() || plan.front().start > now; now += every) {
      const GridOutlook grid = always_greener_tomorrow(now);
      const auto next = plan_deferrals({&job, 1}, plan, grid, terms, now);
      ASSERT_LE(next.front().start, latest_start(job, terms)) << next.front().why;
      if (!plan.empty() && next.front().start != plan.front().start) {
        ++moves;
        const double was = expected_at(grid, plan.front(), job.expected);
        const double gain = was - expected_at(grid, next.front(), job.expected);
        ASSERT_GE(gain, terms.least_gain_g_per_kwh);
        ASSERT_GE(gain, terms.least_gain_share * was);
      }
      plan = next;
    }
    ASSERT_LE(now, latest_start(job, terms) + every);
    ASSERT_LE(moves, 1) << "the latest start is the greenest from the first look on";
  }
}

TEST(DeferralLaws, ForecastsThatJumpMoveAJobOnlyByEnough) {
  int moves = 0;
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Maker maker{seed};
    const auto jobs = maker.jobs(10);
    const DeferralTerms terms{.starts_per_step = 2};
    std::vector<Deferral> before;
    for (int look = 0; look < 6; ++look) {
      const GridOutlook grid = maker.forecast();
      const auto next = plan_deferrals(jobs, before, grid, terms, kNow);
      for (std::size_t i = 0; i < before.size(); ++i) {
        if (next[i].start == before[i].start && next[i].zone == before[i].zone) continue;
        ++moves;
        ASSERT_TRUE(grid.of(before[i].zone)) << "nothing is known of it: it stays";
        ASSERT_GE(before[i].start, kNow + terms.grid) << "due: it stays";
        ASSERT_LE(next[i].start, std::max(latest_start(jobs[i], terms), jobs[i].ready));
      }
      before = next;
    }
  }
  EXPECT_GT(moves, 100);
}

TEST(DeferralLaws, WhoWaitsGains) {
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Maker maker{seed};
    const GridOutlook grid = maker.forecast();
    const auto jobs = maker.jobs(20);
    DeferralTerms terms = maker.terms();
    terms.starts_per_step = 0;
    for (const Deferral& deferral : plan_deferrals(jobs, {}, grid, terms, kNow)) {
      if (!deferral.expected || !deferral.at_once) continue;
      const double gain = deferral.at_once->g_per_kwh() - deferral.expected->g_per_kwh();
      if (gain == 0) continue;
      ASSERT_GE(gain, terms.least_gain_g_per_kwh) << deferral.why;
      ASSERT_GE(gain, terms.least_gain_share * deferral.at_once->g_per_kwh()) << deferral.why;
    }
  }
}

TEST(DeferralLaws, TheOrderOfTheJobsDoesNotMatter) {
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Maker maker{seed};
    const GridOutlook grid = maker.forecast();
    auto jobs = maker.jobs(30);
    const DeferralTerms terms = maker.terms();
    std::map<JobId, Time> starts;
    for (const Deferral& one : plan_deferrals(jobs, {}, grid, terms, kNow)) starts[one.job] = one.start;
    std::reverse(jobs.begin(), jobs.end());
    for (const Deferral& one : plan_deferrals(jobs, {}, grid, terms, kNow)) {
      ASSERT_EQ(one.start, starts[one.job]) << one.why;
    }
  }
}

}  // namespace
}  // namespace runneriq::carbon
