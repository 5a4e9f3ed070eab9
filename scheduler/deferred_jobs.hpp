// Which manual jobs RunnerIQ may start, and until when: those that somebody has marked with a deadline. Pure.
#pragma once

#include "carbon/deferral.hpp"
#include "carbon/options.hpp"
#include "gitlab/manual_jobs.hpp"
#include "scheduler/fleet.hpp"
#include "scheduler/priority.hpp"
#include "scheduler/waiting_jobs.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

// A variable of the pipeline or of the job: an RFC 3339 time, or a duration from the pipeline's creation
// ("20h"). Empty = the job is not to be deferred, whatever the rules say.
inline constexpr std::string_view kDeadlineVariable = "RUNNERIQ_DEADLINE";

// From the pipeline's creation.
inline constexpr Duration kLongestDeadline = std::chrono::hours{24 * 30};
// Errors: invalid_argument, one sentence: neither of the two, or beyond kLongestDeadline.
Result<Time> parse_deadline(std::string_view text, Time pipeline_created);

// A marked job that may be started.
struct DeferredJob {
  JobKey key;
  ProjectId project;
  PipelineId pipeline;
  std::string name;
  std::string mark;  // "RUNNERIQ_DEADLINE", "rule nightly"
  JobClass job_class = JobClass::low;
  carbon::DeferrableJob terms;  // `longest`: see longest_of()
};

// A marked job that is left alone.
struct LeftOut {
  JobKey key;
  std::string why;  // one sentence with the job's number, printable
};

struct DeferredJobs {
  std::vector<DeferredJob> jobs;  // by key
  std::vector<LeftOut> left_out;  // by key
};

// What manual jobs of one GitLab are judged by.
struct DeferralScene {
  const FleetSnapshot& fleet;  // at rest: its runners and their zones
  const PriorityRules& priority;
  std::span<const carbon::DeferralRule> rules;
  double watts = 6;  // of a job, unless something is known of it
  Time now;
};

// The history keys of those jobs that may be deferred, sorted, each once: what deferred_jobs() is to be given
// the histories of.
std::vector<HistoryKey> deferrable_keys(const GitLabUrl& gitlab, std::span<const gitlab::ManualJob> manual,
                                        std::span<const carbon::DeferralRule> rules);

// A job counts as it would if it were pending now. Left alone are
// - jobs whose pipeline waits for them (no allow_failure): others wait;
// - CRITICAL and HIGH ones: carbon delays none of those;
// - those whose deadline cannot be read, or is over;
// - those that no runner could take now, were their ref protected or not: started, they would only get stuck.
// `keys` and `histories` belong together one by one.
DeferredJobs deferred_jobs(const GitLabUrl& gitlab, std::span<const gitlab::ManualJob> manual,
                           std::span<const HistoryKey> keys, std::span<const JobHistory> histories,
                           const DeferralScene& scene);

// What a deadline is kept with: the p90 of the job's last ten runs at most (by nearest rank, so of fewer than
// ten the longest); half as much again where it never ran and others had to tell.
Duration longest_of(const DurationEstimate& estimate);

}  // namespace runneriq::scheduler
