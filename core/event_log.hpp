// The log as the product sees it: events with fields, written at the edge where a change of
// state is handled, once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace runneriq {

enum class LogLevel {
  debug,    // what else helps to follow the program
  info,     // a change of state
  warning,  // degraded, but going on
  error,    // a person must act
};

struct LogField {
  std::string name;  // lower_snake_case
  std::variant<std::string, std::int64_t, double, bool> value;
};

class EventLog {
 public:
  virtual ~EventLog() = default;
  // `event` is a stable lower_snake_case word ("tick", "runner_offline"); texts in `fields` may
  // hold anything: implementations escape them. Never throws, never blocks for long.
  virtual void write(LogLevel level, std::string_view event, std::vector<LogField> fields) = 0;
};

}  // namespace runneriq
