// How bad a failure is.
#pragma once

#include "core/result.hpp"

#include <array>
#include <string_view>

namespace runneriq::alerting {

// Stored in state files: never renumber. Lower is worse.
enum class Severity : int { critical = 0, error = 1, warning = 2, info = 3 };
inline constexpr std::array kSeverities{Severity::critical, Severity::error, Severity::warning,
                                        Severity::info};
std::string_view to_text(Severity severity);
Result<Severity> parse_severity(std::string_view text);

}  // namespace runneriq::alerting
