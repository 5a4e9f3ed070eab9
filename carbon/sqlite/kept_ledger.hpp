// The rows of the tables of the ledger, as they are added: none is ever changed or removed.
#pragma once

#include "carbon/store.hpp"
#include "platform/sqlite.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace runneriq::carbon {

// The number of the job's row, 0 = it has none.
[[nodiscard]] Result<std::int64_t> ledger_entry_of(platform::Database& database, const GitLabUrl& gitlab,
                                                   JobId job);
// With slots and restatements. A job that has a row already keeps it. Gives the positions of those added.
[[nodiscard]] Result<std::vector<std::size_t>> append_to_ledger(platform::Database& database,
                                                                std::span<const LedgerRow> rows);
// Null: each has a row.
[[nodiscard]] Result<const RestatedJob*> first_without_row(platform::Database& database,
                                                           std::span<const RestatedJob> jobs);
// Each must have a row.
[[nodiscard]] Result<void> add_restatements(platform::Database& database, std::span<const RestatedJob> jobs);

}  // namespace runneriq::carbon
