// The rows of the tables of the ledger, as they are added: none is ever changed or removed.
#pragma once

#include "carbon/ledger.hpp"
#include "platform/sqlite.hpp"

#include <cstdint>
#include <span>

namespace runneriq::carbon {

// The number of the job's row, 0 = it has none.
[[nodiscard]] Result<std::int64_t> ledger_entry_of(platform::Database& database, const GitLabUrl& gitlab,
                                                   JobId job);
// With slots and restatements. A job that has a row already keeps it.
[[nodiscard]] Result<void> append_to_ledger(platform::Database& database, std::span<const LedgerRow> rows);
[[nodiscard]] Result<void> add_restatement(platform::Database& database, std::int64_t entry,
                                           const Restatement& restatement);

}  // namespace runneriq::carbon
