#include "carbon/sqlite/ledger_pages.hpp"

#include "carbon/sqlite/carbon_columns.hpp"
#include "platform/sqlite_rows.hpp"

#include <string>
#include <utility>

namespace runneriq::carbon {
namespace {

using platform::Database;
using platform::duration_in;
using platform::Statement;
using platform::time_in;

constexpr std::int64_t kLatest = std::numeric_limits<std::int64_t>::max();

// A number that is in no energy model reads as the weakest.
EnergyMethod method_in(const Statement& row, int column) {
  const auto number = row.integer(column);
  const bool known = number >= 0 && number <= static_cast<int>(EnergyMethod::class_default);
  return known ? static_cast<EnergyMethod>(number) : EnergyMethod::class_default;
}

FinishedWork work_in(const Statement& row) {
  return {.gitlab = GitLabUrl{row.text(1)},
          .job = JobId{row.integer(2)},
          .project = ProjectId{row.integer(3)},
          .pipeline = PipelineId{row.integer(4)},
          .runner = RunnerId{row.integer(5)},
          .name = row.text(6),
          .zone = ZoneKey{row.text(7)},
          .home = ZoneKey{row.text(8)},
          .submitted = time_in(row, 9),
          .started = time_in(row, 10),
          .finished = time_in(row, 11),
          .energy = {row.real(12), method_in(row, 13)}};
}

DecisionCarbon decision_in(const Statement& row) {
  return {.gitlab = GitLabUrl{row.text(1)},
          .job = JobId{row.integer(2)},
          .decided = time_in(row, 14),
          .basis = basis_in(row, 15),
          .zone = ZoneKey{row.text(17)},
          .g_per_kwh = optional_real_in(row, 18),
          .rung = rung_in(row, 19),
          .source = row.text(20),
          .estimated = row.integer(21) != 0,
          .age = duration_in(row, 22),
          .fifo_g_per_kwh = optional_real_in(row, 23),
          .deferred = row.integer(24) != 0};
}

LedgerRow row_in(const Statement& row) {
  return {.work = work_in(row),
          .decision = decision_in(row),
          .basis = basis_in(row, 25),
          .pue = row.real(27),
          .slots = {},
          .grams = optional_real_in(row, 28),
          .at_home_at_submit = optional_real_in(row, 29),
          .at_home_at_start = optional_real_in(row, 30),
          .fifo = optional_real_in(row, 31),
          .restated = {}};
}

LedgerSlot slot_in(const Statement& row) {
  return {.from = time_in(row, 0),
          .to = time_in(row, 1),
          .g_per_kwh = row.real(2),
          .rung = rung_in(row, 3),
          .estimated = row.integer(4) != 0,
          .grams = row.real(5)};
}

Restatement restatement_in(const Statement& row) {
  return {.when = time_in(row, 0),
          .grams = row.real(1),
          .at_home_at_submit = optional_real_in(row, 2),
          .at_home_at_start = optional_real_in(row, 3),
          .fifo = optional_real_in(row, 4)};
}

Result<void> read_parts(Database& database, std::int64_t entry, LedgerRow& row) {
  auto slots = platform::each_row(
      database.query("SELECT starts, ends, g, rung, estimated, grams FROM ledger_slots WHERE entry = ?"
                     " ORDER BY number",
                     entry),
      [&](const Statement& part) { row.slots.push_back(slot_in(part)); });
  if (!slots) return slots;
  return platform::each_row(
      database.query("SELECT restated, grams, at_home_at_submit, at_home_at_start, fifo FROM restatements"
                     " WHERE entry = ? ORDER BY restated, seq",
                     entry),
      [&](const Statement& part) { row.restated.push_back(restatement_in(part)); });
}

std::int64_t since_of(const LedgerQuery& query) {
  return platform::column_of(query.since).value_or(LedgerPlace{}.finished);
}
std::int64_t until_of(const LedgerQuery& query) {
  return platform::column_of(query.until).value_or(kLatest);
}
template <class Number>
std::optional<std::int64_t> number_of(const std::optional<Number>& id) {
  return id ? std::optional{id->value()} : std::nullopt;
}

// By the number of a job the ledger has an index of its own.
std::string rows_of(const LedgerQuery& query) {
  return std::string(query.job ? " FROM ledger INDEXED BY ledger_of_job WHERE job = ?5"
                               : " FROM ledger WHERE ?5 IS NULL") +
         " AND finished >= ?1 AND finished < ?2 AND (?3 IS NULL OR project = ?3)"
         " AND (?4 IS NULL OR pipeline = ?4)";
}

Result<Statement> query_page(Database& database, const LedgerQuery& query, const LedgerPlace& place) {
  return database.query(
      "SELECT seq, gitlab, job, project, pipeline, runner, name, zone, home, submitted, started, finished,"
      " joules, energy_method, decision_at, decision_signal, decision_factors, decision_zone, decision_g,"
      " decision_rung, decision_source, decision_estimated, decision_age, decision_fifo_g,"
      " decision_deferred, signal, factors, pue, grams, at_home_at_submit, at_home_at_start, fifo" +
          rows_of(query) + " AND (finished, seq) >= (?6, ?7) ORDER BY finished, seq LIMIT ?8",
      since_of(query), until_of(query), number_of(query.project), number_of(query.pipeline),
      number_of(query.job), place.finished, place.seq, kRowsPerPage);
}

}  // namespace

Result<LedgerPlace> first_place(Database& database, const LedgerQuery& query) {
  LedgerPlace place;
  if (query.most == 0) return place;
  auto read =
      platform::each_row(database.query("SELECT finished, seq" + rows_of(query) +
                                            " ORDER BY finished DESC, seq DESC LIMIT 1 OFFSET ?6",
                                        since_of(query), until_of(query), number_of(query.project),
                                        number_of(query.pipeline), number_of(query.job), query.most - 1),
                         [&](const Statement& row) {
                           place = {row.integer(0), row.integer(1)};
                         });
  if (!read) return fail(std::move(read.error()));
  return place;
}

Result<LedgerPage> ledger_page(Database& database, const LedgerQuery& query, const LedgerPlace& place) {
  LedgerPage page;
  std::vector<std::int64_t> entries;
  auto read = platform::each_row(query_page(database, query, place), [&](const Statement& row) {
    entries.push_back(row.integer(0));
    page.rows.push_back(row_in(row));
  });
  if (!read) return fail(std::move(read.error()));
  for (std::size_t i = 0; i < page.rows.size(); ++i) {
    if (auto parts = read_parts(database, entries[i], page.rows[i]); !parts) return fail(parts.error());
  }
  if (!page.rows.empty()) {
    page.next = {platform::column_of(page.rows.back().work.finished), entries.back() + 1};
  }
  return page;
}

}  // namespace runneriq::carbon
