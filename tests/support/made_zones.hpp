// Time zones by rule, without a database: UTC, India, the hours of Central Europe since 1996, and
// "Made/Twice", which is an hour ahead for not quite three days.
#pragma once

#include "alerting/time_zones.hpp"

#include <chrono>
#include <string>

namespace runneriq::support {

class MadeZones final : public alerting::TimeZones {
 public:
  [[nodiscard]] Result<std::chrono::minutes> offset(std::string_view zone, Time at) const override {
    using std::chrono::minutes;
    if (zone == "UTC") return minutes{0};
    if (zone == "Asia/Kolkata") return minutes{330};
    if (zone == "Europe/Berlin") return minutes{is_summer(at) ? 120 : 60};
    if (zone == "Made/Twice") return minutes{is_between_changes(at) ? 60 : 0};
    return fail(Errc::not_found, "'" + std::string(zone) + "' is no time zone of this system");
  }

 private:
  static bool is_between_changes(Time at) {
    using namespace std::chrono;
    const sys_days first{year{2026} / 5 / 4};
    return at >= first && at < first + hours{2 * 24 + 23} + minutes{30};
  }
  static bool is_summer(Time at) {
    using namespace std::chrono;
    const year_month_day day{floor<days>(at)};
    const auto change = [&](month in) { return sys_days{day.year() / in / Sunday[last]} + hours{1}; };
    return at >= change(March) && at < change(October);
  }
};

}  // namespace runneriq::support
