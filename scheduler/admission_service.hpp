// What executors and the scheduler service say to each other, as types and as JSON (API v1 of
// docs/openapi). The slot itself is always taken in the host's file, where its owner can be
// checked: the service says who is next.
#pragma once

#include "core/result.hpp"
#include "scheduler/host_state.hpp"

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

// What a host says of itself with each call. Load, memory and pressure are the relay's or the service's to
// fill in for the host that it runs on: never what a job says.
struct HostReport {
  std::string host;              // a name that is stable and different for each host, 1..255 printable bytes
  int slots = 0;                 // 0 = no limit
  RunnerId runner{};             // the GitLab runner on whose behalf the job was accepted; 0 = not known
  std::optional<double> load{};  // 0..1: 1-minute load average / processors, at most 1
  std::optional<double> memory_available{};  // 0..1
  std::optional<double> cpu_pressure{};      // 0..1: PSI some, avg10
};

struct AdmissionQuestion {
  HostReport host;
  AdmissionRequest request{};
};

// Where a job stands in the service's order of its host.
struct AdmissionStanding {
  enum class Kind { next, held };  // next: take a slot now, if the host's file has one
  Kind kind = Kind::next;
  std::size_t position = 1;  // 1 = next
  std::size_t queue_length = 1;
  double score = 0;                    // as the service knows it: replaces the host's own in the host's file
  JobClass job_class = JobClass::low;  // before escalation; as above
  std::optional<Duration> expected{};  // of the job, from the fleet's history
  std::optional<Time> expected_start{};
  std::string reason{};      // one printable sentence
  std::int64_t version = 0;  // changes whenever the standing does: for long polls
};

struct OutcomeReport {
  HostReport host;
  std::vector<JobOutcome> outcomes{};  // at most 100
};

// What names a place in the queue.
struct AdmissionKey {
  JobKey job;
  AttemptId attempt;
  friend auto operator<=>(const AdmissionKey&, const AdmissionKey&) = default;
  friend bool operator==(const AdmissionKey&, const AdmissionKey&) = default;
};

std::string to_json(const AdmissionQuestion& question);
std::string to_json(const AdmissionStanding& standing);
std::string to_json(const OutcomeReport& report);
// Tolerant of unknown members; strict about types, ranges and lengths. Error: invalid_argument with the
// member.
Result<AdmissionQuestion> parse_admission_question(std::string_view json);
Result<AdmissionStanding> parse_admission_standing(std::string_view json);
Result<OutcomeReport> parse_outcome_report(std::string_view json);

// How many outcomes a report holds at most.
inline constexpr std::size_t kMostOutcomes = 100;

// ---- HTTP --------------------------------------------------------------------------------------------
// POST   /api/v1/admissions          AdmissionQuestion -> 200 AdmissionStanding
// GET    /api/v1/admissions?QUERY    -> 200 AdmissionStanding as soon as its version is not `version`;
//                                       204 when it stayed so for `wait` seconds; 404: submit it (again)
// DELETE /api/v1/admissions?QUERY    -> 204, also when there was nothing to leave
// POST   /api/v1/outcomes            OutcomeReport -> 200 {"accepted": N}
// QUERY is gitlab=URL&job=ID&attempt=PATH, and for GET &version=N&wait=SECONDS; percent-encoded.
inline constexpr std::string_view kAdmissionsPath = "/api/v1/admissions";
inline constexpr std::string_view kOutcomesPath = "/api/v1/outcomes";
inline constexpr Duration kLongestPoll = std::chrono::seconds{30};

struct AdmissionPoll {
  AdmissionKey key;
  std::int64_t version = 0;  // that is known already; every standing's is higher
  Duration wait{};           // 0..kLongestPoll, whole seconds; 0 = answer at once
  friend bool operator==(const AdmissionPoll&, const AdmissionPoll&) = default;
};

std::string to_query(const AdmissionKey& key);
std::string to_query(const AdmissionPoll& poll);
// Tolerant of unknown names; strict about the rest. `query` is what stands behind the '?'. Error:
// invalid_argument.
Result<AdmissionPoll> parse_admission_query(std::string_view query);

std::string accepted_json(std::size_t accepted);
Result<std::size_t> parse_accepted(std::string_view json);

// The service as an executor uses it. Implemented in executor/socket.
class AdmissionService {
 public:
  virtual ~AdmissionService() = default;
  // Idempotent by (GitLab URL, job, attempt). Errors mean: the host's own file decides.
  [[nodiscard]] virtual Result<AdmissionStanding> submit(const AdmissionQuestion& question) = 0;
  // The standing, if it has changed since `version`; never blocks. The first call opens a long poll.
  [[nodiscard]] virtual Result<std::optional<AdmissionStanding>> changed(const AdmissionKey& key,
                                                                         std::int64_t version) = 0;
  // The attempt holds a slot now, waits no more, or is over.
  [[nodiscard]] virtual Result<void> leave(const AdmissionKey& key) = 0;
  // How many of them, from the first, the service has made durable.
  [[nodiscard]] virtual Result<std::size_t> deliver(const OutcomeReport& report) = 0;
};

}  // namespace runneriq::scheduler
