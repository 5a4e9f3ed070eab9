// Walks through the rows of a query.
#pragma once

#include "core/result.hpp"
#include "platform/sqlite.hpp"

#include <utility>

namespace runneriq::platform {

// Calls `take` with each row. Passes on the error of the query or of a step.
template <class Take>
Result<void> each_row(Result<Statement> row, Take take) {
  if (!row) return fail(std::move(row.error()));
  while (true) {
    const auto more = row->step();
    if (!more) return fail(more.error());
    if (!*more) return {};
    take(std::as_const(*row));
  }
}

}  // namespace runneriq::platform
