// What the ranking knows of a block: numbers of about 0..1. Pure. Internal to diagnosis.
#pragma once

#include "diagnosis/block.hpp"
#include "diagnosis/failing_span.hpp"
#include "diagnosis/templates.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

enum class Feature : std::size_t {
  one,  // always 1
  // What found it.
  compiler,
  test,
  trace,
  package,
  lint,
  assertion,
  tool,
  weight,
  rule_weight,     // highest of the rules that its lines match
  heaviest,        // no other block of the failing command weighs more
  below_heaviest,  // by how much it weighs less than the heaviest
  // How its head reads.
  error,
  complaint,
  consequence,
  plain,
  warning,
  // Where it stands.
  in_failing_command,
  after_failing_command,
  not_script,
  near_end,               // 1 at the end of the failing command, falling with the logarithm of the distance
  generic_near_end,       // the same, of what no tool is known for
  generic_at_end,         // not more than 3 lines before it
  nothing_strong_behind,  // no heavier block follows within the failing command
  first_of_kind,
  later_of_kind,
  first_specific,  // the first in the failing command that is not generic, …
  later_specific,  // … and those behind it
  // How rare it is.
  rare_head,
  often,  // how often its head comes, in the log
  // How long it is.
  one_line,
  length,
  last_output,
  own_words,
  statement,
  // Against history.
  new_lines,
  green,
  failed_before,
};
inline constexpr std::size_t kFeatures = static_cast<std::size_t>(Feature::failed_before) + 1;
using Features = std::array<double, kFeatures>;

// Of all blocks, in their order. O(lines).
std::vector<Features> features_of(const ReadLog& log, const FailingSpan& span,
                                  const std::vector<Block>& blocks, const LogHistory* history);

}  // namespace runneriq::diagnosis
