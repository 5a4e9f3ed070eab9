// `lanes plan`: which lanes the pipelines of a .gitlab-ci.yml should have, why, and what has to be
// added to the file for it. Pure.
#pragma once

#include "gitlab/ci_config.hpp"
#include "gitlab/matcher.hpp"
#include "scheduler/lane_rules.hpp"
#include "scheduler/text_edits.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

enum class LaneScope { pipeline, job };

struct PlanInput {
  std::string_view text;                     // of the file
  const gitlab::CiConfig* file;              // the same, read; not null
  const gitlab::CiConfig* merged = nullptr;  // as GitLab merges it with its includes; null = not known
  LaneScope scope = LaneScope::pipeline;
  LaneTerms terms;
  const PipelineHistory* history;  // not null
};

// A job with what becomes of it.
struct PlannedJob {
  std::string name;
  int line = 0;                        // 0 = in an included file
  std::vector<std::string> tags = {};  // today's, variables as written
  bool gets_lane = true;
  std::optional<JobLane> lane = {};  // with one lane per job
};

struct LanePlan {
  LaneScope scope = LaneScope::pipeline;
  std::size_t default_lane = 0;
  std::vector<LaneRule> rules;  // with one lane per pipeline
  std::vector<PlannedJob> jobs;
  std::vector<TextEdit> edits;
  std::vector<std::size_t> new_rules;  // which of workflow:rules in the edited file are added ones
  std::vector<std::string> notes;      // what is not reached or not seen, in sentences
  std::vector<std::string> refusals;   // why this must not be done, with the remedy; empty = it may
};

LanePlan plan_lanes(const PlanInput& input);

// Whether `after` is `before` with lanes and nothing else: rules that were added, RUNNERIQ_LANE, and tags
// of ours apart they say the same. Error: where they first differ.
Result<void> only_lanes_differ(const gitlab::CiConfig& before, const gitlab::CiConfig& after,
                               const LanePlan& plan);

// Adds to the plan's refusals for each job whose set of runners the lanes would change: runners that
// could take it and have no lanes, and runners that could not take it as long as it has no tags.
// `project` is the one that the file is of.
void check_reach(LanePlan& plan, const std::vector<gitlab::Runner>& runners, const gitlab::JobTraits& project,
                 const Lanes& lanes);

}  // namespace runneriq::scheduler
