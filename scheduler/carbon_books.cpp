#include "scheduler/carbon_books.hpp"

#include "carbon/belief.hpp"
#include "carbon/zones.hpp"
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

// A job that ended so much ahead of the clock does not wait: it counts as ended now.
bool is_due(const FinishedJob& job, Duration wait, Time now) {
  const Duration ago = now - job.finished;
  return ago >= wait || ago <= -wait;
}

FinishedJob not_ahead(FinishedJob job, Time now) {
  job.finished = std::min(job.finished, now);
  return job;
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
  learn_zones(tick.snapshot, tick.now);
  for (const auto step : {&CarbonBooks::keep_deferrals, &CarbonBooks::keep_decisions, &CarbonBooks::keep_rows,
                          &CarbonBooks::restate}) {
    if (auto done = (this->*step)(tick); !done) troubles.push_back("carbon ledger: " + done.error().message);
  }
  return troubles;
}

void CarbonBooks::learn_zones(const FleetSnapshot& fleet, Time now) {
  for (const FleetRunner& runner : fleet.runners) zones_[runner.key] = {runner.zone, now};
  std::erase_if(zones_, [&](const auto& known) { return now - known.second.seen > kZonesKept; });
}

// A plan is over when its job is played, before there is a row: the ledger remembers when it was made.
Result<void> CarbonBooks::keep_deferrals(const Tick&) {
  if (ports_.deferrals == nullptr) return {};
  auto plans = ports_.deferrals->deferrals();
  if (!plans) return fail(std::move(plans.error()));
  std::set<JobKey> planned;
  for (const carbon::Deferral& plan : *plans) planned.insert({plan.gitlab, plan.job});
  std::erase_if(*plans, [&](const carbon::Deferral& plan) {
    return planned_.contains({plan.gitlab, plan.job});
  });
  if (auto kept = ports_.ledger->keep_deferred(*plans); !kept) return kept;
  planned_ = std::move(planned);
  return {};
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
    const auto since = ports_.ledger->deferred_since(key.gitlab, key.job);
    if (!since) return fail(since.error());
    known->deferred = since->has_value();
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
    if (!is_due(job, options_.energy_wait, tick.now)) break;
    auto row = row_of(not_ahead(job, tick.now), grid, believed);
    if (!row) return fail(std::move(row.error()));
    rows.push_back(*std::move(row));
    settled = number;
  }
  const auto added = ports_.ledger->append(rows);
  if (!added) return fail(added.error());
  settled_ = settled;
  for (const std::size_t row : *added) carbon::add(ended_, rows[row]);
  return {};
}

carbon::FinishedWork CarbonBooks::work_of(const FinishedJob& job) const {
  carbon::FinishedWork work{.gitlab = job.key.gitlab,
                            .job = job.key.job,
                            .project = job.history.project,
                            .pipeline = job.pipeline,
                            .name = job.history.job_name,
                            .home = carbon::canonical(carbon::ZoneKey{options_.home_zone}, typical_),
                            .submitted = job.finished - job.ran - job.queued,
                            .started = job.finished - job.ran,
                            .finished = job.finished};
  if (job.runner) {
    work.runner = job.runner->runner;
    if (const auto zone = zones_.find(*job.runner); zone != zones_.end()) work.zone = zone->second.zone;
  }
  work.energy = job.energy.value_or(carbon::default_energy(options_.default_watts, job.ran));
  return work;
}

Result<carbon::LedgerRow> CarbonBooks::row_of(const FinishedJob& job, const carbon::GridOutlook& grid,
                                              const carbon::Belief& believed) const {
  auto decision = ports_.ledger->decision(job.key.gitlab, job.key.job);
  if (!decision) return fail(std::move(decision.error()));
  const auto since = ports_.ledger->deferred_since(job.key.gitlab, job.key.job);
  if (!since) return fail(since.error());
  carbon::DecisionCarbon known = decision->value_or(
      carbon::DecisionCarbon{.gitlab = job.key.gitlab, .job = job.key.job, .basis = grid.basis});
  carbon::FinishedWork work = work_of(job);
  if (*since) {
    known.deferred = true;
    work.submitted = std::min(work.submitted, **since);
  }
  // What another basis said of FIFO's choice cannot stand beside these grams.
  if (known.basis != grid.basis) known.fifo_g_per_kwh.reset();
  return carbon::account(std::move(work), std::move(known), grid.basis, options_.pue, believed);
}

carbon::Belief CarbonBooks::belief(const carbon::Basis& basis, Time now) const {
  return carbon::belief_of(basis, on_basis(ports_.records(now), basis), typical_, options_.trust);
}

Result<void> CarbonBooks::restate(const Tick& tick) {
  if (restated_ && tick.now - *restated_ < kRestateEvery && tick.now >= *restated_) return {};
  const auto from = restated_from_;
  const auto due = restatements(tick);
  auto kept = due ? ports_.ledger->restate(*due) : fail(due.error());
  if (!kept) {
    restated_from_ = from;
    return kept;
  }
  if (due->size() == kRestatedAtOnce) return {};
  restated_ = tick.now;
  restated_from_.reset();
  return {};
}

Result<std::vector<carbon::RestatedJob>> CarbonBooks::restatements(const Tick& tick) {
  const Time since = tick.now - 2 * kRestatedAfter;
  const carbon::LedgerQuery query{.since = std::max(since, restated_from_.value_or(since)),
                                  .until = tick.now - kRestatedAfter};
  std::vector<carbon::RestatedJob> due;
  std::map<carbon::Basis, carbon::Belief> beliefs;
  auto read = ports_.ledger->read(query, [&](const carbon::LedgerRow& row) {
    restated_from_ = row.work.finished;
    if (!row.restated.empty() || !row.grams) return true;
    carbon::Belief& believed = beliefs[row.basis];
    if (!believed) believed = belief(row.basis, tick.now);
    if (const auto restated = carbon::restate(row, believed, tick.now)) {
      due.push_back({row.work.gitlab, row.work.job, *restated});
    }
    return due.size() < kRestatedAtOnce;
  });
  if (!read) return fail(std::move(read.error()));
  return due;
}

}  // namespace runneriq::scheduler
