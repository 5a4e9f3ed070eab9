// Alerts of the last minute: what fired just before the failure that explains it was heard of.
#pragma once

#include "alerting/labels.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

namespace runneriq::alerting {

class YoungAlerts {
 public:
  // Times of our clock, ascending.
  void fires(std::uint64_t alert, const Classified& of, Time heard);
  // Those that `inhibitor` may explain: of its runner, its job on merge requests, or its pipeline; the newest
  // first, at most 64.
  [[nodiscard]] std::vector<std::uint64_t> explained_by(const Classified& inhibitor, Time now);

 private:
  struct Entry {
    Time heard;
    std::uint64_t key, alert;
  };
  void add(std::uint64_t key, std::uint64_t alert, Time heard);
  void forget(Time now);

  std::deque<Entry> entries_;  // oldest first; bounded
  std::unordered_map<std::uint64_t, std::deque<std::uint64_t>> by_key_;
};

}  // namespace runneriq::alerting
