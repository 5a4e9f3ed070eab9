#include "scheduler/carbon_books.hpp"

#include "scheduler/history.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::scheduler {
namespace {

constexpr std::size_t kRowsAtOnce = 2000;
constexpr Duration kRestateEvery = std::chrono::hours{1};

std::vector<carbon::ZoneRecord> on_basis(std::vector<carbon::ZoneRecord> records,
                                         const carbon::Basis& basis) {
  std::erase_if(records, [&](const carbon::ZoneRecord& record) { return record.basis != basis; });
  return records;
}

bool has_ended_long_enough(const FinishedJob& job, Time now) {
  return now - job.finished >= CarbonBooks::kPatience;
}

}  // namespace

std::optional<carbon::DecisionCarbon> decision_carbon(const FleetSnapshot& fleet, const JobDecision& decision,
                                                      Time now) {
  const auto& known = decision.assignment.carbon;
  if (!fleet.carbon || !known) return std::nullopt;
  const JobKey& key = fleet.jobs[decision.job].key;
  const CarbonSource source = carbon_source(fleet, known->chosen.runner);
  carbon::DecisionCarbon record{.gitlab = key.gitlab,
                                .job = key.job,
                                .decided = now,
                                .basis = fleet.carbon->basis,
                                .zone = source.zone,
                                .rung = source.rung,
                                .source = source.source,
                                .estimated = source.estimated,
                                .age = source.age};
  if (known->chosen.intensity) record.g_per_kwh = known->chosen.intensity->g_per_kwh();
  if (known->fifo.intensity) record.fifo_g_per_kwh = known->fifo.intensity->g_per_kwh();
  return record;
}

CarbonBooks::CarbonBooks(CarbonBookPorts ports, carbon::CarbonOptions options,
                         std::span<const carbon::TypicalZone> typical)
    : ports_(std::move(ports)), options_(std::move(options)), typical_(typical) {}

std::vector<std::string> CarbonBooks::keep(const Tick& tick) {
  std::vector<std::string> troubles;
  if (!tick.snapshot.carbon) return troubles;
  learn_zones(tick.snapshot);
  learn_deferrals();
  for (const auto step : {&CarbonBooks::keep_decisions, &CarbonBooks::keep_rows, &CarbonBooks::restate}) {
    if (auto done = (this->*step)(tick); !done) troubles.push_back("carbon ledger: " + done.error().message);
  }
  return troubles;
}

// Runners that are gone keep their zone: their jobs may be heard of later.
void CarbonBooks::learn_zones(const FleetSnapshot& fleet) {
  for (const FleetRunner& runner : fleet.runners) zones_[runner.key] = runner.zone;
}

void CarbonBooks::learn_deferrals() {
  if (ports_.deferrals == nullptr) return;
  const auto deferrals = ports_.deferrals->deferrals();
  if (!deferrals) return;
  for (const carbon::Deferral& deferral : *deferrals) {
    deferred_since_.try_emplace(JobKey{deferral.gitlab, deferral.job}, deferral.planned);
  }
}

// The first decision about a job counts: later ones are made with what it led to.
Result<void> CarbonBooks::keep_decisions(const Tick& tick) {
  std::vector<carbon::DecisionCarbon> fresh;
  std::set<JobKey> pending;
  for (const JobDecision& decision : tick.decisions.jobs) {
    const JobKey& key = tick.snapshot.jobs[decision.job].key;
    pending.insert(key);
    if (decided_.contains(key)) continue;
    auto known = decision_carbon(tick.snapshot, decision, tick.now);
    if (!known) continue;
    known->deferred = deferred_since_.contains(key);
    fresh.push_back(*std::move(known));
  }
  if (auto kept = ports_.ledger->keep(fresh); !kept) return kept;
  for (const carbon::DecisionCarbon& each : fresh) decided_.insert({each.gitlab, each.job});
  std::erase_if(decided_, [&](const JobKey& key) { return !pending.contains(key); });
  return {};
}

Result<void> CarbonBooks::keep_rows(const Tick& tick) {
  const auto heard = ports_.finished(settled_, tick.now - kLooksBack, kRowsAtOnce);
  if (!heard) return fail(heard.error());
  if (heard->empty()) return {};
  const carbon::GridOutlook& grid = *tick.snapshot.carbon;
  const carbon::Belief believed = belief(grid.basis, tick.now);
  std::vector<carbon::LedgerRow> rows;
  std::int64_t settled = settled_;
  for (const auto& [number, job] : *heard) {
    if (!has_ended_long_enough(job, tick.now)) break;
    auto row = row_of(job, grid, believed);
    if (!row) return fail(std::move(row.error()));
    rows.push_back(*std::move(row));
    settled = number;
  }
  if (auto appended = ports_.ledger->append(rows); !appended) return appended;
  settled_ = settled;
  for (const carbon::LedgerRow& row : rows) carbon::add(ended_, row);
  return {};
}

carbon::FinishedWork CarbonBooks::work_of(const FinishedJob& job) const {
  carbon::FinishedWork work{.gitlab = job.key.gitlab,
                            .job = job.key.job,
                            .project = job.history.project,
                            .pipeline = job.pipeline,
                            .name = job.history.job_name,
                            .home = carbon::ZoneKey{options_.home_zone},
                            .submitted = job.finished - job.ran - job.queued,
                            .started = job.finished - job.ran,
                            .finished = job.finished};
  if (job.runner) {
    work.runner = job.runner->runner;
    if (const auto zone = zones_.find(*job.runner); zone != zones_.end()) work.zone = zone->second;
  }
  if (const auto since = deferred_since_.find(job.key); since != deferred_since_.end()) {
    work.submitted = std::min(work.submitted, since->second);
  }
  work.energy = job.energy.value_or(carbon::default_energy(options_.default_watts, job.ran));
  return work;
}

Result<carbon::LedgerRow> CarbonBooks::row_of(const FinishedJob& job, const carbon::GridOutlook& grid,
                                              const carbon::Belief& believed) const {
  auto decision = ports_.ledger->decision(job.key.gitlab, job.key.job);
  if (!decision) return fail(std::move(decision.error()));
  carbon::DecisionCarbon known = decision->value_or(
      carbon::DecisionCarbon{.gitlab = job.key.gitlab, .job = job.key.job, .basis = grid.basis});
  known.deferred = known.deferred || deferred_since_.contains(job.key);
  // What another basis said of FIFO's choice cannot stand beside these grams.
  if (known.basis != grid.basis) known.fifo_g_per_kwh.reset();
  return carbon::account(work_of(job), std::move(known), grid.basis, options_.pue, believed);
}

carbon::Belief CarbonBooks::belief(const carbon::Basis& basis, Time now) const {
  return [basis, records = on_basis(ports_.records(now), basis), typical = typical_, limits = options_.trust](
             const carbon::ZoneKey& zone, Time when) {
    return carbon::believed_at(zone, basis, records, typical, when, limits);
  };
}

Result<void> CarbonBooks::restate(const Tick& tick) {
  if (restated_ && tick.now - *restated_ < kRestateEvery && tick.now >= *restated_) return {};
  std::vector<carbon::LedgerRow> due;
  const carbon::LedgerQuery query{.since = tick.now - 2 * kRestatedAfter, .until = tick.now - kRestatedAfter};
  auto read = ports_.ledger->read(query, [&](const carbon::LedgerRow& row) {
    if (row.restated.empty() && row.grams) due.push_back(row);
    return due.size() < kRowsAtOnce;
  });
  if (!read) return read;
  std::map<carbon::Basis, carbon::Belief> beliefs;
  for (const carbon::LedgerRow& row : due) {
    auto& believed = beliefs[row.basis];
    if (!believed) believed = belief(row.basis, tick.now);
    const auto restated = carbon::restate(row, believed, tick.now);
    if (!restated) continue;
    if (auto kept = ports_.ledger->restate(row.work.gitlab, row.work.job, *restated); !kept) return kept;
  }
  if (due.size() < kRowsAtOnce) restated_ = tick.now;
  return {};
}

}  // namespace runneriq::scheduler
