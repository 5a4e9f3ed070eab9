// Steering over the action bridge: gate, trust and leases for each tick, then one round of writes.
#pragma once

#include "core/event_log.hpp"
#include "scheduler/action_bridge/action_bridge.hpp"
#include "scheduler/steering.hpp"

#include <memory>

namespace runneriq::scheduler {

struct SteeringSettings {
  GateOptions gate;
  LeaseTerms leases;
  TrustTerms trust;
  int cuts_per_minute = 30;
  Duration round_limit = std::chrono::seconds{20};  // for the calls of one round
  Digest digest;                                    // SHA-256 in hexadecimal
};

class BridgeSteering final : public Steering {
 public:
  // `ports` point to what must outlive this. Recovers first: the first step ends what has run out and
  // looks at every runner that a lease is known of.
  BridgeSteering(SteeringSettings settings, BridgePorts ports);
  ~BridgeSteering() override;
  void put_at_rest(FleetSnapshot& fleet) override;
  SteeringReport step(const Tick& tick) override;
  SteeringReport step_without_tick() override;
  SteeringReport revert_all(std::string_view why) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace runneriq::scheduler
