// A sender as the settings of a fleet want it.
#pragma once

#include "gitlab/rest/rest_fleet.hpp"
#include "gitlab/rest/sender.hpp"

namespace runneriq::gitlab {

SenderSettings sender_settings(const RestSettings& settings, Permit permit);

}  // namespace runneriq::gitlab
