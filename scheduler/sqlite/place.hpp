// The rows of the table of places.
#pragma once

#include "core/process_identity.hpp"
#include "core/result.hpp"
#include "platform/sqlite.hpp"
#include "scheduler/admission.hpp"

#include <optional>
#include <string>
#include <vector>

namespace runneriq::scheduler {

// Stored: never renumber.
enum class PlaceState : int {
  held = 0,
  running = 1,
  left = 2,  // the attempt is over; the place is kept for kPlaceKept
};

// A job's place on this host, whatever its attempt.
struct Place {
  JobKey key;
  AttemptId attempt;        // the latest
  ProcessIdentity runner;   // owner of the attempt
  ProcessIdentity prepare;  // the process that waits while the job is held; same boot
  PlaceState state = PlaceState::held;
  Time arrived;     // first attempt
  Time hold_until;  // arrived + the request's max_hold
  std::optional<Time> admitted_at;
  std::optional<Time> left_at;
  std::string job_name;
  double score = 0;
  JobClass job_class = JobClass::low;
  Duration queued_in_gitlab{};
  DurationEstimate expected;
  friend bool operator==(const Place&, const Place&) = default;
};

// Error: corrupt when a row holds what was never written.
[[nodiscard]] Result<std::vector<Place>> all_places(platform::Database& database);

[[nodiscard]] Result<void> put_place(platform::Database& database, const Place& place);
[[nodiscard]] Result<void> remove_place(platform::Database& database, const JobKey& key);

// The attempt no longer waits or runs; its job keeps the place for a while. Without effect
// when the place is another attempt's.
[[nodiscard]] Result<void> leave_place(platform::Database& database, const JobKey& key,
                                       const AttemptId& attempt, Time now);

}  // namespace runneriq::scheduler
