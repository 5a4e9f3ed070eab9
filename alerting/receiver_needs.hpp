// What each type of receiver needs to be told in the configuration. Pure.
#pragma once

#include "alerting/options.hpp"

#include <string>
#include <vector>

namespace runneriq::alerting {

// One sentence for each thing that a receiver lacks or cannot use, beginning with its key.
std::vector<std::string> receiver_complaints(const std::vector<ReceiverOptions>& receivers);

}  // namespace runneriq::alerting
