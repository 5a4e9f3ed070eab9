#include "apps/gitlab_sim/usage.hpp"

#include "core/version.hpp"

#include <algorithm>
#include <array>

namespace runneriq::app {
namespace {

constexpr std::size_t kSummaryColumn = 22;

constexpr std::array kFlags{
    SimulatorFlag{"--scenario", "FILE",
                  "what it holds, YAML or JSON (docs/simulator.md); else the fleet of --mock",
                  "What it holds: users, projects, runners, pipelines and jobs, as YAML or JSON of at most 1 "
                  "MiB. Without it, it holds the fleet of `runneriq run --mock`."},
    SimulatorFlag{"--listen", "ADDRESS",
                  "ADDRESS:PORT or unix:/path; 127.0.0.1:0 (any free port) unless told",
                  "Where it answers: an address with its port, or `unix:` with a path. `127.0.0.1:0` unless "
                  "told, which is any free port."},
    SimulatorFlag{"--time-factor", "N",
                  "simulated seconds per second; 0 = time stands until POST /sim/advance",
                  "How many simulated seconds pass in a second; 1 unless told, at most 1000000. With 0 time "
                  "stands still until it is moved by `POST /sim/advance`."},
    SimulatorFlag{"--token", "FILE", "a file with the administrator's token; glpat-simulator unless told",
                  "A file with the administrator's token. It is `glpat-simulator` unless told."},
    SimulatorFlag{"--version", "", "", "Prints the version."},
    SimulatorFlag{"--help", "", "", "Prints a summary of the flags."},
};

std::string help_line(const SimulatorFlag& flag) {
  std::string text = "  " + std::string(flag.name) + " " + std::string(flag.value);
  text.append(kSummaryColumn - std::min(text.size(), kSummaryColumn), ' ');
  return text + std::string(flag.summary) + "\n";
}

}  // namespace

std::span<const SimulatorFlag> simulator_flags() {
  return kFlags;
}

std::string simulator_help() {
  std::string text = "runneriq-gitlab-sim " RUNNERIQ_VERSION ", " + std::string(kSimulatorPurpose) + "\n\n";
  for (const SimulatorFlag& flag : kFlags) {
    if (!flag.summary.empty()) text += help_line(flag);
  }
  return text +
         "  --version | --help\n\n"
         "Prints {\"url\":…,\"token\":…,\"pid\":…} as one line and serves until SIGTERM or SIGINT.\n";
}

}  // namespace runneriq::app
