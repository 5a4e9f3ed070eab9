#include "carbon/known_mean.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace runneriq::carbon {
namespace {

constexpr Duration kShortest = std::chrono::minutes{1};

double milliseconds(Duration duration) {
  return static_cast<double>(duration.count());
}

}  // namespace

KnownMean::KnownMean(const Outlook& outlook) : begin_(outlook.begin), sums_(1) {
  slots_.reserve(outlook.slots.size());
  sums_.reserve(outlook.slots.size() + 1);
  for (const OutlookSlot& slot : outlook.slots) {
    Sum sum = sums_.back();
    slots_.push_back(slot.intensity ? std::optional{slot.intensity->g_per_kwh()} : std::nullopt);
    if (slot.intensity) {
      sum.weighted += slot.intensity->g_per_kwh() * milliseconds(kSlot);
      sum.known += milliseconds(kSlot);
    }
    sums_.push_back(sum);
  }
}

KnownMean::Sum KnownMean::until(Time when) const {
  const Duration passed = std::max(when - begin_, Duration::zero());
  const auto slot = static_cast<std::size_t>(passed / kSlot);
  if (slot >= slots_.size()) return sums_.back();
  Sum sum = sums_[slot];
  if (slots_[slot]) {
    sum.weighted += *slots_[slot] * milliseconds(passed % kSlot);
    sum.known += milliseconds(passed % kSlot);
  }
  return sum;
}

std::optional<Intensity> KnownMean::of(Time start, Duration length) const {
  if (start < begin_) return std::nullopt;
  const auto slot = static_cast<std::size_t>((start - begin_) / kSlot);
  if (slot >= slots_.size() || !slots_[slot]) return std::nullopt;
  const Sum before = until(start), after = until(start + std::max(length, kShortest));
  return Intensity::of((after.weighted - before.weighted) / (after.known - before.known));
}

}  // namespace runneriq::carbon
