// When so many jobs fail together that it is the infrastructure's fault. Pure; time comes in as data.
#pragma once

#include "alerting/event.hpp"
#include "core/time.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <unordered_map>

namespace runneriq::alerting {

struct OutageTerms {
  Duration window = std::chrono::minutes{10};
  double share = 0.8;   // of the jobs that ended one after the other within a window have failed
  int least = 10;       // jobs
  int least_kinds = 5;  // different (project, name) among those that failed
};

// An outage is a run of ends, all within a window, of which at least `share` are failures. A run and not the
// whole window, so that one that is shorter than the window is seen, too; it counts from its first end on.
class OutageWatch {
 public:
  explicit OutageWatch(OutageTerms terms) : terms_(terms) {}
  // From now on; what is known stays.
  void set_terms(OutageTerms terms) { terms_ = terms; }
  // `job` tells (project, name) apart. Ends about in the order of time: one that is older than a window is
  // left out. Bounded: the share is taken of the last 4,096 ends.
  void ended(std::uint64_t job, bool failed, Time time);
  // Whether `time` lies in an outage, known by now; the last 64 are remembered.
  [[nodiscard]] bool holds(Time time) const;

 private:
  struct End {
    Time time;
    std::uint64_t job;
    bool failed;
  };
  struct Span {
    Time from, to;
  };
  void add(const End& end);
  void drop_first();
  [[nodiscard]] bool mostly_failed() const;
  void remember();

  OutageTerms terms_;
  std::deque<End> run_;
  int failed_ = 0;                                // of the run
  std::unordered_map<std::uint64_t, int> kinds_;  // of those that failed, and how often
  Time newest_{};
  std::deque<Span> outages_;  // oldest first, apart from each other
};

// Whether GitLab's failure reason tells of the runner, of GitLab, or of what a job was given, and not of what
// the job itself did: a failure that is no evidence against the job. Jobs are to blame for script_failure,
// job_execution_timeout (its own script hung) and trace_size_exceeded; and for "" and words that are not
// known.
bool is_of_infrastructure(std::string_view failure_reason);

}  // namespace runneriq::alerting
