// The fleet at a glance and the queue, drawn from a tick's document so that all of them say the same.
#pragma once

#include "core/time.hpp"
#include "scheduler/admission.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>

namespace runneriq::cli {

// {"now", "run", "mode", "runners": {"total", "by_state": {"free": …}}, "slots": {"total", "busy"},
// "pending":
// {"total", "by_class"}, "oldest": {…} or null, "split",
// "changes", "stuck_jobs", "flags", "degraded", "api"}.
// A runner is in one state: paused; free or full (it takes jobs); silent (online, but may not be
// given jobs: no recent contact, or no details yet); else GitLab's status.
nlohmann::json status_document(const nlohmann::json& tick);

// {"now", "queue": [{"position", "job_id", …, "expected_start", "runner_id"}], "host": {"slots",
// "running", "held"} or null, "degraded"}. Positions count what the tick document shows.
nlohmann::json queue_document(const nlohmann::json& tick, const std::optional<scheduler::HostQueue>& host,
                              Time now);

}  // namespace runneriq::cli
