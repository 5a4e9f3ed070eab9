// The runners of a fleet as flat columns, in the order of their keys, as the jobs that were given
// runners so far leave them. What the assigner's inner loop reads.
#pragma once

#include "scheduler/fleet.hpp"
#include "scheduler/runner_score.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace runneriq::scheduler {

// A runner's row in the table; its index in the snapshot is runner_of().
using Row = std::size_t;

// From, and up to but without.
struct Rows {
  Row from = 0, to = 0;
};

class RunnerTable {
 public:
  // `fleet` must outlive this; `weights` add up to 1.
  RunnerTable(const FleetSnapshot& fleet, const RunnerWeights& weights);

  [[nodiscard]] std::size_t size() const { return runner_.size(); }
  [[nodiscard]] std::size_t runner_of(Row row) const { return runner_[row]; }
  [[nodiscard]] const FleetRunner& at(Row row) const { return fleet_->runners[runner_[row]]; }

  // The runners of one GitLab stand together.
  [[nodiscard]] Rows rows_of(const GitLabUrl& gitlab) const;

  // A job takes a slot, or waits for one.
  void take(Row row);

  [[nodiscard]] int free_slots(Row row) const { return free_[row]; }
  [[nodiscard]] bool is_full(Row row) const { return free_[row] == 0; }
  // Jobs that were given this runner and found no free slot.
  [[nodiscard]] int waiting(Row row) const { return waiting_[row]; }
  // How often the waiting jobs would take all its slots: a job behind them waits for that many
  // whole rounds of jobs.
  [[nodiscard]] int rounds_waiting(Row row) const { return waiting_[row] / most_[row]; }
  // Waiting jobs per slot.
  [[nodiscard]] double waiting_share(Row row) const {
    return static_cast<double>(waiting_[row]) / most_[row];
  }
  [[nodiscard]] int slots(Row row) const { return most_[row]; }
  [[nodiscard]] double load(Row row) const;
  [[nodiscard]] double utilisation(Row row) const;  // utilisation_value() of the load; 0 when full
  [[nodiscard]] int user_tags(Row row) const { return user_tags_[row]; }
  // Points of utilisation, less kRound for each round of waiting jobs: what of a score does not
  // depend on the job.
  [[nodiscard]] double base(Row row) const { return base_[row]; }
  // kRound for each round of waiting jobs.
  [[nodiscard]] double behind(Row row) const { return behind_[row]; }

  // More than any score: so that fewer rounds go first, whatever the score.
  static constexpr double kRound = 1000;

 private:
  void index_gitlabs();
  void update(Row row);

  const FleetSnapshot* fleet_;
  double utilisation_weight_;
  std::vector<std::uint32_t> runner_;
  std::vector<Rows> gitlabs_;
  std::vector<int> active_, most_, taken_, waiting_, free_, user_tags_;
  std::vector<double> base_, behind_;
};

// Tags that are no `runneriq:` ones: the users' own. `tags` are sorted or not.
int count_user_tags(const std::vector<std::string>& tags);

}  // namespace runneriq::scheduler
