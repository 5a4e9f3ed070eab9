// What `doctor` says of carbon: what each zone is known by, which runners stand nowhere, and who refuses to
// answer. Never a failure: without carbon jobs run all the same. Pure.
#pragma once

#include "carbon/fetching.hpp"
#include "carbon/grid_document.hpp"
#include "executor/finding.hpp"

#include <optional>
#include <vector>

namespace runneriq::cli {

struct CarbonFacts {
  const carbon::CarbonOptions* options = nullptr;  // not null
  std::vector<carbon::PlacedRunner> runners;
  std::optional<carbon::GridOutlook> grid;  // of the runners' zones; none = it could not be read
  std::vector<carbon::Channel> channels;    // what became of asking
};

std::vector<executor::Finding> examine_carbon(const CarbonFacts& facts);

}  // namespace runneriq::cli
