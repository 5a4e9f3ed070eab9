// The lines that say why: blocks, ranked and cut to what a person reads. Pure; the only maker of a RootCause.
#pragma once

#include "diagnosis/block.hpp"
#include "diagnosis/templates.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

inline constexpr std::size_t kMostShownLines = 30;  // in all blocks together

struct ShownBlock {
  std::size_t first = 0, last = 0, head = 0;  // indexes in ReadLog::lines
  double score = 0;                           // 0..1: how likely it says why
  Extractor extractor = Extractor::generic;
  std::string_view kind, why;
  FailureClass failure_class = FailureClass::unknown;
};

struct RootCause {
  std::vector<ShownBlock> blocks;  // most likely first; they do not overlap; at most `lines` lines in all
  std::int32_t command = -1;       // the command that failed, of ReadLog::commands; −1 = not known
};

struct RootCauseTerms {
  std::size_t lines = kMostShownLines;
  const LogHistory* history = nullptr;  // null: none
  ExtractorSet extractors = {};
};

// Ranked by what found a block, where it stands (in the failing command, near its end, after the last
// success), how rare its lines are in this log and against history, and what it is not: decoys, which are
// retried downloads that got through in the end, summaries that count no failure, what comes after the
// script, warnings of caches and artifacts, the runner's last word unless it alone says why. Empty only for a
// log without any text.
RootCause root_cause_of(const ReadLog& log, const RootCauseTerms& terms = {});

}  // namespace runneriq::diagnosis
