// The port through which the logs of jobs are read. Implemented in gitlab/rest.
#pragma once

#include "core/id.hpp"
#include "core/result.hpp"

#include <cstddef>
#include <string>

namespace runneriq::gitlab {

inline constexpr std::size_t kLongestLogTail = std::size_t{8} << 20;  // bytes

class JobLogs {
 public:
  virtual ~JobLogs() = default;
  // The last `bytes` of the job's log, of which at most kLongestLogTail are given; all of a shorter one; ""
  // of a job that has none. Any bytes: it may begin in the middle of a line or character, holds ANSI
  // sequences and whatever the job wrote, secrets too. Errors: not_found, permission, timed_out, unavailable.
  [[nodiscard]] virtual Result<std::string> tail(ProjectId project, JobId job, std::size_t bytes) = 0;
};

}  // namespace runneriq::gitlab
