#include "scheduler/gate_grants.hpp"

#include "core/tag_names.hpp"
#include "scheduler/gate_words.hpp"

#include <algorithm>

namespace runneriq::scheduler {
namespace {

bool carries(const GatedRunner& runner, const std::string& tag) {
  return std::binary_search(runner.gate->at_rest.begin(), runner.gate->at_rest.end(), tag);
}

bool has(const std::vector<Grant>& grants, std::size_t runner, const std::string& tag) {
  return std::any_of(grants.begin(), grants.end(),
                     [&](const Grant& grant) { return grant.runner == runner && grant.tag == tag; });
}

bool may_get(const GatedRunner& runner, const std::string& tag) {
  return is_grant(tag) && takes_jobs(*runner.runner) && runner.is_fresh && !runner.gate->left_alone &&
         !carries(runner, tag);
}

class GrantPlanner {
 public:
  explicit GrantPlanner(const GateInput& input) : input_(input) {}

  void offer(const GatedRunner& runner, const JobDecision& decision, const std::string& tag) {
    if (!may_get(runner, tag) || has(grants_.made, runner.index, tag)) return;
    const PendingJob& job = input_.fleet.jobs[decision.job];
    const bool permitted =
        input_.permitted &&
        input_.permitted(
            {.runner = *runner.runner, .tag = tag, .job = job.key, .job_class = decision.calibrated});
    std::vector<Grant>& list = permitted ? grants_.made : grants_.unapproved;
    if (has(list, runner.index, tag)) return;
    list.push_back({.runner = runner.index,
                    .tag = tag,
                    .job = job.key,
                    .job_class = decision.calibrated,
                    .reason = words_of_grant(*runner.runner, job, decision.calibrated, tag)});
  }

  Grants finish() {
    std::erase_if(grants_.unapproved,
                  [&](const Grant& grant) { return has(grants_.made, grant.runner, grant.tag); });
    return std::move(grants_);
  }

 private:
  const GateInput& input_;
  Grants grants_;
};

}  // namespace

Grants plan_grants(const GateInput& input, const GateFleet& fleet, const GateOptions& options) {
  GrantPlanner planner{input};
  for (const JobDecision& decision : input.decisions.jobs) {
    const PendingJob& job = input.fleet.jobs[decision.job];
    if (job.wanted_grants.empty() || job.age > options.oldest_data || !decision.assignment.chosen) continue;
    const std::optional<std::size_t> row = fleet.row_of(decision.assignment.chosen->runner);
    if (!row) continue;
    for (const std::string& tag : job.wanted_grants) planner.offer(fleet.at(*row), decision, tag);
  }
  return planner.finish();
}

RunnerSet granted_to(const PendingJob& job, const GateFleet& fleet, const Grants& grants) {
  RunnerSet runners = fleet.nobody();
  for (std::size_t row = 0; row < fleet.size(); ++row) {
    const GatedRunner& runner = fleet.at(row);
    const bool has_all = std::all_of(
        job.wanted_grants.begin(), job.wanted_grants.end(),
        [&](const std::string& tag) { return carries(runner, tag) || has(grants.made, runner.index, tag); });
    if (has_all) runners.add(row);
  }
  return runners;
}

}  // namespace runneriq::scheduler
