#include "scheduler/candidate_gate.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace runneriq::scheduler {
namespace {

using gitlab::JobTraits;
using gitlab::Match;
using gitlab::RunnerTraits;

// Of the runner's tags the job then asks for nothing that it has not, or that it would refuse.
void ask_fitting_tags(JobTraits& job, const RunnerTraits& runner) {
  if (runner.run_untagged || runner.tags.empty()) {
    job.tags.clear();
  } else {
    job.tags.assign(1, runner.tags.front());
  }
}

std::vector<std::string_view> wanted_tags(const FleetSnapshot& fleet, std::span<const RankedJob> jobs) {
  std::unordered_set<std::string_view> different;
  for (const RankedJob& ranked : jobs) {
    const std::vector<std::string>& of_job = fleet.jobs[ranked.job].traits.tags;
    different.insert(of_job.begin(), of_job.end());
  }
  std::vector<std::string_view> tags(different.begin(), different.end());
  std::sort(tags.begin(), tags.end());
  return tags;
}

// Keeps what both sets have, and says how many members that costs.
int narrow(RunnerSet& set, const RunnerSet& to) {
  const int before = set.size();
  set &= to;
  return before - set.size();
}

int take_out(RunnerSet& set, const RunnerSet& what) {
  const int before = set.size();
  set -= what;
  return before - set.size();
}

}  // namespace

CandidateGate::CandidateGate(const FleetSnapshot& fleet, const RunnerTable& table,
                             std::span<const RankedJob> jobs)
    : fleet_(&fleet), table_(&table), jobs_(jobs), none_(table.size()) {}

void CandidateGate::find(const PendingJob& job, RunnerSet& candidates) {
  if (jobs_.size() <= kFewJobs) {
    find_one_by_one(job, candidates);
  } else {
    find_by_parts(job, candidates);
  }
}

void CandidateGate::find_one_by_one(const PendingJob& job, RunnerSet& candidates) const {
  candidates = none_;
  const Rows rows = table_->rows_of(job.key.gitlab);
  for (Row row = rows.from; row < rows.to; ++row) {
    const FleetRunner& runner = table_->at(row);
    if (takes_jobs(runner) && could_take(runner.traits, job.traits) == Match::takes) candidates.add(row);
  }
}

void CandidateGate::find_by_parts(const PendingJob& job, RunnerSet& candidates) {
  index();
  candidates = in_scope(job);
  candidates &= available_;
  keep_fitting_ref(job, candidates);
  keep_tagged(job, candidates);
}

void CandidateGate::index() {
  if (is_indexed_) return;
  index_runners();
  index_scopes();
  index_tags();
  is_indexed_ = true;
}

void CandidateGate::index_runners() {
  for (RunnerSet* set : {&known_, &offline_, &paused_, &silent_, &available_, &untagged_, &unprotected_}) {
    *set = none_;
  }
  for (Row row = 0; row < table_->size(); ++row) {
    const FleetRunner& runner = table_->at(row);
    if (runner.traits_known) known_.add(row);
    if (runner.status != gitlab::RunnerStatus::online) offline_.add(row);
    if (runner.paused) paused_.add(row);
    if (!runner.recent_contact) silent_.add(row);
    if (takes_jobs(runner)) available_.add(row);
    if (runner.traits.run_untagged) untagged_.add(row);
    if (!runner.traits.protected_only) unprotected_.add(row);
  }
}

RunnerSet CandidateGate::of_gitlab(const PendingJob& job) const {
  RunnerSet set = none_;
  const Rows rows = table_->rows_of(job.key.gitlab);
  for (Row row = rows.from; row < rows.to; ++row) set.add(row);
  return set;
}

// ---- scope and ref ------------------------------------------------------------------------

void CandidateGate::index_scopes() {
  const auto serves_others = [](const FleetRunner* a, const FleetRunner* b) {
    return std::tie(a->key.gitlab, a->traits.type, a->traits.projects, a->traits.groups) <
           std::tie(b->key.gitlab, b->traits.type, b->traits.projects, b->traits.groups);
  };
  std::map<const FleetRunner*, RunnerSet, decltype(serves_others)> alike{serves_others};
  known_.for_each([&](Row row) { alike.try_emplace(&table_->at(row), none_).first->second.add(row); });
  for (auto& [runner, rows] : alike) alike_in_scope_[runner->key.gitlab].push_back(std::move(rows));
}

const RunnerSet& CandidateGate::in_scope(const PendingJob& job) {
  const JobTraits& traits = job.traits;
  const Scope scope{job.key.gitlab.value(), traits.project, traits.project_path,
                    traits.takes_instance_runners, traits.takes_group_runners};
  const auto found = by_scope_.find(scope);
  return found != by_scope_.end() ? found->second : by_scope_.emplace(scope, serving(job)).first->second;
}

RunnerSet CandidateGate::serving(const PendingJob& job) const {
  RunnerSet serving = none_;
  const auto of_gitlab = alike_in_scope_.find(job.key.gitlab);
  if (of_gitlab == alike_in_scope_.end()) return serving;
  JobTraits asked = job.traits;
  asked.ref_protected = true;
  for (const RunnerSet& alike : of_gitlab->second) {
    const RunnerTraits& runner = table_->at(alike.first()).traits;
    ask_fitting_tags(asked, runner);
    if (gitlab::could_take(runner, asked) != Match::out_of_scope) serving |= alike;
  }
  return serving;
}

void CandidateGate::keep_fitting_ref(const PendingJob& job, RunnerSet& set) const {
  if (!job.traits.ref_protected) set &= unprotected_;
}

// ---- tags ---------------------------------------------------------------------------------

void CandidateGate::index_tags() {
  const std::vector<std::string_view> wanted = wanted_tags(*fleet_, jobs_);
  if (wanted.empty()) return;
  for (Row row = 0; row < table_->size(); ++row) index_tags_of(row, wanted);
}

// Both lists are sorted: each tag of the runner is looked for behind the one before.
void CandidateGate::index_tags_of(Row row, const std::vector<std::string_view>& wanted) {
  auto from = wanted.begin();
  for (const std::string& tag : table_->at(row).traits.tags) {
    from = std::lower_bound(from, wanted.end(), std::string_view{tag});
    if (from == wanted.end()) return;
    if (*from == tag) by_tag_.try_emplace(*from, none_).first->second.add(row);
  }
}

const RunnerSet& CandidateGate::with_tag(const std::string& tag) const {
  const auto found = by_tag_.find(tag);
  return found == by_tag_.end() ? none_ : found->second;
}

void CandidateGate::keep_tagged(const PendingJob& job, RunnerSet& set) const {
  if (job.traits.tags.empty()) set &= untagged_;
  for (const std::string& tag : job.traits.tags) set &= with_tag(tag);
}

// ---- reasons ------------------------------------------------------------------------------

Exclusions CandidateGate::exclusions(const PendingJob& job) {
  index();
  Exclusions found;
  const auto count = [&](Match match) -> int& { return found.by_match.at(static_cast<std::size_t>(match)); };
  RunnerSet rest = of_gitlab(job);
  found.unknown_traits = narrow(rest, known_);
  count(Match::out_of_scope) = narrow(rest, in_scope(job));
  if (!job.traits.ref_protected) count(Match::ref_unprotected) = narrow(rest, unprotected_);
  const int before = rest.size();
  keep_tagged(job, rest);
  count(job.traits.tags.empty() ? Match::untagged_refused : Match::tags_missing) = before - rest.size();
  found.offline = take_out(rest, offline_);
  found.paused = take_out(rest, paused_);
  found.silent = take_out(rest, silent_);
  return found;
}

std::vector<std::string> CandidateGate::lacking_tags(const PendingJob& job) {
  index();
  RunnerSet rest = in_scope(job);
  keep_fitting_ref(job, rest);
  std::vector<std::string> lacking;
  for (const std::string& tag : job.traits.tags) {
    RunnerSet without = rest;
    if (take_out(without, with_tag(tag)) < rest.size()) lacking.push_back(tag);
  }
  return lacking;
}

}  // namespace runneriq::scheduler
