// The ledger read piece by piece, so that a year of it needs no more memory than a day.
#pragma once

#include "carbon/store.hpp"
#include "platform/sqlite.hpp"

#include <compare>
#include <cstdint>
#include <limits>
#include <vector>

namespace runneriq::carbon {

inline constexpr int kRowsPerPage = 500;

// Where a row stands in the order of reading: by the end of the job, then as it was written.
struct LedgerPlace {
  std::int64_t finished = std::numeric_limits<std::int64_t>::min();
  std::int64_t seq = std::numeric_limits<std::int64_t>::min();
  friend auto operator<=>(const LedgerPlace&, const LedgerPlace&) = default;
};

struct LedgerPage {
  std::vector<LedgerRow> rows;
  LedgerPlace next;  // behind the last row; for the page after it
};

// Where reading begins so that `query.most` rows are left; the very beginning when it is 0.
[[nodiscard]] Result<LedgerPlace> first_place(platform::Database& database, const LedgerQuery& query);

// The oldest rows from `place` on, at most kRowsPerPage; none = that was all.
[[nodiscard]] Result<LedgerPage> ledger_page(platform::Database& database, const LedgerQuery& query,
                                             const LedgerPlace& place);

}  // namespace runneriq::carbon
