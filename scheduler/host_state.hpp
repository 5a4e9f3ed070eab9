// The ports through which a stage uses the host's state. Implemented in scheduler/sqlite.
#pragma once

#include "carbon/energy.hpp"
#include "core/process_identity.hpp"
#include "scheduler/admission.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace runneriq::scheduler {

// Whoever has a slot, a place in the queue or a builds directory. It lives while its boot,
// its runner process and its attempt's TMPDIR all live; what it has falls free when one ends.
struct Owner {
  ProcessIdentity runner;  // gitlab-runner
  AttemptId attempt;       // the TMPDIR
};

// How an attempt ended.
struct JobOutcome {
  JobKey key;
  AttemptId attempt;
  HistoryKey history;
  JobClass job_class = JobClass::low;
  double score = 0;
  Duration queued_in_gitlab{};
  Duration held{};
  Duration ran{};               // from admission to cleanup
  std::optional<Duration> cpu;  // of the job's processes, where it could be accounted
  bool succeeded = false;
  int exit_code = 0;         // of the first sub-stage that failed; 0 when none did
  std::string failed_stage;  // "" when none did
  Time finished;
  std::optional<carbon::Energy> energy = {};  // of the attempt; none where it is not known
};

// The queue of a host. `ask` and `leave` are idempotent by (GitLab URL, job, attempt).
class AdmissionDesk {
 public:
  virtual ~AdmissionDesk() = default;
  // Takes or keeps the job's place, and a slot when it is the job's turn. To be called again
  // after each wait until the answer is not Held. Errors mean: run the job without a slot.
  [[nodiscard]] virtual Result<Admission> ask(const AdmissionRequest& request, Time now) = 0;
  // The attempt is over or gives up waiting; a slot falls free at once. The job
  // keeps its place in the queue for `kPlaceKept`, for a prepare that gitlab-runner tries again.
  [[nodiscard]] virtual Result<void> leave(const JobKey& key, const AttemptId& attempt, Time now) = 0;
};

inline constexpr Duration kPlaceKept = std::chrono::minutes{2};

// What an order from beyond the host says of a job that asks for a slot.
enum class Turn {
  own_order,  // nothing: the host's own order decides
  now,        // goes before all others that wait on this host
  later,      // takes no slot yet, not even a free one, unless its hold is over
};

struct AnswerInTurn {
  Admission admission;
  bool slot_left_to_others = false;  // the host's own order would have given the job a slot
};

// A host's desk that also follows such an order.
class OrderedDesk : public AdmissionDesk {
 public:
  // As ask(). On a host without a limit every turn is now.
  [[nodiscard]] virtual Result<AnswerInTurn> ask_in_turn(const AdmissionRequest& request, Turn turn,
                                                         Time now) = 0;
};

// Checkouts live in <builds_dir>/<project id>/<n>, one job at a time in each.
class BuildsDirectories {
 public:
  virtual ~BuildsDirectories() = default;
  // The smallest number from 0 that no living attempt holds for a project of this number, of
  // whatever GitLab. Idempotent per attempt. `leave` gives it back.
  [[nodiscard]] virtual Result<int> reserve(const GitLabUrl& gitlab, ProjectId project,
                                            const AttemptId& attempt) = 0;
};

class OutcomeStore {
 public:
  virtual ~OutcomeStore() = default;
  // Recording the same attempt twice keeps the first.
  [[nodiscard]] virtual Result<void> record(const JobOutcome& outcome) = 0;
  // The oldest that the scheduler service has not got yet, at most `most` of them.
  [[nodiscard]] virtual Result<std::vector<JobOutcome>> undelivered(std::size_t most) = 0;
  // The service has these for good.
  [[nodiscard]] virtual Result<void> mark_delivered(std::span<const JobOutcome> outcomes) = 0;
};

}  // namespace runneriq::scheduler
