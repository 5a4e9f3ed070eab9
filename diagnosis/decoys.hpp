// Blocks that read like the cause and are none. Pure. Internal to diagnosis.
#pragma once

#include "diagnosis/block.hpp"
#include "diagnosis/failing_span.hpp"

#include <string_view>

namespace runneriq::diagnosis {

enum class Decoy {
  none,
  retried,         // a download or a step that was tried again and got through: the log goes on far behind it
  counts_nothing,  // a summary that counts no failure: "12 passed, 0 failed"
  after_the_script,  // of after_script and what the runner does then, where a command is told to have failed
                     // before
  housekeeping,      // warnings on caches and artifacts: "WARNING: dist: no matching files"
  last_word,  // what looks like the runner's last word: where it alone says why, it is a candidate of its own
};

Decoy decoy_of(const ReadLog& log, const FailingSpan& span, const Block& block);

// The score, once it is known whether the block is a decoy, or the runner's own reason.
double after_decoys(double score, const ReadLog& log, const FailingSpan& span, const Block& block);

}  // namespace runneriq::diagnosis
