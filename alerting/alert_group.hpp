// Alerts that are told together, and when. Pure.
#pragma once

#include "alerting/alert.hpp"
#include "alerting/routing.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace runneriq::alerting {

struct AlertGroup {
  std::uint64_t key = 0;
  const Route* route = nullptr;
  std::string words;
  bool critical = false;
  std::vector<std::uint64_t> alerts{};  // keys; some may have left, or stand twice
  int members = 0;                      // that are really in it
  int untold = 0;                       // failures that wait here
  int counted = 0;                      // failures that are only counted
  int messages = 0;                     // since it was opened
  std::optional<Time> last_message{};
  Time burst_start{};  // of the messages at once of a critical group
  int burst = 0;

  std::optional<Time> news_at{}, repeat_at{};
  std::optional<Time> scheduled{};  // in the timetable
  bool kept = false;                // there is a row of it
};

// When there is something to do for it: news, a repeat, or, of an empty one, its end.
std::optional<Time> due(const AlertGroup& group);
// An empty critical group stays until its interval is over: so its messages stay counted.
std::optional<Time> closes_at(const AlertGroup& group);

// Whether the route tells it in a digest. What is critical never waits for one, nor for active hours.
bool sums_up(const Route& route, bool critical);

// How a route's times are told: what they need of the rules.
struct RouteClock {
  const TimeZones& zones;
  std::string_view digest_zone;
  int digest_minute;

  // When the group tells what it has heard of at `now`.
  [[nodiscard]] Time for_news(const AlertGroup& group, Time now) const;
  // The first time from `at` on at which the route may send.
  [[nodiscard]] Time allowed(const AlertGroup& group, Time at) const;
};

// A message has gone out at `at`.
void told(AlertGroup& group, Time at);

class GroupBook {
 public:
  // Stays where it is until it is removed.
  [[nodiscard]] AlertGroup* find(std::uint64_t key);
  [[nodiscard]] std::size_t size() const { return groups_.size(); }
  AlertGroup& add(std::uint64_t key, const Route& route);
  void remove(AlertGroup& group);
  [[nodiscard]] std::vector<std::uint64_t> all() const;  // lowest first

  void changed(const AlertGroup& group) { changed_.insert(group.key); }
  // `put(key, group)`, the group null where it is gone.
  template <class Put>
  void take_changes(Put put) {
    for (const std::uint64_t key : std::exchange(changed_, {})) {
      AlertGroup* const group = find(key);
      if (group != nullptr) group->kept = true;
      put(key, static_cast<const AlertGroup*>(group));
    }
  }

 private:
  std::unordered_map<std::uint64_t, AlertGroup> groups_;
  std::unordered_set<std::uint64_t> changed_;
};

}  // namespace runneriq::alerting
