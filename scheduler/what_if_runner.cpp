#include "core/printable.hpp"
#include "scheduler/what_if_parts.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace runneriq::scheduler {
namespace {

using gitlab::Match;

constexpr std::size_t kMostFound = 2;
constexpr std::size_t kMostPerFamily = 40;        // changes of one kind that are looked at
constexpr std::size_t kJobsDecidedAnew = 40'000;  // over all tries, each of which decides all jobs ahead
constexpr std::size_t kFewestTries = 4, kMostTries = 40;

// Exactly one of a runner and the job is another one than it is.
struct FleetChange {
  std::string words;
  std::size_t runner = 0;
  std::optional<FleetRunner> changed_runner;
  std::optional<gitlab::JobTraits> changed_job;
};

std::string name_of(const FleetRunner& runner) {
  return "runner " + std::to_string(runner.key.runner.value());
}

std::string name_of(const std::optional<RunnerKey>& runner) {
  return runner ? "runner " + std::to_string(runner->runner.value()) : "no runner";
}

std::optional<RunnerKey> chosen_by(const Assignment& assignment, const FleetSnapshot& fleet) {
  if (!assignment.chosen) return std::nullopt;
  return fleet.runners[assignment.chosen->runner].key;
}

std::vector<std::string> not_among(const std::vector<std::string>& some,
                                   const std::vector<std::string>& others) {
  std::vector<std::string> rest;
  std::ranges::set_difference(some, others, std::back_inserter(rest));
  return rest;
}

// ---- changes of one runner ----------------------------------------------------------------
// Each returns nothing where it would not help this job.

using Change = std::optional<FleetChange> (*)(const FleetRunner&, const PendingJob&);

bool could_take(const FleetRunner& runner, const PendingJob& job) {
  return runner.traits_known && gitlab::could_take(runner.traits, job.traits) == Match::takes;
}

FleetChange changed(const FleetRunner& runner, std::string words) {
  return {.words = std::move(words), .runner = 0, .changed_runner = runner, .changed_job = std::nullopt};
}

std::optional<FleetChange> one_more_slot(const FleetRunner& runner, const PendingJob& job) {
  if (!could_take(runner, job) || !takes_jobs(runner)) return std::nullopt;
  FleetChange change = changed(runner, "one more free slot on " + name_of(runner));
  const int used = std::max(runner.active_jobs, runner.max_jobs);
  change.changed_runner->max_jobs = used + 1;
  return change;
}

std::optional<FleetChange> one_tag_less(const FleetRunner& runner, const PendingJob& job) {
  if (!could_take(runner, job) || !takes_jobs(runner)) return std::nullopt;
  const auto further = not_among(runner.traits.tags, job.traits.tags);
  if (further.empty()) return std::nullopt;
  FleetChange change = changed(runner, name_of(runner) + " without its tag " + quoted_text(further.front()));
  std::erase(change.changed_runner->traits.tags, further.front());
  return change;
}

std::optional<FleetChange> one_tag_more(const FleetRunner& runner, const PendingJob& job) {
  const auto lacking = not_among(job.traits.tags, runner.traits.tags);
  if (!runner.traits_known || !takes_jobs(runner) || lacking.size() != 1) return std::nullopt;
  FleetChange change = changed(runner, "the tag " + quoted_text(lacking.front()) + " on " + name_of(runner));
  auto& tags = change.changed_runner->traits.tags;
  tags.insert(std::ranges::upper_bound(tags, lacking.front()), lacking.front());
  return could_take(*change.changed_runner, job) ? std::optional{change} : std::nullopt;
}

std::optional<FleetChange> online(const FleetRunner& runner, const PendingJob& job) {
  if (!could_take(runner, job) || takes_jobs(runner)) return std::nullopt;
  FleetChange change = changed(runner, name_of(runner) + " online and in contact");
  change.changed_runner->status = gitlab::RunnerStatus::online;
  change.changed_runner->recent_contact = true;
  return takes_jobs(*change.changed_runner) ? std::optional{change} : std::nullopt;
}

std::optional<FleetChange> not_paused(const FleetRunner& runner, const PendingJob& job) {
  if (!could_take(runner, job) || !runner.paused) return std::nullopt;
  FleetChange change = changed(runner, name_of(runner) + " not paused");
  change.changed_runner->paused = false;
  return takes_jobs(*change.changed_runner) ? std::optional{change} : std::nullopt;
}

constexpr Change kFamilies[] = {one_more_slot, one_tag_less, online, not_paused, one_tag_more};

std::vector<FleetChange> tag_changes_of(const PendingJob& job) {
  std::vector<FleetChange> changes;
  for (const std::string& tag : job.traits.tags) {
    gitlab::JobTraits traits = job.traits;
    std::erase(traits.tags, tag);
    changes.push_back({.words = "the job without its tag " + quoted_text(tag),
                       .runner = 0,
                       .changed_runner = std::nullopt,
                       .changed_job = std::move(traits)});
  }
  return changes;
}

// ---- trying -------------------------------------------------------------------------------

class Trial {
 public:
  Trial(const FleetSnapshot& fleet, const Decisions& decisions, std::size_t decision,
        const AssignerOptions& options, Advisor& advisor)
      : fleet_(fleet),
        altered_(fleet),
        own_(decisions.jobs[decision].job),
        now_(chosen_by(decisions.jobs[decision].assignment, fleet)),
        second_(decisions.jobs[decision].assignment.runner_up),
        options_(options),
        advisor_(advisor) {
    for (std::size_t i = 0; i <= decision; ++i) {
      ahead_.push_back({decisions.jobs[i].job, decisions.jobs[i].job_class});
    }
    set_alone(decisions, decision);
    unchanged_ = alone_choice();
    tries_left_ = std::clamp(kJobsDecidedAnew / ahead_.size(), kFewestTries, kMostTries);
  }

  std::vector<Alternative> run() {
    std::vector<Alternative> found;
    const auto runners = most_promising_first();
    for (const Change family : kFamilies) {
      add_first_that_works(of_family(family, runners), found);
    }
    add_first_that_works(tag_changes_of(fleet_.jobs[own_]), found);
    return found;
  }

 private:
  // The fleet as the job meets it: those ahead have their runners already.
  void set_alone(const Decisions& decisions, std::size_t decision) {
    const PendingJob& job = fleet_.jobs[own_];
    alone_.now = fleet_.now;
    alone_.runners = fleet_.runners;
    alone_.carbon = fleet_.carbon;
    for (std::size_t i = 0; i < decision; ++i) {
      if (const auto& chosen = decisions.jobs[i].assignment.chosen)
        ++alone_.runners[chosen->runner].active_jobs;
    }
    alone_.jobs = {job};
    alone_.histories = {fleet_.histories.front(), fleet_.histories[job.history]};
    alone_.jobs.front().history = 1;
  }

  // The runner-up, then those with the least to do.
  [[nodiscard]] std::vector<std::size_t> most_promising_first() const {
    std::vector<std::size_t> runners(fleet_.runners.size());
    std::iota(runners.begin(), runners.end(), std::size_t{0});
    const auto load = [&](std::size_t i) {
      return static_cast<double>(alone_.runners[i].active_jobs) / alone_.runners[i].max_jobs;
    };
    std::ranges::stable_sort(runners, {}, [&](std::size_t i) {
      return std::pair{second_ && second_->runner == i ? 0 : 1, load(i)};
    });
    return runners;
  }

  [[nodiscard]] std::vector<FleetChange> of_family(Change family,
                                                   const std::vector<std::size_t>& runners) const {
    std::vector<FleetChange> changes;
    const PendingJob& job = fleet_.jobs[own_];
    for (const std::size_t runner : runners) {
      if (changes.size() == kMostPerFamily) break;
      const FleetRunner& candidate = fleet_.runners[runner];
      if (candidate.key == now_ || candidate.key.gitlab != job.key.gitlab) continue;
      if (auto change = family(candidate, job)) {
        change->runner = runner;
        changes.push_back(*std::move(change));
      }
    }
    return changes;
  }

  void add_first_that_works(const std::vector<FleetChange>& changes, std::vector<Alternative>& found) {
    for (const FleetChange& change : changes) {
      if (found.size() == kMostFound) return;
      if (!is_promising(change) || tries_left_ == 0) continue;
      --tries_left_;
      const auto runner = decided_anew(change);
      if (!runner || runner == now_) continue;
      found.push_back({change.words, name_of(runner) + " in place of " + name_of(now_)});
      return;
    }
  }

  // A cheap look at the job alone; decided_anew() has the last word.
  bool is_promising(const FleetChange& change) {
    const int more = alone_.runners[change.runner].active_jobs - fleet_.runners[change.runner].active_jobs;
    const FleetRunner runner = alone_.runners[change.runner];
    const gitlab::JobTraits traits = alone_.jobs.front().traits;
    if (change.changed_runner) {
      alone_.runners[change.runner] = *change.changed_runner;
      alone_.runners[change.runner].active_jobs += more;
    }
    if (change.changed_job) alone_.jobs.front().traits = *change.changed_job;
    const auto choice = alone_choice();
    alone_.runners[change.runner] = runner;
    alone_.jobs.front().traits = traits;
    return choice != unchanged_;
  }

  [[nodiscard]] std::optional<RunnerKey> alone_choice() const {
    const RankedJob own{0, ahead_.back().job_class};
    RulesAdvisor rules;
    return chosen_by(assign(alone_, {&own, 1}, options_, rules).front(), alone_);
  }

  std::optional<RunnerKey> decided_anew(const FleetChange& change) {
    if (change.changed_runner) altered_.runners[change.runner] = *change.changed_runner;
    if (change.changed_job) altered_.jobs[own_].traits = *change.changed_job;
    const auto assigned = assign(altered_, ahead_, options_, advisor_);
    altered_.runners[change.runner] = fleet_.runners[change.runner];
    altered_.jobs[own_].traits = fleet_.jobs[own_].traits;
    return chosen_by(assigned.back(), altered_);
  }

  const FleetSnapshot& fleet_;
  FleetSnapshot altered_;
  FleetSnapshot alone_;
  std::size_t own_;
  std::optional<RunnerKey> now_;
  std::optional<RunnerKey> unchanged_;  // what the look at the job alone gives without a change
  const std::optional<RunnerScore>& second_;
  const AssignerOptions& options_;
  Advisor& advisor_;
  std::vector<RankedJob> ahead_;  // and the job itself, the last
  std::size_t tries_left_ = 0;
};

}  // namespace

std::vector<Alternative> runner_alternatives(const FleetSnapshot& fleet, const Decisions& decisions,
                                             std::size_t decision, const AssignerOptions& options,
                                             Advisor& advisor) {
  if (fleet.runners.empty()) return {};
  return Trial{fleet, decisions, decision, options, advisor}.run();
}

}  // namespace runneriq::scheduler
