// Fakes of the ports of a tick, written by hand: each answers as a test says and can fail on request.
#pragma once

#include "core/event_log.hpp"
#include "gitlab/fleet_reader.hpp"
#include "scheduler/fleet_memory.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq {

class RecordingEvents final : public EventLog {
 public:
  struct Event {
    LogLevel level;
    std::string name;
    std::vector<LogField> fields;

    // The text or number of a field as text; "" when there is none.
    [[nodiscard]] std::string field(std::string_view wanted) const {
      for (const LogField& candidate : fields) {
        if (candidate.name != wanted) continue;
        if (const auto* text = std::get_if<std::string>(&candidate.value)) return *text;
        if (const auto* number = std::get_if<std::int64_t>(&candidate.value)) return std::to_string(*number);
      }
      return "";
    }
  };

  void write(LogLevel level, std::string_view event, std::vector<LogField> fields) override {
    events.push_back({level, std::string(event), std::move(fields)});
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const Event& event : events) all.push_back(event.name);
    return all;
  }

  std::vector<Event> events;
};

namespace gitlab {

class ScriptedFleet final : public FleetReader {
 public:
  Result<FleetReading> read(Time now) override {
    asked_at.push_back(now);
    if (outage) return fail(*outage);
    FleetReading answer = reading;
    answer.read_at = now;
    return answer;
  }

  FleetReading reading;
  std::optional<Error> outage;
  std::vector<Time> asked_at;
};

}  // namespace gitlab

namespace scheduler {

// Remembers in memory; each of the three calls can fail.
class ForgetfulMemory final : public FleetMemory {
 public:
  Result<Recollection> recall(Time now) override {
    recalled_at.push_back(now);
    if (recall_fails) return fail(*recall_fails);
    return recollection;
  }
  Result<std::vector<JobHistory>> histories(std::span<const HistoryKey> keys) override {
    if (histories_fail) return fail(*histories_fail);
    if (answer_too_short) return std::vector<JobHistory>{};
    return std::vector<JobHistory>(keys.size(), known);
  }
  Result<void> remember(const Observation& observation, Time now) override {
    if (remember_fails) return fail(*remember_fails);
    observations.push_back(observation);
    remembered_at.push_back(now);
    recollection.runners = observation.runners;
    return {};
  }

  Recollection recollection;
  JobHistory known;
  std::optional<Error> recall_fails, histories_fail, remember_fails;
  bool answer_too_short = false;
  std::vector<Observation> observations;
  std::vector<Time> recalled_at, remembered_at;
};

}  // namespace scheduler
}  // namespace runneriq
