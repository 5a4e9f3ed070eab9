#include "apps/runneriq/sources.hpp"

#include "core/joined.hpp"
#include "core/version.hpp"
#include "gitlab/rest/address.hpp"
#include "gitlab/rest/ci_lint.hpp"
#include "gitlab/simulator/simulator.hpp"
#include "platform/files.hpp"
#include "platform/random.hpp"
#include "platform/system_waiter.hpp"
#include "scheduler/snapshot_document.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace runneriq::app {
namespace {

constexpr std::size_t kLargestSnapshot = std::size_t{256} << 20;

scheduler::TickRules rules_of(const Settings& settings) {
  scheduler::TickRules rules{.priority = settings.priority, .assigner = settings.assigner};
  rules.assigner.default_watts = settings.carbon.default_watts;
  rules.assigner.pue = settings.carbon.pue;
  return rules;
}

Result<std::unique_ptr<platform::HttpClient>> client_of(const Watched& watched, int stop_fd) {
  return platform::HttpClient::make(
      {.ca_file = watched.fleet.ca_file, .user_agent = "runneriq/" RUNNERIQ_VERSION, .stop_fd = stop_fd});
}

class GitLabSource final : public FleetSource {
 public:
  GitLabSource(std::vector<Connection> connections, const SourceParts& parts)
      : connections_(std::move(connections)),
        advisor_(parts.advisor ? parts.advisor : std::make_shared<scheduler::RulesAdvisor>()),
        rules_(rules_of(*parts.settings)),
        keep_books_(parts.keep_books),
        watch_(ports(parts), parts.settings->monitor, rules_, parts.depth) {}

  Result<scheduler::Tick> tick(Time now) override { return with_books(watch_.tick(now)); }
  Result<scheduler::Tick> tick_hinted(Time now, const scheduler::Hints& hints) override {
    return with_books(watch_.tick(now, hints));
  }
  void adjust_snapshots(std::function<void(scheduler::FleetSnapshot&)> adjust) override {
    adjust_ = std::move(adjust);
  }
  const scheduler::TickRules& rules() const override { return rules_; }
  scheduler::Advisor& advisor() override { return *advisor_; }
  std::vector<cli::TagDesk> desks() override {
    std::vector<cli::TagDesk> all;
    for (const Connection& connection : connections_) {
      if (connection.tags) all.push_back({connection.gitlab, connection.reader.get(), connection.tags.get()});
    }
    return all;
  }

 private:
  Result<scheduler::Tick> with_books(Result<scheduler::Tick> tick) {
    if (!tick || !keep_books_) return tick;
    for (std::string& trouble : keep_books_(*tick)) tick->degraded.push_back(std::move(trouble));
    return tick;
  }
  scheduler::FleetPorts ports(const SourceParts& parts) {
    scheduler::FleetPorts all{.fleets = {},
                              .memory = parts.memory,
                              .memory_use = parts.memory_use,
                              .advisor = advisor_.get(),
                              .adjust =
                                  [this, grid = parts.grid](scheduler::FleetSnapshot& fleet) {
                                    grid->complete(fleet);
                                    if (adjust_) adjust_(fleet);
                                  },
                              .heard = parts.heard};
    for (const Connection& connection : connections_) all.fleets.push_back(connection.reader.get());
    return all;
  }

  std::vector<Connection> connections_;
  std::function<void(scheduler::FleetSnapshot&)> adjust_;
  std::shared_ptr<scheduler::Advisor> advisor_;
  scheduler::TickRules rules_;
  std::function<std::vector<std::string>(const scheduler::Tick&)> keep_books_;
  scheduler::FleetWatch watch_;
};

class MockSource final : public FleetSource {
 public:
  MockSource(std::unique_ptr<gitlab::simulator::Simulator> simulator, std::unique_ptr<FleetSource> source)
      : simulator_(std::move(simulator)), source_(std::move(source)) {}

  Result<scheduler::Tick> tick(Time now) override { return source_->tick(now); }
  Result<scheduler::Tick> tick_hinted(Time now, const scheduler::Hints& hints) override {
    return source_->tick_hinted(now, hints);
  }
  void adjust_snapshots(std::function<void(scheduler::FleetSnapshot&)> adjust) override {
    source_->adjust_snapshots(std::move(adjust));
  }
  std::vector<cli::TagDesk> desks() override { return source_->desks(); }
  const scheduler::TickRules& rules() const override { return source_->rules(); }
  scheduler::Advisor& advisor() override { return source_->advisor(); }

 private:
  std::unique_ptr<gitlab::simulator::Simulator> simulator_;  // outlives the source that reads it
  std::unique_ptr<FleetSource> source_;
};

class SnapshotSource final : public cli::TickSource {
 public:
  SnapshotSource(std::string document, const SourceParts& parts)
      : document_(std::move(document)),
        rules_(rules_of(*parts.settings)),
        depth_(parts.depth),
        grid_(parts.grid) {}

  Result<scheduler::Tick> tick(Time now) override {
    auto snapshot = scheduler::parse_snapshot(document_, now);
    if (!snapshot) return fail(std::move(snapshot.error()).within("--snapshot"));
    grid_->complete(*snapshot);
    return scheduler::tick_on(std::move(*snapshot), rules_, depth_, advisor_);
  }
  const scheduler::TickRules& rules() const override { return rules_; }
  scheduler::Advisor& advisor() override { return advisor_; }

 private:
  std::string document_;
  scheduler::RulesAdvisor advisor_;
  scheduler::TickRules rules_;
  scheduler::Depth depth_;
  std::shared_ptr<Grid> grid_;
};

// Whether there is something to read, or the end; false when the program is to stop first.
bool wait_for_input(int stop_fd) {
  std::array<pollfd, 2> waits{{{STDIN_FILENO, POLLIN, 0}, {stop_fd, POLLIN, 0}}};
  while (::poll(waits.data(), waits.size(), -1) < 0 && errno == EINTR) {
  }
  return waits[1].revents == 0;
}

}  // namespace

Result<std::string> read_standard_input(int stop_fd, std::size_t most) {
  std::string text;
  std::array<char, 65536> block{};
  while (true) {
    if (!wait_for_input(stop_fd)) return fail(Errc::unavailable, "stopped before standard input ended");
    const ssize_t count = ::read(STDIN_FILENO, block.data(), block.size());
    if (count == 0) return text;
    if (count < 0) return fail(Errc::unavailable, "standard input cannot be read");
    text.append(block.data(), static_cast<std::size_t>(count));
    if (text.size() > most) return fail(Errc::invalid_argument, "standard input is too large");
  }
}

gitlab::RestSettings rest_settings(const Watched& watched, const Settings& settings, int stop_fd) {
  return {.fleet = watched.fleet,
          .client = settings.gitlab,
          .poll_interval = settings.monitor.poll_interval,
          .token = watched.token,
          .now = platform::wall_clock,
          .jitter = platform::random_share,
          .wait_until = [stop_fd](Time when) { platform::sleep_until(when, stop_fd); }};
}

Result<std::vector<Watched>> watched_fleets(const Settings& settings, EnvironmentBlock environment) {
  std::vector<Watched> all;
  for (const gitlab::FleetOptions& fleet : gitlab::fleets(settings.gitlab)) {
    auto token = token_of(fleet, environment);
    if (!token) return fail(std::move(token.error()));
    if (token->empty()) {
      return fail(Errc::invalid_argument, "no token for " + fleet.url + ": set " + token_variable(fleet) +
                                              " to a token with the scope read_api, or, on the service's "
                                              "machine, be root");
    }
    all.push_back({fleet, std::move(*token)});
  }
  if (!all.empty()) return all;
  return fail(Errc::invalid_argument,
              "no GitLab is configured: set GITLAB_URL (gitlab.url) and GITLAB_TOKEN, or try --mock");
}

Result<Connection> connect(const Watched& watched, const Settings& settings, int stop_fd,
                           cli::SourceRequest::Writes writes) {
  auto client = client_of(watched, stop_fd);
  if (!client) return fail(std::move(client.error()));
  Connection made;
  made.gitlab = GitLabUrl{gitlab::ApiBase{watched.fleet.url}.url()};
  made.client = std::move(*client);
  made.reader = std::make_unique<gitlab::RestFleet>(rest_settings(watched, settings, stop_fd), *made.client);
  if (writes == cli::SourceRequest::Writes::nothing) return made;
  auto lasting = client_of(watched, kNeverStopped);
  if (!lasting) return fail(std::move(lasting.error()));
  made.tags_client = std::move(*lasting);
  made.tags = std::make_unique<gitlab::RestRunnerTags>(rest_settings(watched, settings, kNeverStopped),
                                                       *made.tags_client);
  return made;
}

Result<std::unique_ptr<FleetSource>> open_gitlab(const std::vector<Watched>& fleets,
                                                 const SourceParts& parts) {
  std::vector<Connection> connections;
  for (const Watched& watched : fleets) {
    auto connection = connect(watched, *parts.settings, parts.stop_fd, parts.writes);
    if (!connection) return fail(std::move(connection.error()));
    connections.push_back(std::move(*connection));
  }
  return std::make_unique<GitLabSource>(std::move(connections), parts);
}

Result<std::string> merged_ci_config(const Watched& watched, const Settings& settings, int stop_fd) {
  auto client = client_of(watched, stop_fd);
  if (!client) return fail(std::move(client.error()));
  auto lint =
      gitlab::read_ci_lint(rest_settings(watched, settings, stop_fd), **client, watched.fleet.project);
  if (!lint) return fail(std::move(lint.error()));
  if (lint->valid && !lint->merged_yaml.empty()) return std::move(lint->merged_yaml);
  return fail(Errc::invalid_argument, "GitLab cannot merge the configuration of project " +
                                          watched.fleet.project + ": " + joined(lint->errors, "; "));
}

Result<std::unique_ptr<FleetSource>> open_mock(const SourceParts& parts) {
  gitlab::simulator::SimulatorSettings settings;
  const Secret token = settings.token;
  auto scenario = gitlab::simulator::mock_scenario();
  scenario.start = platform::wall_clock();
  auto simulator = gitlab::simulator::Simulator::start(std::move(scenario), std::move(settings));
  if (!simulator) return fail(std::move(simulator.error()));
  gitlab::FleetOptions fleet;
  fleet.url = (*simulator)->url();
  auto source = open_gitlab({{std::move(fleet), token}}, parts);
  if (!source) return fail(std::move(source.error()));
  return std::make_unique<MockSource>(std::move(*simulator), std::move(*source));
}

Result<std::unique_ptr<cli::TickSource>> open_snapshot(const std::string& file, const SourceParts& parts) {
  auto document = file == "-" ? read_standard_input(parts.stop_fd, kLargestSnapshot)
                              : platform::read_file(file, kLargestSnapshot);
  if (!document) return fail(Errc::invalid_argument, "--snapshot: " + document.error().message);
  return std::make_unique<SnapshotSource>(std::move(*document), parts);
}

}  // namespace runneriq::app
