// Failures that nobody wants to hear of: by rule, and by silence. Pure.
#pragma once

#include "alerting/matcher.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace runneriq::alerting {

struct SuppressionRule {
  std::string name;
  Matchers match;
  bool enabled = true;
};

// `experimental` (refs below experimental/, spike/ and wip/) and `allow-failure`. Critical failures are not
// exempt: a rule says exactly what it says.
std::vector<SuppressionRule> default_suppression();

// Made by a person for a while; kept when it is over, for explanations.
struct Silence {
  std::int64_t id = 0;
  Matchers match;
  Time start{}, end{};  // start ≤ t < end
  std::string author;
  std::string comment;
  Time made{};
  [[nodiscard]] bool holds(Time at) const { return start <= at && at < end; }
};
enum class SilenceState { pending, active, expired };
SilenceState state_of(const Silence& silence, Time now);
std::string_view to_text(SilenceState state);

inline constexpr Duration kLongestSilence = std::chrono::days{90};
inline constexpr std::size_t kLongestComment = 500;  // bytes

// Error: invalid_argument: no matcher at all, an end that is not after its start or in the past, longer than
// kLongestSilence, no author or comment, a comment that is too long.
Result<void> check(const Silence& silence, Time now);

}  // namespace runneriq::alerting
