// Lines known by their shape, many at once. Internal to diagnosis.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

// Whether the line begins as the pattern does. A pattern is text, and in it
//   <n> a number    <w> a run of what is not blank    <*> anything, also nothing    <$> the end of the line
// Gives up, with false, after kMostSteps steps per byte of `line`, which only made-up lines need.
inline constexpr std::size_t kMostSteps = 16;
bool has_shape(std::string_view line, std::string_view pattern);

// The longest text of a pattern without its <>: what a line must contain to have the shape.
std::string_view needle_of(std::string_view pattern);

// Finds which of many patterns a line begins with. Looks once at each byte of it, whatever their number.
class ShapeFinder {
 public:
  static constexpr std::size_t kShortestNeedle =
      3;  // bytes; patterns with shorter ones are tried on each line
  static constexpr std::size_t kLongestMatched = 512;  // bytes of a line
  // The patterns must outlive this.
  explicit ShapeFinder(std::span<const std::string_view> patterns);
  // The first in the order of the patterns; kNone if no one fits.
  static constexpr std::size_t kNone = ~std::size_t{0};
  [[nodiscard]] std::size_t find(std::string_view line);

 private:
  static constexpr std::size_t kBuckets = 4096;
  struct Wanted {
    std::string_view needle, pattern;
    std::int32_t next = -1;      // of the same bucket
    std::uint64_t tried_in = 0;  // number of the line in which it was last tried
  };
  static std::size_t bucket(const char* bytes);

  std::vector<Wanted> wanted_;
  std::vector<std::size_t> of_each_line_;  // of wanted_: those whose needles are too short
  std::array<std::int32_t, kBuckets> first_;
  std::uint64_t line_ = 0;
};

}  // namespace runneriq::diagnosis
