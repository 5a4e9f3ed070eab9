// Trouble that a later attempt got over. Pure.
#pragma once

#include "diagnosis/read_log.hpp"

#include <cstddef>

namespace runneriq::diagnosis {

// Whether the trouble that a line tells was over later: the line announces another attempt after which the
// command went on for a while without telling it again, or a later line says that the same address or
// package came through. Looks at the next kMostLater lines.
inline constexpr std::size_t kMostLater = 400;
bool got_over(const ReadLog& log, std::size_t line);

}  // namespace runneriq::diagnosis
