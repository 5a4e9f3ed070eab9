#include "carbon/sqlite/kept_ledger.hpp"

#include "platform/sqlite_columns.hpp"

#include <utility>

namespace runneriq::carbon {
namespace {

using platform::column_of;
using platform::Database;

Result<void> insert_row(Database& database, std::int64_t entry, const LedgerRow& row) {
  const FinishedWork& work = row.work;
  const DecisionCarbon& decision = row.decision;
  return database.execute(
      "INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
      " ?, ?, ?, ?, ?, ?, ?)",
      entry, work.gitlab.value(), work.job.value(), work.project.value(), work.pipeline.value(),
      work.runner.value(), work.name, work.zone.value(), work.home.value(), column_of(work.submitted),
      column_of(work.started), column_of(work.finished), work.energy.joules,
      static_cast<int>(work.energy.method), column_of(decision.decided),
      static_cast<int>(decision.basis.signal), static_cast<int>(decision.basis.factors),
      decision.zone.value(), decision.g_per_kwh, static_cast<int>(decision.rung), decision.source,
      decision.estimated, column_of(decision.age), decision.fifo_g_per_kwh, decision.deferred,
      static_cast<int>(row.basis.signal), static_cast<int>(row.basis.factors), row.pue, row.grams,
      row.at_home_at_submit, row.at_home_at_start, row.fifo);
}

Result<void> insert_slots(Database& database, std::int64_t entry, const LedgerRow& row) {
  int number = 0;
  for (const LedgerSlot& slot : row.slots) {
    auto put = database.execute("INSERT INTO ledger_slots VALUES (?, ?, ?, ?, ?, ?, ?, ?)", entry, ++number,
                                column_of(slot.from), column_of(slot.to), slot.g_per_kwh,
                                static_cast<int>(slot.rung), slot.estimated, slot.grams);
    if (!put) return put;
  }
  return {};
}

Result<void> add_restatement(Database& database, std::int64_t entry, const Restatement& restatement) {
  return database.execute(
      "INSERT INTO restatements SELECT coalesce(max(seq), 0) + 1, ?, ?, ?, ?, ?, ? FROM restatements", entry,
      column_of(restatement.when), restatement.grams, restatement.at_home_at_submit,
      restatement.at_home_at_start, restatement.fifo);
}

// Slots first: once its row is there, none can be added.
Result<void> append(Database& database, const LedgerRow& row) {
  const auto last = database.number("SELECT max(seq) FROM ledger");
  if (!last) return fail(last.error());
  const std::int64_t entry = *last + 1;
  if (auto put = insert_slots(database, entry, row); !put) return put;
  if (auto put = insert_row(database, entry, row); !put) return put;
  for (const Restatement& restatement : row.restated) {
    if (auto put = add_restatement(database, entry, restatement); !put) return put;
  }
  return {};
}

}  // namespace

Result<std::int64_t> ledger_entry_of(Database& database, const GitLabUrl& gitlab, JobId job) {
  return database.number("SELECT seq FROM ledger WHERE job = ? AND gitlab = ?", job.value(), gitlab.value());
}

Result<std::vector<std::size_t>> append_to_ledger(Database& database, std::span<const LedgerRow> rows) {
  std::vector<std::size_t> added;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto entry = ledger_entry_of(database, rows[i].work.gitlab, rows[i].work.job);
    if (!entry) return fail(entry.error());
    if (*entry != 0) continue;
    if (auto appended = append(database, rows[i]); !appended) return fail(std::move(appended.error()));
    added.push_back(i);
  }
  return added;
}

Result<const RestatedJob*> first_without_row(Database& database, std::span<const RestatedJob> jobs) {
  for (const RestatedJob& job : jobs) {
    const auto entry = ledger_entry_of(database, job.gitlab, job.job);
    if (!entry) return fail(entry.error());
    if (*entry == 0) return &job;
  }
  return nullptr;
}

Result<void> add_restatements(Database& database, std::span<const RestatedJob> jobs) {
  for (const RestatedJob& job : jobs) {
    const auto entry = ledger_entry_of(database, job.gitlab, job.job);
    if (!entry) return fail(entry.error());
    if (auto added = add_restatement(database, *entry, job.restatement); !added) return added;
  }
  return {};
}

}  // namespace runneriq::carbon
