// What happened, as alerting hears of it: one job's end, or one condition of the fleet that began or ended.
// Sources are webhooks, readings of GitLab, the monitor, and lines of a replayed file. All of its texts may
// have been chosen by an attacker: whoever shows one escapes it.
#pragma once

#include "core/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::alerting {

// What an event is about. Everything but `job` and `pipeline` is a condition of the fleet.
enum class EventKind {
  job,       // "job", "build", ""
  pipeline,  // "pipeline"
  runner,    // "runner_offline", "runner_online", "runner"
  stuck,     // "job_stuck", "stuck"
  lease,     // "lease_expired", "lease"
  audit,     // "audit_broken", "audit"
  budget,    // "budget_exceeded", "budget"
  other,     // any other word
};
std::string_view to_text(EventKind kind);  // the first word of each line above; "other"
EventKind event_kind(std::string_view word);
// All of them but "" and those of `other`, in the order above.
std::vector<std::string_view> kind_words();

// What it says of its subject. `neither`: it was canceled, skipped, or is not over yet.
enum class Outcome { failed, passed, neither };

// Missing fields keep their defaults.
struct Event {
  Time time{};
  EventKind kind = EventKind::job;
  std::string kind_word{};       // as told: "runner_offline"
  std::string gitlab{};          // base address; "" where there is only one
  std::string project{};         // full path, or the id where that is all that is known
  std::string ref{};             // a branch, a tag, or "refs/merge-requests/12/head"
  std::string sha{};             // of a merge request's pipeline the source commit, where it is known
  std::int64_t pipeline_id = 0;  // 0 = not told, as below
  std::int64_t job_id = 0;
  std::string name{};  // of the job; of the fleet's conditions what is concerned
  std::string stage{};
  std::string status{};  // GitLab's word: "failed", "success", …
  bool allow_failure = false;
  std::string failure_reason{};  // GitLab's word, "" = not told
  std::string source{};          // pipeline source: "push", "merge_request_event", …
  std::string runner{};          // description, or the id where that is all that is known
  std::string user{};            // user name of who started it
  std::string log_excerpt{};     // the part of the log that tells why, or its tail; at most kLongestExcerpt
  std::string default_branch{};  // of the project; "" = not told
  bool is_tag = false;
  std::string url{};            // page of the job, of our own GitLab; "" = not told
  std::int64_t project_id = 0;  // by which GitLab is asked for more; 0 = not told. Never in documents
  std::int64_t runner_id = 0;   // descriptions are not unique; 0 = not told. Never in documents
};

inline constexpr std::size_t kLongestExcerpt = std::size_t{16}
                                               << 10;   // bytes; of a longer one the end is kept
inline constexpr std::size_t kLongestEventText = 1024;  // bytes, of every other text

// By status, in any case of letters: "success", "passed", "resolved", "online", "ok" and "fixed" are passed;
// "failed", "failure", "error", "offline" and "firing" are failed; every other word is neither. Without a
// status: "runner_online" is passed, every other condition of the fleet has failed; a job or pipeline has
// failed when a failure reason is told, else it is neither.
Outcome outcome_of(const Event& event);

// Whether the event is of a merge request's pipeline: by source or ref.
bool is_of_merge_request(const Event& event);

}  // namespace runneriq::alerting
