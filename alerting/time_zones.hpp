// The port to time zones: which hours a place has is a matter of tables, not of arithmetic.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"

#include <chrono>
#include <string_view>

namespace runneriq::alerting {

class TimeZones {
 public:
  virtual ~TimeZones() = default;
  // What is added to UTC in the zone ("Europe/Copenhagen", "UTC") at that time. Error: not_found.
  [[nodiscard]] virtual Result<std::chrono::minutes> offset(std::string_view zone, Time at) const = 0;
};

}  // namespace runneriq::alerting
