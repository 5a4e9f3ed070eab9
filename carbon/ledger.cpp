#include "carbon/ledger.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace runneriq::carbon {
namespace {

// GitLab ends a job after a month at the latest: what is longer is no length of a job.
constexpr Duration kLongestJob = std::chrono::hours{24 * 35};

// The length and the energy of a job, set down at any place and time.
struct Load {
  Duration length{};
  double joules = 0;
  double pue = 1;
};

Duration length_of(const FinishedWork& work) {
  return std::max(Duration::zero(), work.finished - work.started);
}

double part_of(double joules, Duration part, Duration whole) {
  return whole == Duration::zero()
             ? joules
             : joules * (static_cast<double>(part.count()) / static_cast<double>(whole.count()));
}

std::optional<LedgerSlot> slot_between(Time from, Time to, const Load& load, const OutlookSlot& believed) {
  if (!believed.intensity) return std::nullopt;
  const double joules = part_of(load.joules, to - from, load.length);
  return LedgerSlot{.from = from,
                    .to = to,
                    .g_per_kwh = believed.intensity->g_per_kwh(),
                    .rung = believed.rung,
                    .estimated = believed.estimated,
                    .grams = grams(joules, load.pue, *believed.intensity)};
}

bool is_energy(double joules) {
  return std::isfinite(joules) && joules >= 0;
}

// Empty as soon as one slot is not known: the rest would be a guess of 0 for it.
std::vector<LedgerSlot> slots_of(const ZoneKey& zone, Time begin, const Load& load, const Belief& belief) {
  std::vector<LedgerSlot> slots;
  if (zone.value().empty() || load.length > kLongestJob || !is_energy(load.joules)) return slots;
  const Time end = begin + load.length;
  Time from = begin;
  do {
    const Time to = std::min(end, slot_start(from) + kSlot);
    auto slot = slot_between(from, to, load, belief(zone, from));
    if (!slot) return {};
    slots.push_back(*slot);
    from = to;
  } while (from < end);
  return slots;
}

std::optional<double> sum_of(const std::vector<LedgerSlot>& slots) {
  if (slots.empty()) return std::nullopt;
  return std::accumulate(slots.begin(), slots.end(), 0.0,
                         [](double sum, const LedgerSlot& slot) { return sum + slot.grams; });
}

const ZoneKey& home_of(const FinishedWork& work) {
  return work.home.value().empty() ? work.zone : work.home;
}

std::optional<double> at_home_at_submit(const FinishedWork& work, const Load& load, const Belief& belief) {
  if (work.submitted == Time{}) return std::nullopt;
  // Two clocks may differ: nothing starts before it was submitted.
  return sum_of(slots_of(home_of(work), std::min(work.submitted, work.started), load, belief));
}

// What was expected on another basis cannot be compared.
std::optional<double> fifo_grams(const LedgerRow& row) {
  if (!row.decision.fifo_g_per_kwh || row.decision.basis != row.basis) return std::nullopt;
  if (!is_energy(row.work.energy.joules)) return std::nullopt;
  const auto expected = Intensity::of(*row.decision.fifo_g_per_kwh);
  return expected ? std::optional{grams(row.work.energy.joules, row.pue, *expected)} : std::nullopt;
}

std::optional<double> difference(const std::optional<double>& from, const std::optional<double>& what) {
  return from && what ? std::optional{*from - *what} : std::nullopt;
}

Load load_of(const FinishedWork& work, double pue) {
  return {length_of(work), work.energy.joules, pue};
}

}  // namespace

std::optional<double> saved_by_time(const LedgerRow& row) {
  return difference(row.at_home_at_submit, row.at_home_at_start);
}

std::optional<double> saved_by_place(const LedgerRow& row) {
  return difference(row.at_home_at_start, row.grams);
}

std::optional<double> saved(const LedgerRow& row) {
  const auto by_time = saved_by_time(row);
  const auto by_place = saved_by_place(row);
  return by_time && by_place ? std::optional{*by_time + *by_place} : std::nullopt;
}

std::optional<double> saved_against_fifo(const LedgerRow& row) {
  return difference(row.fifo, row.grams);
}

double joules_of(const LedgerSlot& slot, const FinishedWork& work) {
  return part_of(work.energy.joules, slot.to - slot.from, length_of(work));
}

LedgerRow account(FinishedWork work, DecisionCarbon decision, const Basis& basis, double pue,
                  const Belief& belief) {
  LedgerRow row{.work = std::move(work), .decision = std::move(decision), .basis = basis, .pue = pue};
  const Load load = load_of(row.work, pue);
  row.slots = slots_of(row.work.zone, row.work.started, load, belief);
  row.grams = sum_of(row.slots);
  row.at_home_at_submit = at_home_at_submit(row.work, load, belief);
  row.at_home_at_start = sum_of(slots_of(home_of(row.work), row.work.started, load, belief));
  row.fifo = fifo_grams(row);
  if (!is_energy(row.work.energy.joules)) row.work.energy.joules = 0;
  return row;
}

std::optional<Restatement> restate(const LedgerRow& row, const Belief& belief, Time now) {
  const Load load = load_of(row.work, row.pue);
  const auto restated = sum_of(slots_of(row.work.zone, row.work.started, load, belief));
  if (!restated) return std::nullopt;
  // FIFO's mean stays none: which zones it was taken over is not kept.
  return Restatement{.when = now,
                     .grams = *restated,
                     .at_home_at_submit = at_home_at_submit(row.work, load, belief),
                     .at_home_at_start = sum_of(slots_of(home_of(row.work), row.work.started, load, belief))};
}

std::optional<double> recomputed(const LedgerRow& row) {
  if (row.slots.empty()) return std::nullopt;
  double sum = 0;
  for (const LedgerSlot& slot : row.slots) {
    const auto intensity = Intensity::of(slot.g_per_kwh);
    if (!intensity) return std::nullopt;
    sum += grams(joules_of(slot, row.work), row.pue, *intensity);
  }
  return sum;
}

}  // namespace runneriq::carbon
