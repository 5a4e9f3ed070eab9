// Ends of jobs for tests of alerting, in few words.
#pragma once

#include "alerting/labels.hpp"

#include <string>
#include <utility>

namespace runneriq::alerting {

inline const Time kMorning{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + std::chrono::hours{8}};

// Job `unit` of acme/shop at commit `sha` on main.
inline Classified job_end(std::string sha, bool failed, Time time) {
  Classified end;
  end.event.time = time;
  end.event.project = "acme/shop";
  end.event.ref = "main";
  end.event.sha = std::move(sha);
  end.event.name = "unit";
  end.event.stage = "test";
  end.event.status = failed ? "failed" : "success";
  end.event.failure_reason = failed ? "script_failure" : "";
  end.outcome = failed ? Outcome::failed : Outcome::passed;
  return end;
}

}  // namespace runneriq::alerting
