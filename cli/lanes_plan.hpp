// What `lanes plan` found and proposes, and how it is shown.
#pragma once

#include "scheduler/lane_plan.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::cli {

struct LaneProposal {
  std::string file;
  scheduler::LanePlan plan;
  scheduler::Lanes lanes;
  std::size_t past_jobs = 0;  // of the fleet, that shares are of
  bool runners_checked = false;
  std::string patch;  // "" where nothing is to be done or nothing may be
};

// The name in the patch's header: relative, so that `patch -p1` takes it. Error: invalid_argument for a name
// that no patch can hold.
Result<std::string> name_in_patch(std::string_view file);

// Reasons as lines that begin with '#', which patch tools skip, then the patch.
std::string proposal_text(const LaneProposal& proposal);
nlohmann::json proposal_document(const LaneProposal& proposal);

}  // namespace runneriq::cli
