// How far two words are apart, for "did you mean".
#pragma once

#include <cstddef>
#include <string_view>

namespace runneriq {

// Bytes to be put in, taken away, replaced or exchanged with their neighbour: the optimal string alignment
// distance. O(a × b).
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace runneriq
