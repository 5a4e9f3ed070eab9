#include "scheduler/carbon_estimate.hpp"

#include "carbon/energy.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace runneriq::scheduler {
namespace {

// The rows with the lowest numbers; of equal ones those that were seen first.
class Lowest {
 public:
  void see(Row row, double number) {
    if (count_ == kCandidatesShown && !(number < entries_[count_ - 1].number)) return;
    std::size_t place = count_ < kCandidatesShown ? count_++ : count_ - 1;
    for (; place > 0 && number < entries_[place - 1].number; --place) entries_[place] = entries_[place - 1];
    entries_[place] = {row, number};
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < count_; ++i) visit(entries_[i].row);
  }

 private:
  struct Entry {
    Row row;
    double number;
  };
  std::array<Entry, kCandidatesShown> entries_{};
  std::size_t count_ = 0;
};

}  // namespace

AssignmentCarbon CarbonEstimate::of(const RunnerSet& candidates, Row chosen,
                                    std::optional<Row> runner_up) const {
  AssignmentCarbon carbon{.chosen = on(chosen)};
  if (runner_up) carbon.runner_up = on(*runner_up);
  FifoSums free;
  FifoSums all;
  Lowest cleanest;
  candidates.for_each([&](Row row) {
    const double intensity = view_->intensity(row);
    const double expected = view_->expected(row);
    all.add(intensity, expected);
    if (!table_->is_full(row)) free.add(intensity, expected);
    cleanest.see(row, intensity > 0 ? intensity : std::numeric_limits<double>::infinity());
  });
  carbon.candidates.reserve(cleanest.count());
  cleanest.for_each([&](Row row) { carbon.candidates.push_back(on(row)); });
  carbon.further_candidates = all.runners - static_cast<int>(cleanest.count());
  carbon.fifo = expected(free.runners > 0 ? free : all);
  if (carbon.chosen.intensity && carbon.fifo.grams > 0) {
    carbon.saved_percent = 100 * (1 - carbon.chosen.grams / carbon.fifo.grams);
  }
  return carbon;
}

RunnerCarbon CarbonEstimate::on(Row row) const {
  RunnerCarbon found{.runner = table_->runner_of(row)};
  found.intensity = carbon::Intensity::of(view_->intensity(row));
  if (found.intensity) found.grams = grams(view_->expected(row), *found.intensity);
  return found;
}

double CarbonEstimate::grams(double milliseconds, carbon::Intensity intensity) const {
  return carbon::grams(options_->default_watts * milliseconds / 1000, options_->pue, intensity);
}

// The mean of the grams is that of a job as long as the mean of the durations, weighted by intensity.
FifoExpectation CarbonEstimate::expected(const FifoSums& sums) const {
  if (sums.known == 0) return {};
  FifoExpectation fifo{.intensity = carbon::Intensity::of(sums.intensity / sums.known), .known = sums.known};
  if (fifo.intensity) fifo.grams = grams(sums.intensity_time / sums.intensity, *fifo.intensity);
  return fifo;
}

}  // namespace runneriq::scheduler
