// The tags of runners, read afresh and written: with manual_jobs.hpp the only port through which
// RunnerIQ changes anything in GitLab. Implemented in gitlab/rest.
#pragma once

#include "core/id.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

#include <span>
#include <string>
#include <vector>

namespace runneriq::gitlab {

struct RunnerTags {
  RunnerId runner;
  std::vector<std::string> tags;  // sorted, each once: GitLab promises no order
  bool run_untagged = true;
};

// Gives the runner exactly these tags: GitLab knows no other way to change one, and no precondition.
struct TagWrite {
  RunnerId runner;
  std::vector<std::string> tags;
};

// GitLab takes no more for a runner.
inline constexpr std::size_t kMostTags = 50;

struct WriteOutcome {
  enum class Kind {
    applied,  // GitLab answered with the runner as it is now
    refused,  // GitLab said no (4xx), or nothing left this program: nothing was changed
    unknown,  // no answer, 5xx, half an answer: it may have been applied, or may yet be
  };
  Kind kind = Kind::unknown;
  RunnerTags after;  // when applied
  Error error;       // else
};

class RunnerTagAccess {
 public:
  virtual ~RunnerTagAccess() = default;
  // One result per runner, in their order; never from a cache. Errors: not_found (deleted, or
  // not visible), permission (token, scope, role), timed_out, unavailable.
  [[nodiscard]] virtual std::vector<Result<RunnerTags>> read(std::span<const RunnerId> runners,
                                                             Time deadline) = 0;
  // One outcome per write, in their order. Each is sent once: who does not know what became of it
  // reads again.
  [[nodiscard]] virtual std::vector<WriteOutcome> write(std::span<const TagWrite> writes, Time deadline) = 0;
};

}  // namespace runneriq::gitlab
