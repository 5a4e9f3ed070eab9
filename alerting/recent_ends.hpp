// Ends of jobs that were told lately, so that one that is told again is no news.
#pragma once

#include "alerting/kept_ring.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

namespace runneriq::alerting {

class RecentEnds {
 public:
  explicit RecentEnds(std::size_t most) : most_(most) {}
  // The number of the event that told it before; none = it is new, and known from now on as told by `number`.
  std::optional<std::int64_t> told_before(std::uint64_t end, std::int64_t number);
  void set_most(std::size_t most) { most_ = most; }

  // The newest 2,000 are kept. restored() when all rows are there.
  KeptRing<2>& kept() { return kept_; }
  void restored();

 private:
  void know(std::uint64_t end, std::int64_t number);

  std::size_t most_;
  std::unordered_map<std::uint64_t, std::int64_t> numbers_;
  std::deque<std::uint64_t> order_;  // oldest first
  KeptRing<2> kept_{2'000};          // end, number
};

}  // namespace runneriq::alerting
