// A job's energy as a host or a file tells it: what cannot be is taken for nothing. Pure.
#pragma once

#include "carbon/energy.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace runneriq::scheduler {

inline constexpr double kMostJoules = 1e9;  // of one job: a kilowatt for eleven days

// None when `joules` is negative, no number or above kMostJoules, or the method is none that is known.
std::optional<carbon::Energy> reported_energy(double joules, std::string_view method);
// The same with the number of the method, as files hold it.
std::optional<carbon::Energy> stored_energy(double joules, std::int64_t method);

}  // namespace runneriq::scheduler
