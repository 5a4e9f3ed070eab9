// The fleet as a JSON document, for `--snapshot` and `--save-snapshot`: for tokens without the
// runner scopes, for tests, for what-if and for bug reports. Documented in docs/snapshot.md.
#pragma once

#include "scheduler/fleet.hpp"

#include <string>
#include <string_view>

namespace runneriq::scheduler {

// {now, runners: [{id, description, tags, online, paused, run_untagged, protected_only, active_jobs,
// max_jobs, zone, …}], jobs: [{id, project_id, name, stage, ref, protected, tags, role, allow_failure,
// manual, retry, queued_seconds, expected_seconds, …}]}; every field may be missing, unknown ones are
// ignored with a sentence in `degraded`. `now` without a value is `now_if_missing`.
// Error: invalid_argument with the path of the bad value ("jobs[3].queued_seconds"), or of the JSON.
Result<FleetSnapshot> parse_snapshot(std::string_view json, Time now_if_missing);

// parse_snapshot(print_snapshot(s)) decides as s does.
std::string print_snapshot(const FleetSnapshot& fleet);

}  // namespace runneriq::scheduler
