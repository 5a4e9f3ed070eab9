#include "apps/runneriq/steering_parts.hpp"

#include "platform/digest.hpp"
#include "platform/files.hpp"
#include "platform/system_waiter.hpp"
#include "scheduler/action_bridge/bridge_steering.hpp"
#include "scheduler/gate_options.hpp"

#include <utility>

namespace runneriq::app {
namespace {

class FleetTagDesks final : public cli::TagDesks {
 public:
  FleetTagDesks(std::vector<Connection> connections, scheduler::Lanes lanes, scheduler::AuditSink* audit)
      : connections_(std::move(connections)), lanes_(std::move(lanes)), audit_(audit) {
    for (const Connection& connection : connections_) {
      desks_.push_back({connection.gitlab, connection.reader.get(), connection.tags.get()});
    }
  }
  const std::vector<cli::TagDesk>& all() const override { return desks_; }
  const scheduler::Lanes& lanes() const override { return lanes_; }
  scheduler::AuditSink* audit() override { return audit_; }

 private:
  std::vector<Connection> connections_;
  std::vector<cli::TagDesk> desks_;
  scheduler::Lanes lanes_;
  scheduler::AuditSink* audit_;
};

scheduler::SteeringSettings steering_settings(const Settings& settings) {
  return {.gate = scheduler::gate_options(settings.steering, settings.monitor.poll_interval),
          .leases = scheduler::lease_terms(settings.steering),
          .trust = trust_terms(settings),
          .cuts_per_minute = settings.steering.cuts_per_minute,
          .digest = platform::sha256_hex};
}

}  // namespace

scheduler::TrustTerms trust_terms(const Settings& settings) {
  scheduler::TrustTerms trust;
  trust.options = settings.trust;
  trust.execute = true;
  return trust;
}

std::function<bool()> kill_switch_of(const Settings& settings) {
  return [path = settings.steering.kill_switch] { return !path.empty() && platform::exists(path); };
}

Result<std::unique_ptr<cli::TagDesks>> open_tag_desks(const std::vector<Watched>& fleets,
                                                      const Settings& settings, FleetStore* store,
                                                      int stop_fd) {
  std::vector<Connection> connections;
  for (const Watched& watched : fleets) {
    auto connection = connect(watched, settings, stop_fd, cli::SourceRequest::Writes::tags);
    if (!connection) return fail(std::move(connection.error()));
    connections.push_back(std::move(*connection));
  }
  return std::unique_ptr<cli::TagDesks>(
      std::make_unique<FleetTagDesks>(std::move(connections), scheduler::lanes_of(settings.steering), store));
}

Result<std::unique_ptr<scheduler::Steering>> open_steering(cli::TickSource& source, const Settings& settings,
                                                           FleetStore& store) {
  auto* const fleet = dynamic_cast<FleetSource*>(&source);
  scheduler::BridgePorts ports{.gitlabs = {},
                               .store = &store,
                               .audit = &store,
                               .now = platform::moment,
                               .stopped_by_kill_switch = kill_switch_of(settings),
                               .revert_limit = 2 * settings.monitor.poll_interval};
  if (fleet != nullptr) {
    for (const cli::TagDesk& desk : fleet->desks()) ports.gitlabs.emplace(desk.gitlab, desk.access);
  }
  if (ports.gitlabs.empty())
    return fail(Errc::invalid_argument, "there is no GitLab whose runners could be steered");
  return std::unique_ptr<scheduler::Steering>(
      std::make_unique<scheduler::BridgeSteering>(steering_settings(settings), std::move(ports)));
}

}  // namespace runneriq::app
