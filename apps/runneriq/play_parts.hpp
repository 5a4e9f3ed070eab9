// What starts deferred manual jobs: GitLab's ports with a token for that alone, and the state behind them.
#pragma once

#include "apps/runneriq/carbon_file.hpp"
#include "apps/runneriq/fleet_store.hpp"
#include "apps/runneriq/settings.hpp"
#include "apps/runneriq/sources.hpp"
#include "scheduler/plays.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace runneriq::app {

enum class MayPlay { no, yes };

struct PlayParts {
  const Settings* settings = nullptr;  // must outlive what is made, as must the stores
  EnvironmentBlock environment;
  FleetStore* store = nullptr;
  CarbonFile* carbon = nullptr;
  // Before that nothing is planned: a job would be started for want of an answer that is about to come.
  std::function<bool()> grid_has_asked;
  MayPlay may_play = MayPlay::no;  // no: plans are made, and nothing is started
};

// GitLab runs a played job in the name of whoever played it, so starting needs a token of its own, of a user
// with the least rights: RUNNERIQ_PLAY_TOKEN or the credential play-token. Without one nothing is started,
// and the first report says so. Error: a token that is none.
Result<std::unique_ptr<scheduler::Plays>> open_plays(const std::vector<Watched>& fleets,
                                                     const PlayParts& parts);

}  // namespace runneriq::app
