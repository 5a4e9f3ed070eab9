// The ledger: one row per finished job, which an auditor can compute again from what stands in it. Pure.
#pragma once

#include "carbon/energy.hpp"
#include "carbon/outlook.hpp"
#include "core/id.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace runneriq::carbon {

// What was known when a job was given a runner.
struct DecisionCarbon {
  GitLabUrl gitlab = {};
  JobId job = {};
  Time decided = {};
  Basis basis = {};
  ZoneKey zone = {};  // of the recommended runner; "" = unknown
  // Of that zone then; none when nothing was known.
  std::optional<double> g_per_kwh = {};
  Rung rung = Rung::none;
  std::string source = {};
  bool estimated = false;
  Duration age = {};
  // Mean over the zones of the runners that were free and eligible, each runner once: what GitLab's own
  // order would have led to on average.
  std::optional<double> fifo_g_per_kwh = {};
  bool deferred = false;  // RunnerIQ chose its hour
};

// A job that has run.
struct FinishedWork {
  GitLabUrl gitlab = {};
  JobId job = {};
  ProjectId project = {};
  PipelineId pipeline = {};
  RunnerId runner = {};
  std::string name = {};
  ZoneKey zone = {};  // where it ran; "" = unknown
  ZoneKey home = {};  // where it would have run without RunnerIQ; "" = as `zone`
  Time submitted = {}, started = {}, finished = {};
  Energy energy = {};
};

// A part of the job within one slot (or step) of the grid.
struct LedgerSlot {
  Time from = {}, to = {};
  double g_per_kwh = 0;
  Rung rung = Rung::none;
  bool estimated = false;
  double grams = 0;
  friend bool operator==(const LedgerSlot&, const LedgerSlot&) = default;
};

// As the intensities stood later: providers revise theirs for three months.
struct Restatement {
  Time when = {};
  double grams = 0;
  std::optional<double> at_home_at_submit = {}, at_home_at_start = {}, fifo = {};
};

struct LedgerRow {
  FinishedWork work = {};
  DecisionCarbon decision = {};  // of this job; `decided` is the epoch when it was never seen waiting
  Basis basis = {};              // of all grams below
  double pue = 1;
  std::vector<LedgerSlot> slots = {};  // from start to end without a gap; empty when not all was known
  std::optional<double> grams = {};    // the sum of the slots
  // The same energy and length, elsewhere or at another time.
  std::optional<double> at_home_at_submit = {};  // home zone, from when it was submitted
  std::optional<double> at_home_at_start = {};   // home zone, when it ran
  std::optional<double> fifo = {};               // decision.fifo_g_per_kwh; none when it was not known
  std::vector<Restatement> restated = {};        // oldest first
};

// Negative where the choice made it worse. None where a part is not known.
std::optional<double> saved_by_time(const LedgerRow& row);       // at_home_at_submit − at_home_at_start
std::optional<double> saved_by_place(const LedgerRow& row);      // at_home_at_start − grams
std::optional<double> saved(const LedgerRow& row);               // the sum of both parts
std::optional<double> saved_against_fifo(const LedgerRow& row);  // fifo − grams

// What is believed of a zone at a moment that has passed, on the row's basis.
using Belief = std::function<OutlookSlot(const ZoneKey& zone, Time when)>;

// The row of a job. Each quarter of an hour that the job touches takes the part of the energy that its part
// of the time is: energy is not known to have been spent at another rate. A length beyond 35 days is none of
// a job and has no grams; nor has energy that is negative or no number, which stands as 0 J.
LedgerRow account(FinishedWork work, DecisionCarbon decision, const Basis& basis, double pue,
                  const Belief& belief);
// The part of the job's energy that falls into one of its slots: in proportion to time.
double joules_of(const LedgerSlot& slot, const FinishedWork& work);
// The same job by what is believed now.
std::optional<Restatement> restate(const LedgerRow& row, const Belief& belief, Time now);
// The grams that the row's own slots, energy and PUE give: equal to row.grams within rounding, or the row
// was changed.
std::optional<double> recomputed(const LedgerRow& row);

// Belief from records: a sample of the time itself (rung live), else what the order of trust has for that
// hour (a forecast's step, the profile of the 28 days before, the annual mean) as its quarter of an hour
// began.
OutlookSlot believed_at(const ZoneKey& zone, const Basis& basis, std::span<const ZoneRecord> records,
                        std::span<const TypicalZone> typical, Time when, const TrustLimits& limits = {});

}  // namespace runneriq::carbon
