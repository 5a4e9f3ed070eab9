#include "alerting/recent_ends.hpp"

namespace runneriq::alerting {

std::optional<std::int64_t> RecentEnds::told_before(std::uint64_t end, std::int64_t number) {
  const auto known = numbers_.find(end);
  if (known != numbers_.end()) return known->second;
  know(end, number);
  kept_.add({static_cast<std::int64_t>(end), number});
  return std::nullopt;
}

void RecentEnds::know(std::uint64_t end, std::int64_t number) {
  if (!numbers_.try_emplace(end, number).second) return;
  order_.push_back(end);
  while (order_.size() > most_) {
    numbers_.erase(order_.front());
    order_.pop_front();
  }
}

void RecentEnds::restored() {
  kept_.for_each([this](const auto& entry) {
    if (entry[1] != 0) know(static_cast<std::uint64_t>(entry[0]), entry[1]);
  });
}

}  // namespace runneriq::alerting
