// What gitlab-runner's config.toml says about runners of the custom executor.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace runneriq::executor {

// One of config, prepare, run and cleanup.
struct RunnerCommand {
  std::string program;  // "" = key missing or empty
  std::vector<std::string> arguments;
};

// One [[runners]] entry with executor = "custom". Numbers are as written; none = key missing.
struct RunnerEntry {
  int number = 1;  // among all [[runners]] entries, from 1
  std::string name;
  std::string builds_dir, cache_dir;
  std::optional<std::int64_t> limit, request_concurrency;
  std::optional<std::int64_t> output_limit;  // KiB
  std::optional<bool> strict_check_interval;
  std::array<RunnerCommand, 4> commands;  // in the order of Stage
  std::optional<std::int64_t> config_exec_timeout, prepare_exec_timeout, cleanup_exec_timeout;  // seconds
  std::optional<std::int64_t> graceful_kill_timeout, force_kill_timeout;                        // seconds
  bool has_docker_section = false;
  std::vector<std::string> unknown_custom_keys;  // of [runners.custom]; gitlab-runner skips them silently
};

struct RunnerSettings {
  std::optional<std::int64_t> concurrent;
  std::optional<std::int64_t> shutdown_timeout;  // seconds
  int other_entries = 0;                         // [[runners]] of other executors
  std::vector<RunnerEntry> entries;
  // Keys with a value of the wrong type, read as missing: "runners[2].limit is no whole number".
  std::vector<std::string> oddities;
};

}  // namespace runneriq::executor
