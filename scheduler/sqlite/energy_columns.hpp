// A job's energy as two columns: joules and the number of the method, both null where it is not known.
#pragma once

#include "platform/sqlite.hpp"
#include "scheduler/reported_energy.hpp"

#include <cstdint>
#include <optional>

namespace runneriq::scheduler {

inline std::optional<double> joules_column(const std::optional<carbon::Energy>& energy) {
  return energy ? std::optional{energy->joules} : std::nullopt;
}
inline std::optional<std::int64_t> method_column(const std::optional<carbon::Energy>& energy) {
  return energy ? std::optional{static_cast<std::int64_t>(energy->method)} : std::nullopt;
}
// Of the column with the joules and the one behind it.
inline std::optional<carbon::Energy> energy_in(const platform::Statement& row, int column) {
  if (row.is_null(column) || row.is_null(column + 1)) return std::nullopt;
  return stored_energy(row.real(column), row.integer(column + 1));
}

}  // namespace runneriq::scheduler
