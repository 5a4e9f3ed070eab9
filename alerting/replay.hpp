// `alerts replay`: history through the stages, without sending anything. Pure.
#pragma once

#include "alerting/noise_reduction.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::alerting {

struct SuppressedEvent {
  Event event;
  Stage stage = Stage::intake;
  std::string reason;
};

struct ReplayReport {
  std::vector<Notification> notifications;  // in the order of time
  std::vector<SuppressedEvent> suppressed;  // in the order of their events
  Totals totals;
  std::vector<std::string> problems;  // "line 12: …": lines that are no events; the first 20
  std::int64_t bad_lines = 0;
};

// Events in the order of their times, those of the same time in the order of lines. A time more than
// `Bounds::ahead` after `now` counts as `now`; nothing is too old. Empty lines are left out.
ReplayReport replay(std::string_view lines, NoiseRules rules, const TimeZones& zones, Time now);

// {notifications, suppressed, totals, problems}
std::string replay_document(const ReplayReport& report);

}  // namespace runneriq::alerting
