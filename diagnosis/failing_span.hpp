// Which lines of a log belong to the command that failed. Pure. Internal to diagnosis.
#pragma once

#include "diagnosis/read_log.hpp"

#include <cstddef>
#include <cstdint>

namespace runneriq::diagnosis {

struct FailingSpan {
  std::size_t begin = 0, end = 0;  // indexes in ReadLog::lines; `end` is behind the last line
  std::int32_t command = -1;       // of ReadLog::commands; −1 = none is known
  bool told = false;               // the log itself tells that this failed
};

// The upload of artifacts, where that failed the job. Else the first command of which the log tells a code other than 0; else the last one of the script, since
// runners stop at the first that fails; else the script. Never empty unless the log has no lines.
FailingSpan failing_span(const ReadLog& log);

}  // namespace runneriq::diagnosis
