#include "carbon/deferral.hpp"

namespace runneriq::carbon {

int Reservations::at(const ZoneKey& zone, Time step) const {
  const auto found = starts_.find({zone, step});
  return found == starts_.end() ? 0 : found->second;
}

void Reservations::add(const ZoneKey& zone, Time step) {
  ++starts_[{zone, step}];
}

void Reservations::remove(const ZoneKey& zone, Time step) {
  const auto found = starts_.find({zone, step});
  if (found != starts_.end() && --found->second == 0) starts_.erase(found);
}

void Reservations::remove_before(Time step) {
  std::erase_if(starts_, [step](const auto& entry) { return entry.first.second < step; });
}

}  // namespace runneriq::carbon
