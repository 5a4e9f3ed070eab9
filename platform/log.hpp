// The program's own log. The only place that knows spdlog.
#pragma once

#include "core/event_log.hpp"
#include "core/result.hpp"

#include <cstddef>
#include <memory>
#include <string>

namespace runneriq::platform {

enum class LogForm {
  automatic,  // text on a terminal, journald's priorities where stderr is its stream, else JSON
  text,       // "12:04:05 WARN  tick degraded=2 …"
  json,       // one object a line: time (RFC 3339), level, event, run, fields
  journal,    // "<4>" before the JSON line (sd-daemon(3))
};

struct LogSettings {
  LogLevel lowest = LogLevel::info;
  LogForm form = LogForm::automatic;
  std::string file{};  // "" = stderr; else JSON lines there, 0600, and stderr stays silent below error
  std::size_t largest_file = std::size_t{10} << 20;  // bytes, then it rotates
  int kept_files = 5;
  std::string run{};  // the id of this run of the program
};

// Texts are escaped: one event is one line, and no field can imitate another.
// Error: permission or unavailable, when the file cannot be written.
Result<std::unique_ptr<EventLog>> open_log(const LogSettings& settings);

}  // namespace runneriq::platform
