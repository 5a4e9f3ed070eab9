#pragma once

#include <string>

namespace runneriq {

// runneriq.yaml(5) as roff.
std::string configuration_page();

}  // namespace runneriq
