// Grids, rows and stores for the tests of how carbon is shown.
#pragma once

#include "carbon/grid_document.hpp"
#include "carbon/store.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::carbon {

// A Saturday, 12:00 UTC.
inline constexpr Time kGridNow =
    Time{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}} + std::chrono::hours{12};

// Hour by hour from `begin` on, by `rung`; 0 = not known.
inline Outlook outlook_from(const std::string& zone, const std::vector<double>& hours,
                            Rung rung = Rung::forecast, Time begin = kGridNow) {
  Outlook outlook{
      .zone = ZoneKey{zone}, .basis = {}, .begin = begin, .slots = {}, .sources = {"demo"}, .why = ""};
  for (const double g_per_kwh : hours) {
    const auto intensity = Intensity::of(g_per_kwh);
    const OutlookSlot slot{
        .intensity = intensity, .rung = intensity ? rung : Rung::none, .age = std::chrono::minutes{12}};
    outlook.slots.insert(outlook.slots.end(), 4, slot);
  }
  return outlook;
}

inline GridOutlook grid_of(std::vector<Outlook> outlooks) {
  GridOutlook grid{.now = kGridNow, .basis = {}, .zones = {}, .notes = {}};
  for (Outlook& outlook : outlooks) grid.zones.emplace(outlook.zone, std::move(outlook));
  return grid;
}

inline PlacedRunner placed(std::int64_t id, const std::string& zone) {
  return {.title = "runner " + std::to_string(id),
          .runner = RunnerId{id},
          .gitlab = GitLabUrl{"https://gitlab.example.com"},
          .zone = ZoneKey{zone}};
}

// Half an hour at 3,600 J (1 Wh) in DE, ended at `finished`: as account() makes it.
inline LedgerRow row_of(std::int64_t job, Time finished, double g_per_kwh, double home_g_per_kwh = 300) {
  FinishedWork work{.gitlab = GitLabUrl{"https://gitlab.example.com"},
                    .job = JobId{job},
                    .project = ProjectId{7},
                    .pipeline = PipelineId{job / 10},
                    .runner = RunnerId{3},
                    .name = "unit tests",
                    .zone = ZoneKey{"DE"},
                    .home = ZoneKey{"PL"},
                    .submitted = finished - std::chrono::hours{2},
                    .started = finished - std::chrono::minutes{30},
                    .finished = finished,
                    .energy = {.joules = 3600, .method = EnergyMethod::rapl}};
  DecisionCarbon decision{.gitlab = work.gitlab,
                          .job = work.job,
                          .decided = work.started,
                          .basis = {},
                          .zone = work.zone,
                          .g_per_kwh = g_per_kwh,
                          .rung = Rung::live,
                          .source = "demo",
                          .estimated = false,
                          .age = std::chrono::minutes{12},
                          .fifo_g_per_kwh = home_g_per_kwh,
                          .deferred = false};
  const auto belief = [=](const ZoneKey& zone, Time) {
    return OutlookSlot{.intensity = Intensity::of(zone == ZoneKey{"PL"} ? home_g_per_kwh : g_per_kwh),
                       .rung = Rung::live};
  };
  return account(std::move(work), std::move(decision), {}, 1.0, belief);
}

class MemoryLedger final : public LedgerStore {
 public:
  Result<void> keep(std::span<const DecisionCarbon>) override { return {}; }
  Result<std::optional<DecisionCarbon>> decision(const GitLabUrl&, JobId) override {
    return std::optional<DecisionCarbon>{};
  }
  Result<void> keep_deferred(std::span<const Deferral>) override { return {}; }
  Result<std::optional<Time>> deferred_since(const GitLabUrl&, JobId) override {
    return std::optional<Time>{};
  }
  Result<std::vector<std::size_t>> append(std::span<const LedgerRow>) override {
    return std::vector<std::size_t>{};
  }
  Result<void> read(const LedgerQuery& query, const std::function<bool(const LedgerRow&)>& take) override {
    last = query;
    if (outage) return fail(*outage);
    for (const LedgerRow& row : rows) {
      if (query.since && row.work.finished < *query.since) continue;
      if (query.until && row.work.finished >= *query.until) continue;
      if (query.project && row.work.project != *query.project) continue;
      if (query.pipeline && row.work.pipeline != *query.pipeline) continue;
      if (query.job && row.work.job != *query.job) continue;
      if (!take(row)) break;
    }
    return {};
  }
  Result<bool> holds(const GitLabUrl&, JobId) override { return false; }
  Result<void> restate(std::span<const RestatedJob>) override { return {}; }

  std::vector<LedgerRow> rows;
  LedgerQuery last;
  std::optional<Error> outage;
};

class MemoryDeferrals final : public DeferralStore {
 public:
  Result<std::vector<Deferral>> deferrals() override { return all; }
  Result<void> keep(std::span<const Deferral>) override { return {}; }

  std::vector<Deferral> all;
};

}  // namespace runneriq::carbon
