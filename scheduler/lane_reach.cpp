// Whether the runners that can take a job are the same with a lane.
#include "core/joined.hpp"
#include "core/printable.hpp"
#include "core/tag_names.hpp"
#include "scheduler/lane_plan.hpp"

#include <algorithm>
#include <map>

namespace runneriq::scheduler {
namespace {

using gitlab::JobTraits;
using gitlab::Match;
using gitlab::Runner;
using gitlab::RunnerTraits;

// What a runner has when no lease has changed it.
RunnerTraits at_rest(RunnerTraits traits, const Lanes& lanes) {
  const bool managed = std::ranges::find(traits.tags, kManagedTag) != traits.tags.end();
  if (managed) traits.tags.insert(traits.tags.end(), lanes.tags().begin(), lanes.tags().end());
  std::ranges::sort(traits.tags);
  const auto twice = std::ranges::unique(traits.tags);
  traits.tags.erase(twice.begin(), twice.end());
  return traits;
}

std::vector<std::string> lanes_wanted(const LanePlan& plan, const PlannedJob& job, const Lanes& lanes) {
  if (job.lane) return {lanes.tag(job.lane->lane)};
  std::set<std::size_t> wanted{plan.default_lane};
  for (const LaneRule& rule : plan.rules) wanted.insert(rule.lane);
  std::vector<std::string> tags;
  for (const std::size_t lane : wanted) tags.push_back(lanes.tag(lane));
  return tags;
}

bool has_variables(const std::vector<std::string>& tags) {
  return std::ranges::any_of(
      tags, [](const std::string& tag) { return !is_ours(tag) && tag.find('$') != std::string::npos; });
}

std::string title_of(const Runner& runner) {
  return "runner " + std::to_string(runner.id.value()) +
         (runner.description.empty() ? "" : " (" + printable(runner.description, 60) + ")");
}

struct Change {
  std::vector<std::string> lost;    // runners that could take the job, and could not with a lane
  std::vector<std::string> gained;  // the other way round
};

bool takes(const RunnerTraits& runner, JobTraits job, std::vector<std::string> tags) {
  std::ranges::sort(tags);
  job.tags = std::move(tags);
  return could_take(runner, job) == Match::takes;
}

Change change_for(const PlannedJob& job, const std::vector<std::string>& wanted,
                  const std::vector<Runner>& runners, const JobTraits& project, const Lanes& lanes) {
  std::vector<std::string> users;
  std::ranges::copy_if(job.tags, std::back_inserter(users),
                       [](const std::string& tag) { return !is_ours(tag); });
  Change change;
  for (const Runner& runner : runners) {
    if (!runner.traits) continue;
    const RunnerTraits traits = at_rest(*runner.traits, lanes);
    const bool before = takes(traits, project, users);
    const auto with_lane = [&](const std::string& lane) {
      std::vector<std::string> tags = users;
      tags.push_back(lane);
      return takes(traits, project, tags);
    };
    if (before && !std::ranges::all_of(wanted, with_lane)) change.lost.push_back(title_of(runner));
    if (!before && std::ranges::any_of(wanted, with_lane)) change.gained.push_back(title_of(runner));
  }
  return change;
}

std::string jobs_text(const std::vector<std::string>& jobs) {
  return (jobs.size() == 1 ? "job " : "jobs ") + joined(jobs, ", ");
}

void refuse_for(LanePlan& plan, const std::map<std::string, std::vector<std::string>>& by_runners,
                std::string_view what, std::string_view remedy) {
  for (const auto& [runners, jobs] : by_runners) {
    plan.refusals.push_back(jobs_text(jobs) + ": " + runners + " " + std::string(what) + ": " +
                            std::string(remedy));
  }
}

}  // namespace

void check_reach(LanePlan& plan, const std::vector<Runner>& runners, const JobTraits& project,
                 const Lanes& lanes) {
  std::map<std::string, std::vector<std::string>> lost, gained;
  JobTraits job_of_project = project;
  // Whatever a runner for protected refs may take, it may take with a lane too, or not.
  job_of_project.ref_protected = true;
  for (const PlannedJob& job : plan.jobs) {
    if (!job.gets_lane) continue;
    if (has_variables(job.tags)) {
      plan.notes.push_back("job " + quoted_text(job.name) +
                           " has tags from variables: whether its runners have the lanes was not checked");
      continue;
    }
    const Change change = change_for(job, lanes_wanted(plan, job, lanes), runners, job_of_project, lanes);
    if (!change.lost.empty()) lost[joined(change.lost, ", ")].push_back(quoted_text(job.name));
    if (!change.gained.empty()) gained[joined(change.gained, ", ")].push_back(quoted_text(job.name));
  }
  refuse_for(plan, lost, "could take it today and not with a lane",
             "run `runneriq lanes install` for these runners first");
  refuse_for(plan, gained, "takes no jobs without tags today and could take it with a lane",
             "give the job a tag that only its own runners have, or take the lanes off these runners "
             "(`runneriq lanes remove`)");
}

}  // namespace runneriq::scheduler
