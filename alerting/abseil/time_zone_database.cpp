#include "alerting/abseil/time_zone_database.hpp"

#include "core/printable.hpp"

#include <absl/time/time.h>

#include <algorithm>
#include <string>

namespace runneriq::alerting {
namespace {

constexpr std::size_t kLongestName = 64;

bool is_of_a_name(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '/' || letter == '_' || letter == '-' || letter == '+';
}

// Abseil would open any file that is named, and knows names of its own ("Fixed/UTC+01:00:00", "localtime").
// The folders hold the same zones once more, those of "right" in another count of seconds.
bool may_be_listed(std::string_view zone) {
  const bool well_formed = !zone.empty() && zone.size() <= kLongestName && zone.front() != '/' &&
                           std::ranges::all_of(zone, is_of_a_name);
  return well_formed && zone != "localtime" && !zone.starts_with("posix/") && !zone.starts_with("right/");
}

tl::unexpected<Error> unknown(std::string_view zone) {
  return fail(Errc::not_found, quoted_text(zone) +
                                   " is no time zone of this system: write one like Europe/Copenhagen, or "
                                   "UTC, and see that the package tzdata is installed");
}

}  // namespace

Result<std::chrono::minutes> TimeZoneDatabase::offset(std::string_view zone, Time at) const {
  if (zone == "UTC") return std::chrono::minutes::zero();
  absl::TimeZone found;
  if (!may_be_listed(zone) || !absl::LoadTimeZone({zone.data(), zone.size()}, &found)) return unknown(zone);
  const std::chrono::seconds of{found.At(absl::FromChrono(at)).offset};
  return std::chrono::floor<std::chrono::minutes>(of);
}

}  // namespace runneriq::alerting
