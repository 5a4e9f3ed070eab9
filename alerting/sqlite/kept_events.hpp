// The rows of the table of events: what happened, and what became of it.
#pragma once

#include "alerting/store.hpp"
#include "platform/sqlite.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace runneriq::alerting {

inline constexpr Duration kEventsKept = std::chrono::days{30};  // from when they were kept first

// An event that names nothing (name, project and job id are empty) changes the verdict of the one that is
// there; where none is, nothing.
[[nodiscard]] Result<void> put_events(platform::Database& database, std::span<const KeptEvent> events,
                                      Time now);
// Those that are too old, and the first of more than `most`.
[[nodiscard]] Result<void> forget_old_events(platform::Database& database, std::size_t most, Time now);
// Newest first, by their own times. Of an event whose document cannot be read, what stands in the columns.
[[nodiscard]] Result<std::vector<KeptEvent>> find_events(platform::Database& database,
                                                         const EventQuery& query);

}  // namespace runneriq::alerting
