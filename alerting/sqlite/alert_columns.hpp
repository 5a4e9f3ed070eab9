// How alerting's values are kept in columns.
#pragma once

#include "alerting/notification.hpp"
#include "alerting/outbox.hpp"
#include "alerting/severity.hpp"
#include "alerting/verdict.hpp"
#include "platform/sqlite_columns.hpp"

#include <cstdint>

namespace runneriq::alerting {

// What never was reads as `otherwise`: a row that a hand has touched must not end the program.
template <class Value>
Value known(std::int64_t number, Value last, Value otherwise) {
  return number >= 0 && number <= static_cast<std::int64_t>(last) ? static_cast<Value>(number) : otherwise;
}
inline Severity severity_in(const platform::Statement& row, int column) {
  return known(row.integer(column), Severity::info, Severity::error);
}
inline Fate fate_in(const platform::Statement& row, int column) {
  return known(row.integer(column), Fate::suppressed, Fate::waiting);
}
inline Stage stage_in(std::int64_t number) {
  return known(number, Stage::routing, Stage::intake);
}
inline Reason reason_in(const platform::Statement& row, int column) {
  return known(row.integer(column), Reason::digest, Reason::first);
}
inline MessageState message_state_in(const platform::Statement& row, int column) {
  return known(row.integer(column), MessageState::dead, MessageState::dead);
}

template <class Value>
int column_of_kind(Value value) {
  return static_cast<int>(value);
}

}  // namespace runneriq::alerting
