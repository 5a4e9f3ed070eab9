#include "scheduler/lane_rules.hpp"

#include "core/glob.hpp"
#include "core/printable.hpp"
#include "scheduler/analyzer.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace runneriq::scheduler {
namespace {

using gitlab::CiJob;
using Of = LaneRule::Of;

constexpr std::string_view kMergeRequests = "$CI_PIPELINE_SOURCE == \"merge_request_event\"";
// Fewer pipelines per lane say nothing of its bounds.
constexpr std::size_t kFewestPerLane = 3;

bool is_literal(const std::string& pattern) {
  return pattern.find_first_of("*?") == std::string::npos;
}

// A shell pattern as a regular expression of GitLab's.
std::string expression_of(std::string_view pattern) {
  constexpr std::string_view kSpecial = "\\/.+^$()[]{}|";
  std::string expression;
  for (const char c : pattern) {
    if (c == '*') {
      expression += ".*";
    } else if (c == '?') {
      expression += '.';
    } else {
      if (kSpecial.find(c) != std::string_view::npos) expression += '\\';
      expression += c;
    }
  }
  return expression;
}

// Pipelines that the analyzer ranks alike.
struct RefGroup {
  std::string condition;
  std::string pipelines;
  JobFacts facts;  // of a job there, but for its name
  std::vector<std::string> patterns{};
  Of of = Of::branch;
};

JobFacts facts_of_ref(std::string ref, RefKind kind, const std::string& default_branch) {
  JobFacts facts;
  facts.ref = std::move(ref);
  facts.ref_kind = kind;
  facts.default_branch = default_branch;
  // Production refs are protected, as a rule; the gate asks GitLab itself before it believes a lane.
  facts.ref_protected = true;
  return facts;
}

std::string sample_of(std::string pattern) {
  std::ranges::replace(pattern, '*', 'x');
  std::ranges::replace(pattern, '?', 'x');
  return pattern;
}

RefGroup branches(std::vector<std::string> patterns, std::string condition, const std::string& main) {
  std::string names;
  for (const std::string& pattern : patterns) names += (names.empty() ? "" : ", ") + pattern;
  JobFacts facts = facts_of_ref(sample_of(patterns.front()), RefKind::branch, main);
  return {.condition = std::move(condition),
          .pipelines = "branches " + names,
          .facts = std::move(facts),
          .patterns = std::move(patterns)};
}

// Production in the order of its rules; names without wildcards share one.
std::vector<RefGroup> production_groups(const PriorityRules& rules, const std::string& main) {
  std::vector<RefGroup> groups{{.condition = "$CI_COMMIT_TAG",
                                .pipelines = "tags",
                                .facts = facts_of_ref("v1", RefKind::tag, main),
                                .of = Of::tags},
                               {.condition = "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
                                .pipelines = "the default branch",
                                .facts = facts_of_ref(main, RefKind::branch, main),
                                .patterns = {main},
                                .of = Of::default_branch}};
  std::vector<std::string> names;
  std::string alternatives;
  for (const std::string& ref : rules.production_refs) {
    if (!is_literal(ref)) continue;
    names.push_back(ref);
    alternatives += (alternatives.empty() ? "" : "|") + expression_of(ref);
  }
  if (!names.empty())
    groups.push_back(branches(names, "$CI_COMMIT_BRANCH =~ /^(" + alternatives + ")$/", main));
  for (const std::string& ref : rules.production_refs) {
    if (is_literal(ref)) continue;
    groups.push_back(branches({ref}, "$CI_COMMIT_BRANCH =~ /^" + expression_of(ref) + "$/", main));
  }
  return groups;
}

struct Urgent {
  const CiJob* job = nullptr;
  Priority priority{};
};

Urgent most_urgent(const std::vector<CiJob>& jobs, const JobFacts& of_ref, const PriorityRules& rules) {
  Urgent most;
  for (const CiJob& job : jobs) {
    JobFacts facts = of_ref;
    facts.name = job.name;
    facts.stage = job.stage;
    facts.allow_failure = job.allow_failure;
    Priority priority = analyze(facts, rules);
    if (most.job == nullptr || priority.score > most.priority.score) most = {&job, std::move(priority)};
  }
  return most;
}

bool is_of(const PastJob& job, const RefGroup& group) {
  if (job.ref_kind != group.facts.ref_kind) return false;
  if (job.ref_kind != RefKind::branch) return true;
  return std::ranges::any_of(group.patterns,
                             [&](const std::string& pattern) { return glob_matches(pattern, job.ref); });
}

std::vector<const PastJob*> taken_from(std::vector<const PastJob*>& past, const RefGroup& group) {
  std::vector<const PastJob*> taken;
  for (const PastJob* job : past) {
    if (is_of(*job, group)) taken.push_back(job);
  }
  std::erase_if(past, [&](const PastJob* job) { return is_of(*job, group); });
  return taken;
}

struct Work {
  std::optional<Duration> expected{};
  std::size_t jobs = 0;   // that such a pipeline has
  std::size_t timed = 0;  // of these, with a median
};

// The jobs that ran in such pipelines before; where none has, all of the file.
Work work_of(const std::vector<CiJob>& jobs, const std::vector<const PastJob*>& past,
             const PipelineHistory& history) {
  Work work;
  Duration sum{};
  for (const CiJob& job : jobs) {
    const bool ran = std::ranges::any_of(past, [&](const PastJob* run) { return run->name == job.name; });
    if (!past.empty() && !ran) continue;
    ++work.jobs;
    const auto median = history.medians.find(job.name);
    if (median == history.medians.end()) continue;
    ++work.timed;
    sum += median->second;
  }
  if (work.timed > 0) work.expected = sum;
  return work;
}

std::string words_of(const Work& work) {
  if (!work.expected) return "no history";
  std::string words = "about " + work_text(*work.expected) + " of work";
  if (work.timed < work.jobs) {
    words +=
        " in the " + std::to_string(work.timed) + " of " + std::to_string(work.jobs) + " jobs with history";
  }
  return words;
}

void choose_by_work(LaneRule& rule, const Work& work, const PipelineHistory& history, const Lanes& lanes) {
  const auto lane =
      work.expected ? lane_of_work(*work.expected, history.pipelines, lanes) : std::optional<std::size_t>{};
  rule.lane = lane.value_or(default_lane(lanes));
  const std::string basis =
      lane ? "its place among the fleet's last " + std::to_string(history.pipelines.size()) + " pipelines"
           : "the middle lane, as too little is known to compare it with";
  rule.reason = words_of(work) + ": " + basis;
}

LaneRule by_class(const RefGroup& group, const std::vector<CiJob>& jobs, const LaneTerms& terms,
                  const PipelineHistory& history, const std::vector<const PastJob*>& past) {
  const Work work = work_of(jobs, past, history);
  LaneRule rule{.condition = group.condition,
                .pipelines = group.pipelines,
                .reason = {},
                .of = group.of,
                .work = work.expected,
                .past_jobs = past.size()};
  const Urgent urgent = most_urgent(jobs, group.facts, *terms.rules);
  const std::size_t lane = terms.lanes->permitted(urgent.priority.job_class);
  if (urgent.job == nullptr || !terms.lanes->goes_by_class(lane)) {
    choose_by_work(rule, work, history, *terms.lanes);
    return rule;
  }
  rule.lane = lane;
  std::array<char, 16> score{};
  std::snprintf(score.data(), score.size(), "%.1f", urgent.priority.score);
  rule.reason = "job " + quoted_text(urgent.job->name) + " is " +
                std::string(to_text(urgent.priority.job_class)) + " there (" + score.data() + "); " +
                words_of(work);
  return rule;
}

LaneRule by_work(std::string_view condition, std::string_view pipelines, Of of,
                 const std::vector<CiJob>& jobs, const std::vector<const PastJob*>& past,
                 const PipelineHistory& history, const Lanes& lanes) {
  const Work work = work_of(jobs, past, history);
  LaneRule rule{.condition = std::string(condition),
                .pipelines = std::string(pipelines),
                .reason = {},
                .of = of,
                .work = work.expected,
                .past_jobs = past.size()};
  choose_by_work(rule, work, history, lanes);
  return rule;
}

std::vector<const PastJob*> all_of(const std::vector<PastJob>& past) {
  std::vector<const PastJob*> all;
  for (const PastJob& job : past) all.push_back(&job);
  return all;
}

std::string main_of(const PipelineHistory& history) {
  return history.default_branch.empty() ? "main" : history.default_branch;
}

PastJob past_of(const gitlab::Job& job) {
  const bool merge_request = gitlab::merge_request_of_ref(job.ref).has_value();
  return {.name = job.name,
          .ref = job.ref,
          .ref_kind = merge_request ? RefKind::merge_request
                      : job.is_tag  ? RefKind::tag
                                    : RefKind::branch};
}

}  // namespace

PipelineHistory pipeline_history(std::span<const gitlab::FleetReading> readings, ProjectId project) {
  PipelineHistory history;
  for (const gitlab::FleetReading& reading : readings) {
    std::map<std::pair<ProjectId, PipelineId>, Duration> work;
    for (const gitlab::Job& job : reading.finished) {
      if (job.project == project) history.past.push_back(past_of(job));
      history.jobs.push_back(job.ran.value_or(Duration::zero()));
      work[{job.project, job.pipeline}] += job.ran.value_or(Duration::zero());
    }
    for (const auto& [pipeline, sum] : work) history.pipelines.push_back(sum);
    for (const gitlab::Project& one : reading.projects) {
      if (one.id == project) history.default_branch = one.default_branch;
    }
  }
  std::ranges::sort(history.pipelines);
  std::ranges::sort(history.jobs);
  return history;
}

std::size_t default_lane(const Lanes& lanes) {
  std::vector<std::size_t> by_duration;
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
    if (!lanes.goes_by_class(lane)) by_duration.push_back(lane);
  }
  return by_duration.empty() ? lanes.size() - 1 : by_duration[by_duration.size() / 2];
}

std::optional<std::size_t> lane_of_work(Duration work, const std::vector<Duration>& all, const Lanes& lanes) {
  std::vector<std::size_t> by_duration;
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
    if (!lanes.goes_by_class(lane)) by_duration.push_back(lane);
  }
  const std::size_t count = by_duration.size();
  if (count == 0 || all.size() < count * kFewestPerLane) return std::nullopt;
  std::size_t chosen = 0;
  while (chosen + 1 < count && work >= all[all.size() * (chosen + 1) / count]) ++chosen;
  return by_duration[chosen];
}

std::vector<LaneRule> lane_rules(const std::vector<CiJob>& jobs, const LaneTerms& terms,
                                 const PipelineHistory& history) {
  std::vector<const PastJob*> past = all_of(history.past);
  std::vector<LaneRule> rules;
  for (const RefGroup& group : production_groups(*terms.rules, main_of(history))) {
    rules.push_back(by_class(group, jobs, terms, history, taken_from(past, group)));
  }
  RefGroup merge_requests;
  merge_requests.facts.ref_kind = RefKind::merge_request;
  const auto reviewed = taken_from(past, merge_requests);
  rules.push_back(
      by_work(kMergeRequests, "merge requests", Of::merge_requests, jobs, reviewed, history, *terms.lanes));
  rules.push_back(by_work("", "all others", Of::others, jobs, past, history, *terms.lanes));
  return rules;
}

LaneRule rule_of_branch(const std::string& branch, const std::vector<CiJob>& jobs, const LaneTerms& terms,
                        const PipelineHistory& history) {
  std::vector<const PastJob*> past = all_of(history.past);
  const RefGroup group = branches({branch}, "", main_of(history));
  return by_class(group, jobs, terms, history, taken_from(past, group));
}

JobLane lane_of_job(const CiJob& job, const LaneTerms& terms, const PipelineHistory& history) {
  const std::string main = main_of(history);
  const Urgent urgent = most_urgent({job}, facts_of_ref(main, RefKind::branch, main), *terms.rules);
  const std::size_t first = terms.lanes->permitted(JobClass::critical);
  if (urgent.priority.job_class == JobClass::critical && terms.lanes->goes_by_class(first)) {
    return {first, "CRITICAL in production; elsewhere the gate ranks it by its class"};
  }
  const auto median = history.medians.find(job.name);
  if (median == history.medians.end()) return {default_lane(*terms.lanes), "no history: the middle lane"};
  const auto lane = lane_of_work(median->second, history.jobs, *terms.lanes);
  return {lane.value_or(default_lane(*terms.lanes)),
          "about " + work_text(median->second) +
              (lane ? ", its place among the fleet's last " + std::to_string(history.jobs.size()) + " jobs"
                    : ": too little is known to compare it with")};
}

std::string work_text(Duration work) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(work).count();
  return seconds < 120 ? std::to_string(seconds) + " s" : std::to_string((seconds + 30) / 60) + " min";
}

}  // namespace runneriq::scheduler
