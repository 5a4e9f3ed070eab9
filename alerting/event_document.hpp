// An event as one line of JSON: for `alerts replay`, and in what is printed.
#pragma once

#include "alerting/event.hpp"
#include "core/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace runneriq::alerting {

// One line: an object with the members time, kind, project, ref, sha, pipeline_id, job_id, name, stage,
// status, allow_failure, failure_reason, source, runner, user, log_excerpt, and gitlab, default_branch, tag,
// url. All may be missing, null, or unknown; numbers may stand as text and ids of projects as numbers. Times:
// RFC 3339, GitLab's webhook form, or Unix seconds (with a fraction, or milliseconds where it is beyond the
// year 5000). A missing time is `otherwise`. Texts are bounded and made valid UTF-8. Error: invalid_argument
// for what is no JSON object, is too deep, or has a time that is none.
Result<Event> parse_event(std::string_view line, Time otherwise);

// Members in the order above; those that are not told are left out.
nlohmann::ordered_json event_document(const Event& event);

}  // namespace runneriq::alerting
