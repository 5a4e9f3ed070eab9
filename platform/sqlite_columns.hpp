// How times are kept in columns.
#pragma once

#include "core/time.hpp"
#include "platform/sqlite.hpp"

#include <cstdint>
#include <optional>

namespace runneriq::platform {

inline std::int64_t column_of(Time time) {
  return time.time_since_epoch().count();
}
inline std::int64_t column_of(Duration duration) {
  return duration.count();
}
template <class Value>
std::optional<std::int64_t> column_of(const std::optional<Value>& value) {
  return value ? std::optional{column_of(*value)} : std::nullopt;
}

inline Time time_in(const Statement& row, int column) {
  return Time{Duration{row.integer(column)}};
}
inline Duration duration_in(const Statement& row, int column) {
  return Duration{row.integer(column)};
}
inline std::optional<Time> optional_time_in(const Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional{time_in(row, column)};
}

}  // namespace runneriq::platform
