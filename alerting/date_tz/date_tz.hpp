// The zones of the system's time zone database, read with the library "date".
#pragma once

#include "alerting/time_zones.hpp"

namespace runneriq::alerting {

// May be used by several threads at once. The database is read when it is first needed; where there is none,
// "UTC" is known all the same.
class DateTimeZones final : public TimeZones {
 public:
  [[nodiscard]] Result<std::chrono::minutes> offset(std::string_view zone, Time at) const override;
};

}  // namespace runneriq::alerting
