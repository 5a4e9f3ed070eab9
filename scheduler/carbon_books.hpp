// Keeping the carbon ledger: what was known when jobs were given runners, and a row for each job that has
// ended. Over ports; survives the loss of any of them.
#pragma once

#include "carbon/options.hpp"
#include "carbon/store.hpp"
#include "scheduler/fleet_memory.hpp"
#include "scheduler/fleet_watch.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace runneriq::scheduler {

struct CarbonBookPorts {
  carbon::LedgerStore* ledger = nullptr;       // not null
  carbon::DeferralStore* deferrals = nullptr;  // null: nothing was deferred
  // Jobs heard of after `number` that ended at `since` or later, in that order, at most `most`.
  std::function<Result<std::vector<HeardJob>>(std::int64_t number, Time since, std::size_t most)> finished;
  std::function<std::vector<carbon::ZoneRecord>(Time now)> records;
};

// What was known of the recommendation's grid; none for a job without one.
std::optional<carbon::DecisionCarbon> decision_carbon(const FleetSnapshot& fleet, const JobDecision& decision,
                                                      Time now);

class CarbonBooks {
 public:
  // A job that ended longer ago, as others did before the loop began, has its row or never gets one.
  static constexpr Duration kLooksBack = std::chrono::hours{24};
  // Rows are restated once, when they are a day old and providers have revised their figures; the samples
  // are those of `records` then.
  static constexpr Duration kRestatedAfter = std::chrono::hours{24};
  static constexpr std::size_t kRestatedAtOnce = 200;  // rows, with a tick
  // The zone of a runner that is gone is known for so long: its jobs may be heard of later.
  static constexpr Duration kZonesKept = std::chrono::hours{48};

  // `typical` must outlive this.
  CarbonBooks(CarbonBookPorts ports, carbon::CarbonOptions options,
              std::span<const carbon::TypicalZone> typical);

  // After each tick. Troubles as sentences; what could not be written is tried again with the next.
  std::vector<std::string> keep(const Tick& tick);
  // Of the rows that were added since this was made.
  [[nodiscard]] const carbon::Sums& ended() const { return ended_; }

 private:
  struct SeenZone {
    carbon::ZoneKey zone;
    Time seen;
  };
  Result<void> keep_deferrals(const Tick& tick);
  Result<void> keep_decisions(const Tick& tick);
  Result<void> keep_rows(const Tick& tick);
  Result<void> restate(const Tick& tick);
  // Those of the oldest rows not looked at yet that can be restated.
  Result<std::vector<carbon::RestatedJob>> restatements(const Tick& tick);
  [[nodiscard]] carbon::FinishedWork work_of(const FinishedJob& job) const;
  [[nodiscard]] Result<carbon::LedgerRow> row_of(const FinishedJob& job, const carbon::GridOutlook& grid,
                                                 const carbon::Belief& belief) const;
  [[nodiscard]] carbon::Belief belief(const carbon::Basis& basis, Time now) const;
  void learn_zones(const FleetSnapshot& fleet, Time now);

  CarbonBookPorts ports_;
  carbon::CarbonOptions options_;
  std::span<const carbon::TypicalZone> typical_;
  std::map<RunnerKey, SeenZone> zones_;
  std::set<JobKey> planned_;  // of the plans that stand, those that the ledger knows of
  std::set<JobKey> decided_;  // pending ones whose decision is kept
  carbon::Sums ended_;
  std::int64_t settled_ = 0;           // number of the last job that has its row
  std::optional<Time> restated_;       // when all rows were looked at last
  std::optional<Time> restated_from_;  // end of the last job looked at, while there are more
};

}  // namespace runneriq::scheduler
