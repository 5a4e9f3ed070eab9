// What can be configured about the executor: the fields, and their rows of the option table.
#pragma once

#include "carbon/energy.hpp"
#include "core/option.hpp"
#include "core/time.hpp"

#include <string>
#include <utility>
#include <vector>

namespace runneriq::executor {

enum class DriverKind { automatic, bubblewrap, shell, podman, chain };
std::string_view to_text(DriverKind kind);  // "auto", "bubblewrap", …

enum class Network { on, off };
enum class UserNamespaces { on, off };
enum class PullPolicy { always, if_not_present, never };

struct BubblewrapOptions {
  std::string command = "bwrap";
  Network network = Network::on;                         // off: step and after scripts have loopback only
  UserNamespaces user_namespaces = UserNamespaces::off;  // on: jobs may make namespaces of their own
  std::vector<std::string> read_only_paths;  // besides the system; absolute; missing ones are skipped
  std::vector<std::string> writable_paths;   // absolute; missing ones are skipped
};

struct PodmanOptions {
  std::string command = "podman";
  std::string default_image = "docker.io/library/debian:12";  // for jobs without `image:`
  PullPolicy pull_policy = PullPolicy::if_not_present;
  std::vector<std::string> run_arguments;  // further arguments of `podman create`, one per entry
};

// The commands of another custom executor; an empty one is skipped, but `run` is required.
struct ChainOptions {
  std::vector<std::string> config, prepare, run, cleanup;
};

// Whether the processors' own energy counters are read while a script runs.
enum class EnergyMeasure { automatic, off };

struct EnergyOptions {
  EnergyMeasure measure = EnergyMeasure::automatic;  // automatic: where they can be read
  carbon::HostPower power;
};

struct ExecutorOptions {
  DriverKind driver = DriverKind::automatic;
  int slots = 0;  // 0 = no limit
  Duration max_hold = std::chrono::minutes{10};
  Duration kill_grace = std::chrono::seconds{10};  // from SIGTERM to SIGKILL
  std::string run_as;                              // user name or number; "" = see accounts
  bool allow_root = false;
  std::string socket = "/run/runneriq/runneriq.sock";  // of the scheduler service; "" = none is asked
  std::string builds_dir;                              // "" = builds/ beside the state file
  std::string cache_dir;                               // "" = cache/ beside the state file
  std::string jobs_dir;  // private home and /tmp of jobs; "" = jobs/ beside the state file
  std::string shell;     // "" = as config.toml says
  std::string path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";  // PATH of jobs
  std::vector<std::string> pass_environment;  // names of the runner's variables that jobs see too
  std::string cgroup_root = "auto";           // "auto", "off" or an absolute path
  int pids_limit = 16384;                     // per job, where cgroups allow; 0 = none
  BubblewrapOptions bubblewrap;
  PodmanOptions podman;
  ChainOptions chain;
  EnergyOptions energy;
};

// The rows of `options`, which must outlive them.
Options option_rows(ExecutorOptions& options);

}  // namespace runneriq::executor
