// What the config stage of a chained custom executor printed, and what its exit codes mean. Pure.
#pragma once

#include "core/exit_status.hpp"
#include "core/result.hpp"
#include "executor/contract.hpp"
#include "executor/driver.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace runneriq::executor {

inline constexpr std::size_t kLargestChainedConfig = 1 << 20;  // bytes

struct ChainedConfig {
  ConfigAnswer answer;
  // Entries of job_env that cannot be passed on, as sentences for the job log.
  std::vector<std::string> ignored;
};

// Reads it as gitlab-runner does: nothing at all is fine, unknown keys and nulls are skipped,
// of a repeated key the last one counts. job_env may not move TMPDIR or the other four
// variables of the contract: our own later stages find their plan by them.
// Error: invalid_argument for bad JSON or a value of the wrong type; gitlab-runner tries the
// whole attempt again then.
Result<ChainedConfig> parse_chained_config(std::string_view standard_output);

// The exit code for gitlab-runner: 0, the build failure's and the system failure's are the
// chained driver's word; any other code, and death by a signal, is a system failure.
int chained_exit_code(ExitStatus status, const StageEnvironment& stage);

}  // namespace runneriq::executor
