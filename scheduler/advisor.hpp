// The port through which the assigner asks when two runners are too close to call.
#pragma once

#include "carbon/intensity.hpp"
#include "core/result.hpp"
#include "scheduler/fleet.hpp"
#include "scheduler/job_class.hpp"
#include "scheduler/runner_score.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace runneriq::scheduler {

// How dirty the grid of two runners is over the job's expected duration; none: not known.
struct CarbonOfTwo {
  std::optional<carbon::Intensity> better, second;
};

struct AdvisorQuestion {
  const FleetSnapshot* fleet;
  const PendingJob* job;
  const RunnerScore* better;
  const RunnerScore* second;
  double margin = 0;     // (better − second) / better, 0..1, of the exact scores
  bool is_close = true;  // the margin is at most margin_threshold; else asked because the mode always asks
  // None: carbon may not decide between the two, or nothing is known of either.
  std::optional<CarbonOfTwo> carbon = {};
  JobClass job_class = JobClass::low;  // of the job, effective
  // False: the second would take longer than carbon may cost, has to wait for a slot that the better one has,
  // or has the longer queue. Where the mode always asks it may be named all the same, but not by a model.
  bool second_may_win = true;
};

struct AdvisorAnswer {
  std::size_t runner = 0;  // one of the two, index in the snapshot
  // "both within 4 %; runner 7 is more reliable (99 % against 93 %)". Words of a model are marked as its.
  std::string reason;
  std::string model = {};  // that decided; "" = rules did
};

class Advisor {
 public:
  virtual ~Advisor() = default;
  // An error, or another runner than the two, means: the better score wins.
  [[nodiscard]] virtual Result<AdvisorAnswer> choose(const AdvisorQuestion& question) = 0;
};

// Decides by rules alone: the better score when it is not close, else the runner that has a free slot, then
// the cleaner one where carbon may decide (where that of one only is known, this one unless the other scores
// better), then the more reliable one where both figures are known and differ in whole percents, then the
// lower id. Never fails.
class RulesAdvisor final : public Advisor {
 public:
  [[nodiscard]] Result<AdvisorAnswer> choose(const AdvisorQuestion& question) override;
};

}  // namespace runneriq::scheduler
