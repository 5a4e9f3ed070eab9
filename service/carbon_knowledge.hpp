// What a tick leaves behind of carbon for the API and the metrics.
#pragma once

#include "carbon/fetching.hpp"
#include "carbon/grid_document.hpp"
#include "carbon/options.hpp"
#include "carbon/summary.hpp"
#include "scheduler/fleet_watch.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace runneriq::service {

// What the loop keeps of carbon beside its ticks.
struct CarbonState {
  carbon::CarbonOptions options = {};  // as they are now: a reload may change them
  carbon::Sums ended = {};             // of the jobs that entered the ledger since the program started
  std::map<carbon::ChannelKey, std::int64_t> fetch_failures =
      {};  // calls since then that gave nothing usable
};

struct CarbonKnowledge {
  CarbonState state;
  std::optional<carbon::GridOutlook> grid;  // none: carbon is off
  std::vector<carbon::PlacedRunner> runners;
};
CarbonKnowledge carbon_knowledge_of(const scheduler::Tick& tick, CarbonState state);

}  // namespace runneriq::service
