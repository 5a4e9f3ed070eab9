// How one event of the log reads. No I/O.
#pragma once

#include "core/event_log.hpp"
#include "core/time.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace runneriq::platform {

struct LogEvent {
  Time time;
  LogLevel level = LogLevel::info;
  std::string_view event;
  std::string_view run;
  const std::vector<LogField>& fields;
};

// {"time":"2025-03-01T03:00:00.123Z","level":"info","event":"tick","run":"…","jobs":3}; a field that has
// the name of one of the first four gets a "_" behind its own. What is no number reads null.
std::string json_line(const LogEvent& event);

// "12:04:05 WARN  tick degraded=2 reason=\"no answer\"" in the time zone of the machine.
std::string text_line(const LogEvent& event);

// "<4>" and the JSON line: the priority as of sd-daemon(3).
std::string journal_line(const LogEvent& event);

}  // namespace runneriq::platform
