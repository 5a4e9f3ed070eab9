// What a reading needs before it is handed out.
#pragma once

#include "gitlab/fleet_reader.hpp"

namespace runneriq::gitlab {

// The token's user may manage runners of projects elsewhere, too.
void drop_runners_of_other_projects(FleetReading& reading);

// As our clock, so far ahead of GitLab's, would have told the moments of contact: how long ago they were
// must not depend on whose clock is wrong.
void move_contacts(FleetReading& reading, Duration ahead);

}  // namespace runneriq::gitlab
