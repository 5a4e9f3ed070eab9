// What `doctor` looks at, gathered by the program; the doctor itself only judges.
#pragma once

#include "core/account.hpp"
#include "executor/finding.hpp"
#include "executor/options.hpp"
#include "executor/runner_settings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::executor {

// Something was tried.
struct Probe {
  bool works = false;
  std::string detail;  // a version or path when it works, the trouble when not
};

struct CgroupFacts {
  std::vector<std::string> roots;        // writable ones; empty = jobs get no cgroup
  std::vector<std::string> controllers;  // usable below them, one word each: "pids", "cpuacct", …
};
// The names in cgroup v2's cgroup.controllers ("cpu io pids") or in the name of a v1 hierarchy's
// folder ("cpu,cpuacct").
std::vector<std::string> controller_names(std::string_view text);

// The processors' energy counters.
struct CounterFacts {
  std::vector<std::string> domains;  // that are read; empty = none
  std::string trouble;               // why there are none
  bool forbidden = false;            // there are some, but they may not be read
};

struct StateFileFacts {
  std::string path;
  bool exists = false;
  std::string trouble;        // "" = it opens, or could be made
  std::optional<int> schema;  // none when it could not be read
  int newest_schema = 0;      // that this program knows
  std::uint32_t owner_uid = 0;
  std::uint32_t mode = 0;  // permission bits
};

struct FolderFacts {
  std::string name;  // of the option: "builds_dir", "cache_dir", "jobs_dir"
  std::string path;
  bool exists = false;
  std::string trouble;  // "" = can be written to, or could be made
  std::uint32_t owner_uid = 0;
  std::uint32_t mode = 0;
  std::optional<std::uint64_t> free_bytes;
};

// Private folders of jobs whose attempt is over and that no cleanup removed.
struct LeftoverFacts {
  std::string jobs_dir;
  std::optional<int> attempts;  // none: the folder could not be looked into
};

// gitlab-runner's systemd unit with its drop-ins; empty = not said.
struct UnitFacts {
  std::string path;
  std::string kill_mode;  // "control-group", "mixed", "process", …
  std::string kill_signal;
};

struct HostFacts {
  std::string program;      // absolute path of this binary
  std::string config_file;  // where options are written
  bool config_absent = false;
  std::vector<std::string> config_problems;
  ExecutorOptions options;

  DriverKind driver = DriverKind::shell;  // in effect; automatic: none could be chosen
  std::string driver_reason;              // why it is, or why none is
  Probe bubblewrap;                       // whether it makes a sandbox
  bool bubblewrap_installed = false;
  std::string_view install = "apt-get install";  // this host's way, before the package's name
  Probe user_namespaces, mount_namespaces, pid_namespaces;
  std::optional<Probe> podman;  // none = not looked at

  bool is_root = false;
  std::uint32_t uid = 0;
  std::optional<Account> job_account;  // whom jobs run as
  std::string job_account_trouble;     // why there is none, or not the one that was asked for

  CgroupFacts cgroup;
  CounterFacts counters;
  StateFileFacts state;
  std::vector<FolderFacts> folders;
  LeftoverFacts leftovers;
  Probe git;            // on PATH of jobs
  Probe gitlab_runner;  // on PATH of jobs

  std::string runner_file;  // gitlab-runner's config.toml
  std::optional<RunnerSettings> runner;
  std::string runner_trouble;  // why there are no settings
  std::optional<UnitFacts> unit;

  std::vector<Finding> tried;  // further findings of the program: the self-test
};

}  // namespace runneriq::executor
