// A set of runners of one fleet, as bits: small, and quick to intersect.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace runneriq::scheduler {

class RunnerSet {
 public:
  RunnerSet() = default;
  explicit RunnerSet(std::size_t runners) : words_((runners + 63) / 64) {}

  void add(std::size_t runner) { words_[runner / 64] |= std::uint64_t{1} << (runner % 64); }
  [[nodiscard]] bool has(std::size_t runner) const {
    return ((words_[runner / 64] >> (runner % 64)) & 1) != 0;
  }

  // Both sets are of the same fleet.
  RunnerSet& operator&=(const RunnerSet& other) { return combine(other, std::bit_and<>{}); }
  RunnerSet& operator|=(const RunnerSet& other) { return combine(other, std::bit_or<>{}); }
  // Takes out what `other` has.
  RunnerSet& operator-=(const RunnerSet& other) {
    return combine(other, [](std::uint64_t own, std::uint64_t its) { return own & ~its; });
  }

  [[nodiscard]] int size() const {
    int count = 0;
    for (const std::uint64_t word : words_) count += std::popcount(word);
    return count;
  }

  // The least member; there must be one.
  [[nodiscard]] std::size_t first() const {
    std::size_t i = 0;
    while (words_[i] == 0) ++i;
    return i * 64 + static_cast<std::size_t>(std::countr_zero(words_[i]));
  }

  // Calls `visit` with each member, in ascending order.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (std::uint64_t word = words_[i]; word != 0; word &= word - 1) {
        visit(i * 64 + static_cast<std::size_t>(std::countr_zero(word)));
      }
    }
  }

 private:
  template <class Operation>
  RunnerSet& combine(const RunnerSet& other, Operation operation) {
    std::transform(words_.begin(), words_.end(), other.words_.begin(), words_.begin(), operation);
    return *this;
  }

  std::vector<std::uint64_t> words_;
};

}  // namespace runneriq::scheduler
