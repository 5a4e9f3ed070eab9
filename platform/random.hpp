// Chance, for what needs it: jitter and names of runs. Decisions never depend on it.
#pragma once

#include <cstdint>
#include <string>

namespace runneriq::platform {

std::uint64_t random_number();
// 0 ≤ x < 1.
double random_share();
// 16 hexadecimal digits.
std::string random_name();

}  // namespace runneriq::platform
