// When alerts and groups have something to do next.
#pragma once

#include "core/time.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <set>

namespace runneriq::alerting {

// In the order of time; alerts before groups, then by key, so that the same things happen in the same order.
class Timetable {
 public:
  enum class Of : int { alert, group };
  struct Entry {
    Time at;
    Of of;
    std::uint64_t key;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };

  // `scheduled` is what the alert or group has here; it becomes `at`.
  void move(Of of, std::uint64_t key, std::optional<Time>& scheduled, std::optional<Time> at) {
    if (scheduled == at) return;
    if (scheduled) entries_.erase({*scheduled, of, key});
    if (at) entries_.insert({*at, of, key});
    scheduled = at;
  }
  [[nodiscard]] std::optional<Entry> next() const {
    return entries_.empty() ? std::nullopt : std::optional{*entries_.begin()};
  }

 private:
  std::set<Entry> entries_;
};

}  // namespace runneriq::alerting
