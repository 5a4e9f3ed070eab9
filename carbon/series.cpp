#include "carbon/series.hpp"

#include "carbon/weighted_mean.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace runneriq::carbon {
namespace {

using Pieces = std::map<Time, Step>;  // by their start; none overlaps another

bool in_order(const std::vector<Step>& steps) {
  return std::adjacent_find(steps.begin(), steps.end(), [](const Step& earlier, const Step& later) {
           return later.from < earlier.to;
         }) == steps.end();
}

// The one that counts where two overlap goes first.
void sort_by_weight(std::vector<Step>& steps) {
  std::reverse(steps.begin(), steps.end());
  std::stable_sort(steps.begin(), steps.end(),
                   [](const Step& a, const Step& b) { return a.to - a.from < b.to - b.from; });
}

// Puts the parts of `step` where nothing is yet.
void fill_gaps(Pieces& pieces, const Step& step) {
  auto next = pieces.upper_bound(step.from);
  Time from = step.from;
  if (next != pieces.begin()) from = std::max(from, std::prev(next)->second.to);
  while (from < step.to) {
    const Time to = next == pieces.end() ? step.to : std::min(step.to, next->first);
    if (from < to) pieces.emplace_hint(next, from, Step{from, to, step.intensity, step.estimated});
    if (next == pieces.end()) return;
    from = next->second.to;
    ++next;
  }
}

std::vector<Step> without_overlaps(std::vector<Step> steps) {
  sort_by_weight(steps);
  Pieces pieces;
  for (const Step& step : steps) fill_gaps(pieces, step);
  steps.clear();
  for (const auto& [from, piece] : pieces) steps.push_back(piece);
  return steps;
}

using Place = std::vector<Step>::const_iterator;

// The first step that ends after `when`.
Place first_ending_after(const std::vector<Step>& steps, Time when) {
  return std::partition_point(steps.begin(), steps.end(), [&](const Step& step) { return step.to <= when; });
}

Duration within(const Step& step, Time from, Time to) {
  return std::min(step.to, to) - std::max(step.from, from);
}

}  // namespace

Series::Series(std::vector<Step> steps) : steps_(std::move(steps)) {
  std::erase_if(steps_, [](const Step& step) { return step.to <= step.from; });
  if (!in_order(steps_)) steps_ = without_overlaps(std::move(steps_));
}

const Step* Series::at(Time when) const {
  const Place step = first_ending_after(steps_, when);
  return step == steps_.end() || when < step->from ? nullptr : &*step;
}

std::optional<Intensity> Series::mean(Time from, Time to) const {
  if (from == to) {
    const Step* const step = at(from);
    return step == nullptr ? std::nullopt : std::optional{step->intensity};
  }
  WeightedMean mean;
  for (Place step = first_ending_after(steps_, from); step != steps_.end() && step->from < to; ++step) {
    mean.add(step->intensity, within(*step, from, to));
  }
  return mean.value();
}

double Series::covered(Time from, Time to) const {
  if (from == to) return at(from) == nullptr ? 0 : 1;
  if (to < from) return 0;
  Duration known{};
  for (Place step = first_ending_after(steps_, from); step != steps_.end() && step->from < to; ++step) {
    known += within(*step, from, to);
  }
  return static_cast<double>(known.count()) / static_cast<double>((to - from).count());
}

}  // namespace runneriq::carbon
