// Where ticks come from: a GitLab, the simulator inside this process, a document.
#pragma once

#include "apps/runneriq/settings.hpp"
#include "cli/session.hpp"
#include "core/secret.hpp"
#include "gitlab/rest/rest_fleet.hpp"
#include "scheduler/fleet_memory.hpp"

#include <memory>
#include <string>
#include <vector>

namespace runneriq::app {

// A fleet to be read, with the token for it.
struct Watched {
  gitlab::FleetOptions fleet;
  Secret token;
};

struct SourceParts {
  const Settings* settings;        // must outlive the source, as must the others
  scheduler::FleetMemory* memory;  // null: nothing is remembered
  scheduler::MemoryUse memory_use = scheduler::MemoryUse::recall_only;
  int stop_fd = -1;
  scheduler::Depth depth = scheduler::Depth::full;
};

// The fleets of the configuration with their tokens. Error: invalid_argument without gitlab.url or
// without a token, with the remedy.
Result<std::vector<Watched>> watched_fleets(const Settings& settings, EnvironmentBlock environment);

// A reader of one fleet and its connection to it.
struct Connection {
  std::unique_ptr<platform::HttpClient> client;
  std::unique_ptr<gitlab::RestFleet> reader;
};
Result<Connection> connect(const Watched& watched, const Settings& settings, int stop_fd);

Result<std::unique_ptr<cli::TickSource>> open_gitlab(const std::vector<Watched>& fleets,
                                                     const SourceParts& parts);

// Starts the simulator with its own scenario on a loopback port and reads it over HTTP like any GitLab.
Result<std::unique_ptr<cli::TickSource>> open_mock(const SourceParts& parts);

// `file`: a path, or "-" for standard input. Read once; every tick decides on it anew.
Result<std::unique_ptr<cli::TickSource>> open_snapshot(const std::string& file, const SourceParts& parts);

}  // namespace runneriq::app
