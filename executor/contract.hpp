// The contract with gitlab-runner's custom executor: stages, sub-stages, exit codes and the
// environment of a call. Source: gitlab-runner executors/custom (custom.go, command.go,
// api/const.go) at 19.4.
#pragma once

#include "core/result.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace runneriq::executor {

enum class Stage { config, prepare, run, cleanup };

std::optional<Stage> parse_stage(std::string_view word);
std::string_view to_text(Stage stage);

inline constexpr std::string_view kOurLinePrefix = "RunnerIQ: ";
inline constexpr std::string_view kPlanFile = "runneriq-plan.json";   // in TMPDIR
inline constexpr std::string_view kStageRecords = "runneriq-stages";  // in TMPDIR

// Environment entries "NAME=value", as main gets them.
using EnvironmentBlock = std::span<const std::string_view>;
// The value of `name`; the last entry wins, as for Go's exec. None when unset.
std::optional<std::string_view> find_in(EnvironmentBlock environment, std::string_view name);

// What every stage is told. gitlab-runner sets all five; a missing one keeps its default.
struct StageEnvironment {
  std::string attempt_dir;        // TMPDIR, one per attempt; "" when missing or not absolute
  std::string job_response_file;  // JOB_RESPONSE_FILE
  std::string exit_code_file;     // BUILD_EXIT_CODE_FILE; "" = nowhere to report to
  int build_failure = 1;          // BUILD_FAILURE_EXIT_CODE
  int system_failure = 2;         // SYSTEM_FAILURE_EXIT_CODE
};

// Numbers that are none, or outside 1..255, keep the defaults: an exit code of 0 would turn a
// failure into success.
StageEnvironment stage_environment(EnvironmentBlock environment);

// Whether a sub-stage runs lines that the user wrote: build_script, step_*, after_script.
// (release steps and unknown names count as the user's, the safer side.)
bool is_user_script(std::string_view sub_stage);
// Whether a failure of the sub-stage counts as the job's: not after_script (ignored unless
// AFTER_SCRIPT_IGNORE_ERRORS=false) and not cleanup_file_variables (a warning only).
bool decides_the_job(std::string_view sub_stage);

}  // namespace runneriq::executor
