// Playing deferred manual jobs, as the loop and the faces see it.
#pragma once

#include "carbon/deferral.hpp"
#include "scheduler/deferred_jobs.hpp"
#include "scheduler/fleet.hpp"
#include "scheduler/trust.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

// One job whose time has come, and what became of it.
struct PlayStep {
  enum class Kind {
    planned,   // it would be started now: RunnerIQ only advises, or may not act at the moment
    awaiting,  // a person has to approve it
    applied,   // started
    refused,   // GitLab said no, or did not do it
    unknown,   // asked for, without an answer: its state is read until it is known
    gone,      // it does not wait any more: somebody else started or cancelled it
  };
  Kind kind = Kind::planned;
  DeferredJob job;
  carbon::Deferral plan;
  std::string reason;  // one sentence
};
std::string_view to_text(PlayStep::Kind kind);  // "planned", "awaiting", …

struct PlayReport {
  std::vector<PlayStep> steps;              // of this step
  std::vector<carbon::Deferral> deferrals;  // what is planned after it
  std::vector<std::string> sentences;       // for the log, each said once
};

class Plays {
 public:
  virtual ~Plays() = default;
  // `mode` is the one in force. Never fails: trouble is in the report, and nothing is started then.
  virtual PlayReport step(const FleetSnapshot& fleet, TrustMode mode) = 0;
};

}  // namespace runneriq::scheduler
