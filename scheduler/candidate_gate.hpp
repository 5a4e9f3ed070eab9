// The hard gate: which runners may be given a job now. For few jobs gitlab::could_take() is asked about
// each runner. For many it is asked once per part of the question that jobs have in common (a project,
// a kind of ref, a tag), and the answers are intersected as bits: a runner may take a job when each part
// fits it.
#pragma once

#include "scheduler/assigner.hpp"
#include "scheduler/fleet.hpp"
#include "scheduler/runner_set.hpp"
#include "scheduler/runner_table.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace runneriq::scheduler {

class CandidateGate {
 public:
  // All must outlive this. Only jobs of `jobs` may be asked about.
  CandidateGate(const FleetSnapshot& fleet, const RunnerTable& table, std::span<const RankedJob> jobs);

  static constexpr std::size_t kFewJobs = 8;

  // Rows of runners of the job's GitLab that may be given it; a full runner is one of them.
  void find(const PendingJob& job, RunnerSet& candidates);

  // Why the others may not: as exclusions() says.
  Exclusions exclusions(const PendingJob& job);
  // Tags of the job that some runner lacks which could take it but for its tags.
  std::vector<std::string> lacking_tags(const PendingJob& job);

 private:
  // GitLab, project, its path, whether it takes runners of the instance and of its groups.
  using Scope = std::tuple<std::string_view, ProjectId, std::string_view, bool, bool>;

  void find_one_by_one(const PendingJob& job, RunnerSet& candidates) const;
  void find_by_parts(const PendingJob& job, RunnerSet& candidates);
  void index();
  void index_runners();
  void index_scopes();
  [[nodiscard]] RunnerSet of_gitlab(const PendingJob& job) const;
  void index_tags();
  void index_tags_of(Row row, const std::vector<std::string_view>& wanted);
  [[nodiscard]] const RunnerSet& with_tag(const std::string& tag) const;
  const RunnerSet& in_scope(const PendingJob& job);
  [[nodiscard]] RunnerSet serving(const PendingJob& job) const;
  void keep_fitting_ref(const PendingJob& job, RunnerSet& set) const;
  void keep_tagged(const PendingJob& job, RunnerSet& set) const;

  const FleetSnapshot* fleet_;
  const RunnerTable* table_;
  std::span<const RankedJob> jobs_;
  bool is_indexed_ = false;
  RunnerSet none_;
  RunnerSet known_, offline_, paused_, silent_, available_;  // by what they are
  RunnerSet untagged_, unprotected_;                         // by what they take
  std::unordered_map<std::string_view, RunnerSet> by_tag_;   // of tags that jobs ask for and runners have
  // Runners with known traits that serve the same projects and groups, so that one can be asked for all of
  // them.
  std::map<GitLabUrl, std::vector<RunnerSet>> alike_in_scope_;
  std::map<Scope, RunnerSet> by_scope_;  // of runners with known traits
};

}  // namespace runneriq::scheduler
