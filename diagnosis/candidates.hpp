// The blocks among which the ranking chooses. Pure. Internal to diagnosis.
#pragma once

#include "diagnosis/block.hpp"
#include "diagnosis/failing_span.hpp"
#include "diagnosis/templates.hpp"

#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

inline constexpr std::string_view kLastOutput = "last-output";
inline constexpr std::string_view kOwnWords = "own-words";
inline constexpr std::string_view kStatement = "command-failed";
inline constexpr std::string_view kNewLines = "new-lines";
inline constexpr std::string_view kVerdict = "verdict";

// Whether a line is of a program that only tells that another one failed: make, npm, rake, Maven's advice.
bool is_of_a_wrapper(const LogLine& line);

// Those of the extractors, and, with the generic one: the last paragraph of the failing command
// (kLastOutput), that above the words of its wrappers (kOwnWords), and the statement that it failed
// (kStatement); with that of tools the runner's last word where it says why (kVerdict). In order of their
// first lines.
std::vector<Block> candidates_of(const ReadLog& log, const FailingSpan& span, const ExtractorSet& extractors,
                                 const LogHistory* history);  // null: none

}  // namespace runneriq::diagnosis
