// What the tests of alerting's state file share: a file, events and messages.
#pragma once

#include "alerting/sqlite/alert_state.hpp"
#include "platform/sqlite.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

namespace runneriq::alerting {

inline const Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};

inline KeptEvent failed_job(std::int64_t number, Time time = kNow) {
  Event event;
  event.time = time;
  event.project = "acme/shop";
  event.ref = "main";
  event.job_id = 1000 + number;
  event.name = "unit: [äöü 'quoted' \"twice\"]";
  event.stage = "test";
  event.status = "failed";
  event.log_excerpt = "E   AssertionError: 1 != 2\n";
  KeptEvent kept{.number = number,
                 .event = std::move(event),
                 .severity = Severity::error,
                 .signature = "9c1f00aa9c1f00aa",
                 .verdict = {}};
  kept.verdict.event = number;
  kept.verdict.stage = Stage::grouping;
  kept.verdict.reason = "waits for its group";
  kept.verdict.steps = {{Stage::intake, "a failed job"}, {Stage::grouping, "waits for its group"}};
  kept.verdict.group = "00000000000000aa";
  return kept;
}

inline Notification message_of(const std::string& id, const std::string& group,
                               const std::string& receiver = "default", Reason reason = Reason::first) {
  Notification made;
  made.id = id;
  made.time = kNow;
  made.receiver = receiver;
  made.route = "root";
  made.severity = Severity::critical;
  made.reason = reason;
  made.group = group;
  made.group_words = "project=acme/shop";
  AlertEntry entry;
  entry.alert = 7;
  entry.since = kNow;
  entry.events.push_back(failed_job(1).event);
  entry.headline = "AssertionError: 1 != 2";
  made.alerts.push_back(std::move(entry));
  made.firing = 1;
  return made;
}

class AlertStateFile : public testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return folder.path() + "/state/alerts.db"; }
  [[nodiscard]] AlertState open(std::size_t most_events = 200'000) const {
    auto state = AlertState::open({.path = path(), .most_events = most_events});
    if (!state) throw std::runtime_error(state.error().message);
    return std::move(*state);
  }
  [[nodiscard]] platform::Database database() const {
    return *platform::Database::open(path(), platform::Database::Missing::is_error);
  }
  [[nodiscard]] std::int64_t count(const std::string& table) const {
    return *database().number("SELECT count(*) FROM " + table);
  }
  static void queue(AlertState& state, const std::vector<Notification>& messages, Time now = kNow) {
    const auto kept = state.keep({.events = {}, .notifications = messages, .state = {}}, now);
    ASSERT_TRUE(kept) << kept.error().message;
  }

  TemporaryFolder folder;
};

}  // namespace runneriq::alerting
