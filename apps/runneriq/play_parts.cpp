#include "apps/runneriq/play_parts.hpp"

#include "apps/runneriq/steering_parts.hpp"
#include "config/yaml/ci_config_document.hpp"
#include "core/version.hpp"
#include "gitlab/rest/address.hpp"
#include "gitlab/rest/rest_manual_jobs.hpp"
#include "platform/digest.hpp"
#include "platform/files.hpp"
#include "platform/system_waiter.hpp"
#include "scheduler/action_bridge/job_plays.hpp"

#include <utility>

namespace runneriq::app {
namespace {

// One GitLab, read and played with the same token.
struct Player {
  GitLabUrl gitlab;
  std::unique_ptr<platform::HttpClient> client;
  std::unique_ptr<gitlab::RestManualJobs> jobs;
};

class FleetPlays final : public scheduler::Plays {
 public:
  FleetPlays(std::vector<Player> players, scheduler::PlaySettings settings, scheduler::PlayPorts ports,
             std::string hindrance, std::function<bool()> grid_has_asked)
      : players_(std::move(players)),
        plays_(std::move(settings), with_gitlabs(std::move(ports))),
        hindrance_(std::move(hindrance)),
        grid_has_asked_(std::move(grid_has_asked)),
        may_play_(hindrance_.empty()) {}

  scheduler::PlayReport step(const scheduler::FleetSnapshot& fleet, scheduler::TrustMode mode) override {
    if (!grid_has_asked_()) return {};
    auto report = plays_.step(fleet, may_play_ ? mode : scheduler::TrustMode::advisory);
    if (!hindrance_.empty()) report.sentences.push_back(std::exchange(hindrance_, {}));
    return report;
  }

 private:
  scheduler::PlayPorts with_gitlabs(scheduler::PlayPorts ports) {
    for (const Player& player : players_) ports.gitlabs.emplace(player.gitlab, player.jobs.get());
    return ports;
  }

  std::vector<Player> players_;
  scheduler::JobPlays plays_;
  std::string hindrance_;
  std::function<bool()> grid_has_asked_;
  bool may_play_;
};

Result<gitlab::CiConfig> read_ci(std::string_view text) {
  auto root = config::parse_ci_config(text);
  if (!root) return fail(std::move(root.error()));
  return gitlab::CiConfig{*std::move(root)};
}

Result<Player> player_of(Watched watched, const Settings& settings) {
  auto client = platform::HttpClient::make(
      {.ca_file = watched.fleet.ca_file, .user_agent = "runneriq/" RUNNERIQ_VERSION});
  if (!client) return fail(std::move(client.error()));
  Player player;
  player.gitlab = GitLabUrl{gitlab::ApiBase{watched.fleet.url}.url()};
  player.client = *std::move(client);
  player.jobs = std::make_unique<gitlab::RestManualJobs>(rest_settings(watched, settings, kNeverStopped),
                                                         *player.client, read_ci);
  return player;
}

// With the token for starting where there is one for each, else with the one for reading.
Result<std::string> take_play_tokens(std::vector<Watched>& fleets, EnvironmentBlock environment) {
  std::vector<Watched> with_tokens = fleets;
  for (Watched& watched : with_tokens) {
    auto token = play_token(watched.fleet, environment);
    if (!token) return fail(std::move(token.error()));
    if (token->empty()) {
      return "carbon.deferral.play starts nothing: set " + play_token_variable(watched.fleet) +
             " to the token of a user who may start jobs and do little else, since GitLab runs a job with "
             "the "
             "rights of whoever started it";
    }
    watched.token = *std::move(token);
  }
  fleets = std::move(with_tokens);
  return std::string{};
}

}  // namespace

Result<std::unique_ptr<scheduler::Plays>> open_plays(const std::vector<Watched>& fleets,
                                                     const PlayParts& parts) {
  const Settings& settings = *parts.settings;
  std::vector<Watched> watched = fleets;
  std::string hindrance = "carbon.deferral.play only plans: starting needs --execute";
  if (parts.may_play == MayPlay::yes) {
    auto taken = take_play_tokens(watched, parts.environment);
    if (!taken) return fail(std::move(taken.error()));
    hindrance = *std::move(taken);
  }
  std::vector<Player> players;
  for (Watched& each : watched) {
    auto player = player_of(std::move(each), settings);
    if (!player) return fail(std::move(player.error()));
    players.push_back(*std::move(player));
  }
  scheduler::PlayPorts ports{.gitlabs = {},
                             .plans = parts.carbon,
                             .store = parts.store,
                             .audit = parts.store,
                             .memory = parts.store,
                             .now = platform::moment,
                             .stopped_by_kill_switch = kill_switch_of(settings)};
  scheduler::PlaySettings rules{.deferral = settings.carbon.deferral,
                                .watts = settings.carbon.default_watts,
                                .priority = settings.priority,
                                .trust = trust_terms(settings),
                                .digest = platform::sha256_hex};
  return std::unique_ptr<scheduler::Plays>(std::make_unique<FleetPlays>(
      std::move(players), std::move(rules), std::move(ports), std::move(hindrance), parts.grid_has_asked));
}

}  // namespace runneriq::app
