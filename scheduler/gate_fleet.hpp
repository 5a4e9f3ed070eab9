// The fleet as the gate sees it: the managed runners at rest, in the order of their keys, with what bears
// on whether they may be cut. Rows of this order are what the sets of the gate's parts hold.
#pragma once

#include "scheduler/gate.hpp"
#include "scheduler/runner_set.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace runneriq::scheduler {

struct GatedRunner {
  std::size_t index = 0;                 // in the snapshot
  const FleetRunner* runner = nullptr;   // never null
  const GateRunner* gate = nullptr;      // never null
  std::optional<std::size_t> last_lane;  // of those that it carries at rest
  std::optional<std::size_t> cut;        // in force, and withholding something
  bool is_fresh = false;                 // its data is young enough to act on
  bool has_free_slot = false;
  bool is_elastic = false;
};

class GateFleet {
 public:
  // `input` and what it points at must outlive this.
  GateFleet(const GateInput& input, const GateOptions& options);

  [[nodiscard]] std::size_t size() const { return runners_.size(); }
  [[nodiscard]] const GatedRunner& at(std::size_t row) const { return runners_[row]; }
  // None for a runner that is not managed.
  [[nodiscard]] std::optional<std::size_t> row_of(std::size_t index) const { return rows_[index]; }
  [[nodiscard]] RunnerSet nobody() const { return RunnerSet{size()}; }

  // Those of one GitLab that take jobs.
  [[nodiscard]] RunnerSet taking_jobs(const GitLabUrl& gitlab) const;

  // For each kind of job the runners that take jobs and could take it with their tags at rest.
  [[nodiscard]] std::vector<RunnerSet> takers(std::span<const Pool> kinds) const;

 private:
  [[nodiscard]] FleetSnapshot at_rest() const;

  std::vector<GatedRunner> runners_;              // by key
  std::vector<std::optional<std::size_t>> rows_;  // by index in the snapshot
};

}  // namespace runneriq::scheduler
