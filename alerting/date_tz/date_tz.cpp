#include "alerting/date_tz/date_tz.hpp"

#include "core/printable.hpp"

#include <date/tz.h>

#include <exception>
#include <string>

namespace runneriq::alerting {
namespace {

tl::unexpected<Error> unknown(std::string_view zone) {
  return fail(Errc::not_found, quoted_text(zone) +
                                   " is no time zone of this system: write one like Europe/Copenhagen, or "
                                   "UTC, and see that the package tzdata is installed");
}

}  // namespace

Result<std::chrono::minutes> DateTimeZones::offset(std::string_view zone, Time at) const {
  if (zone == "UTC") return std::chrono::minutes::zero();
  // It throws for a zone that is not listed in the database, and for one that is missing or broken.
  try {
    const date::sys_info of = date::locate_zone(zone)->get_info(at);
    return std::chrono::floor<std::chrono::minutes>(of.offset);
  } catch (const std::exception&) {
    return unknown(zone);
  }
}

}  // namespace runneriq::alerting
