// The rows of the option table that concern the fleet: what is watched, how runners are scored,
// how far RunnerIQ is trusted.
#pragma once

#include "core/option.hpp"
#include "scheduler/assigner.hpp"
#include "scheduler/job_class.hpp"
#include "scheduler/monitor.hpp"

#include <string_view>

namespace runneriq::scheduler {

enum class TrustMode { advisory, supervised, autonomous };
std::string_view to_text(TrustMode mode);  // "advisory", "supervised", "autonomous"

// What the daemon may do once it is started with --execute; without, it only advises.
struct TrustOptions {
  TrustMode mode = TrustMode::advisory;
  // From this class on an action needs a person's approval in supervised mode.
  JobClass supervised_threshold = JobClass::high;
};

// monitor.{poll_interval, contact_limit, stuck_after, capacity}
Options option_rows(MonitorOptions& options);
// assigner.scoring.{weights, carbon_weights.{classes, factors}}, assigner.decision_engine.{mode,
// margin_threshold, daily_token_budget}
Options option_rows(AssignerOptions& options);
// assigner.trust_model.{mode, supervised_threshold}
Options option_rows(TrustOptions& options);

}  // namespace runneriq::scheduler
