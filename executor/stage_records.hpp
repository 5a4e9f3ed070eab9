// What the run stages leave for cleanup in TMPDIR, and the outcome that it makes of it.
#pragma once

#include "core/time.hpp"
#include "executor/stage_meter.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::executor {

// Written twice per run call, before and after: a stage that was killed has no exit code.
struct StageRecord {
  std::string sub_stage;
  std::optional<int> exit_code;            // as a shell gives it; kSystemFailure for our own trouble
  std::optional<StageEnergy> energy = {};  // of a script that has ended, where it was measured
};
inline constexpr int kSystemFailure = -1;

// "build_script 0" or, with J of the package, ms of processor time and ms, "build_script 0,12.5,800,950";
// ends in a newline.
std::string to_line(const StageRecord& record);
// Skips lines that are none; what is behind an exit code and cannot be read counts as not measured.
std::vector<StageRecord> parse_stage_records(std::string_view text);

struct JobResult {
  bool succeeded = true;
  int exit_code = 0;         // of the stage below; 0 when none failed
  std::string failed_stage;  // "" when none failed
};

// Sub-stages may be tried again (GET_SOURCES_ATTEMPTS): the last try counts. The job fails by
// the first sub-stage, in order of first appearance, whose last try failed and that decides
// the job.
JobResult result_of(std::span<const StageRecord> records);

}  // namespace runneriq::executor
