// The four classes of a job, and how waiting raises them.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace runneriq::scheduler {

// Stored in state files: never renumber. Lower is sooner.
enum class JobClass : int { critical = 0, high = 1, medium = 2, low = 3 };

inline constexpr std::array kJobClasses{JobClass::critical, JobClass::high, JobClass::medium, JobClass::low};

std::string_view to_text(JobClass job_class);             // "CRITICAL", …
Result<JobClass> parse_job_class(std::string_view text);  // case does not matter

// CRITICAL from 90, HIGH from 70, MEDIUM from 55, else LOW; `score` in 0..100.
JobClass class_of_score(double score);

// The class after waiting `waited` (GitLab's queue time and the hold together): LOW becomes
// MEDIUM after 5 min, MEDIUM becomes HIGH after 20, HIGH becomes CRITICAL after 60, each
// counted from the start of the wait, so a LOW job that waited an hour is CRITICAL.
JobClass escalated(JobClass job_class, Duration waited);

// Whoever waited this long is CRITICAL, whatever the class was.
inline constexpr Duration kCriticalAfter = std::chrono::minutes{60};

}  // namespace runneriq::scheduler
