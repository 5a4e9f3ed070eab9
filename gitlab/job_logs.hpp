// The port through which the logs of jobs are read. Implemented in gitlab/rest.
#pragma once

#include "core/id.hpp"
#include "core/result.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace runneriq::gitlab {

inline constexpr std::size_t kLongestLogTail = std::size_t{8} << 20;  // bytes

struct LogExtent {
  std::size_t bytes = 0;  // handed over
  bool whole = true;      // false: the log goes on
};

class JobLogs {
 public:
  virtual ~JobLogs() = default;
  // The last `bytes` of the job's log, of which at most kLongestLogTail are given; all of a shorter one; ""
  // of a job that has none. Any bytes: it may begin in the middle of a line or character, holds ANSI
  // sequences and whatever the job wrote, secrets too. Errors: not_found, permission, timed_out, unavailable.
  [[nodiscard]] virtual Result<std::string> tail(ProjectId project, JobId job, std::size_t bytes) = 0;
  // Hands the log over from its beginning, piece by piece, each byte once and in order, without holding it:
  // at most `most_bytes`. Pieces end anywhere. Of one that grows meanwhile it is what the job had written at
  // some moment of the reading. After an error what was handed over is the beginning of the log. Errors: as
  // tail(), and corrupt.
  [[nodiscard]] virtual Result<LogExtent> read(ProjectId project, JobId job, std::size_t most_bytes,
                                               const std::function<void(std::string_view)>& take) = 0;
};

}  // namespace runneriq::gitlab
