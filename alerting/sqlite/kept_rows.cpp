#include "alerting/sqlite/kept_rows.hpp"

#include "platform/sqlite_rows.hpp"

#include <utility>

namespace runneriq::alerting {

using platform::Database;
using platform::Statement;

Result<void> put_stage_rows(Database& database, std::span<const NoiseReduction::Kept> rows) {
  for (const NoiseReduction::Kept& row : rows) {
    auto put =
        row.document.empty()
            ? database.execute("DELETE FROM stage_rows WHERE kind = ? AND key = ?", row.table, row.key)
            : database.execute("REPLACE INTO stage_rows VALUES (?, ?, ?)", row.table, row.key, row.document);
    if (!put) return put;
  }
  return {};
}

Result<std::vector<NoiseReduction::Kept>> stage_rows(Database& database) {
  std::vector<NoiseReduction::Kept> rows;
  auto read =
      platform::each_row(database.query("SELECT kind, key, document FROM stage_rows ORDER BY kind, key"),
                         [&](const Statement& row) {
                           rows.push_back({row.text(0), row.text(1), row.text(2)});
                         });
  if (!read) return fail(std::move(read.error()));
  return rows;
}

}  // namespace runneriq::alerting
