#include "gitlab/rest/turns.hpp"

#include <algorithm>
#include <tuple>

namespace runneriq::gitlab {

std::vector<ProjectId> in_turn(std::vector<TurnTaker> takers) {
  constexpr int kBusyInARow = 3;
  std::ranges::sort(takers, {}, [](const TurnTaker& taker) {
    return std::tuple(!taker.busy, taker.read_at.value_or(Time::min()), taker.project);
  });
  auto busy = takers.begin();
  auto idle = std::ranges::find(takers, false, &TurnTaker::busy);
  const auto last_busy = idle;
  std::vector<ProjectId> order;
  for (int in_a_row = 0; busy != last_busy || idle != takers.end();) {
    const bool busy_one = busy != last_busy && (in_a_row < kBusyInARow || idle == takers.end());
    order.push_back(busy_one ? (busy++)->project : (idle++)->project);
    in_a_row = busy_one ? in_a_row + 1 : 0;
  }
  return order;
}

}  // namespace runneriq::gitlab
