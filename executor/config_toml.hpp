// The part of gitlab-runner's config.toml that puts RunnerIQ in front of jobs, to be pasted. Pure.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace runneriq::executor {

// In seconds. A held job must not run into the default of an hour: gitlab-runner would end its
// prepare and try it again, three times in all.
inline constexpr std::int64_t kPrepareTimeout = 86'400;
inline constexpr std::int64_t kForceKillTimeout = 10;
inline constexpr std::int64_t kCleanupTimeout = 300;
// Long enough for the executor to end the job's tree itself.
std::int64_t graceful_kill_timeout(Duration kill_grace);

struct ConfigTomlRequest {
  std::string program;  // absolute path of runneriq-executor
  int slots = 0;        // executor.slots; 0 = no limit: then `concurrent` and `limit` are left to the reader
  int reserve = 0;      // slots that only critical jobs may take, by a second [[runners]] entry
  Duration kill_grace{};
};

// Valid TOML without address, name or token: those are placeholders in comments.
// Error: invalid_argument when the reserve does not leave an ordinary slot, or without slots.
Result<std::string> config_toml(const ConfigTomlRequest& request);

// `text` as a basic string of TOML, with its quotes.
std::string toml_text(std::string_view text);

}  // namespace runneriq::executor
