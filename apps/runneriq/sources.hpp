// Where ticks come from: a GitLab, the simulator inside this process, a document.
#pragma once

#include "apps/runneriq/grid.hpp"
#include "apps/runneriq/settings.hpp"
#include "cli/session.hpp"
#include "core/secret.hpp"
#include "gitlab/rest/rest_fleet.hpp"
#include "gitlab/rest/rest_runner_tags.hpp"
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
  cli::SourceRequest::Writes writes = cli::SourceRequest::Writes::nothing;
  std::shared_ptr<Grid> grid = {};  // not null when a source is opened
  // Each reading of a GitLab, as it was read; may be empty.
  std::function<void(const gitlab::FleetReading&)> heard = {};
  // Who is asked when two runners are close; null: rules.
  std::shared_ptr<scheduler::Advisor> advisor = {};
  // After each tick; empty: nothing is kept. Gives what is wrong with it.
  std::function<std::vector<std::string>(const scheduler::Tick&)> keep_books = {};
};

// A source whose GitLabs can be written to, where it was opened for that.
class FleetSource : public cli::TickSource {
 public:
  // One per fleet; none where it was not. They live as long as the source.
  [[nodiscard]] virtual std::vector<cli::TagDesk> desks() = 0;
};

// The fleets of the configuration with their tokens. Error: invalid_argument without gitlab.url or
// without a token, with the remedy.
Result<std::vector<Watched>> watched_fleets(const Settings& settings, EnvironmentBlock environment);

// For what is to end its calls by itself.
inline constexpr int kNeverStopped = -1;
gitlab::RestSettings rest_settings(const Watched& watched, const Settings& settings, int stop_fd);

// A reader of one fleet, what may write there (or null), and its connection to it.
struct Connection {
  GitLabUrl gitlab;
  std::unique_ptr<platform::HttpClient> client;
  std::unique_ptr<gitlab::RestFleet> reader;
  std::unique_ptr<platform::HttpClient> tags_client;  // a stop does not end it: reverts come after that
  std::unique_ptr<gitlab::RestRunnerTags> tags;
};
Result<Connection> connect(const Watched& watched, const Settings& settings, int stop_fd,
                           cli::SourceRequest::Writes writes = cli::SourceRequest::Writes::nothing);

Result<std::unique_ptr<FleetSource>> open_gitlab(const std::vector<Watched>& fleets,
                                                 const SourceParts& parts);

// The CI configuration of the watched project with what it includes, as GitLab merges it. Error:
// invalid_argument where GitLab finds it wrong; else as read_ci_lint().
Result<std::string> merged_ci_config(const Watched& watched, const Settings& settings, int stop_fd);

// All of standard input, until the program is to stop. Error: invalid_argument for more than `most` bytes.
Result<std::string> read_standard_input(int stop_fd, std::size_t most);

// Starts the simulator with its own scenario on a loopback port and reads it over HTTP like any GitLab.
Result<std::unique_ptr<FleetSource>> open_mock(const SourceParts& parts);

// `file`: a path, or "-" for standard input. Read once; every tick decides on it anew.
Result<std::unique_ptr<cli::TickSource>> open_snapshot(const std::string& file, const SourceParts& parts);

}  // namespace runneriq::app
