// The zones of the system's time zone database, read with Abseil.
#pragma once

#include "alerting/time_zones.hpp"

namespace runneriq::alerting {

// May be used by several threads at once. A zone is read when it is first needed and kept from then on, also
// that it is unknown; where there is no database, "UTC" is known all the same.
class TimeZoneDatabase final : public TimeZones {
 public:
  [[nodiscard]] Result<std::chrono::minutes> offset(std::string_view zone, Time at) const override;
};

}  // namespace runneriq::alerting
