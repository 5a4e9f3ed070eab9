#include "scheduler/action_bridge/bridge_steering.hpp"

#include "scheduler/action_bridge/steering_state.hpp"

#include <utility>

namespace runneriq::scheduler {

BridgeSteering::BridgeSteering(SteeringSettings settings, BridgePorts ports)
    : state_(std::make_unique<State>(std::move(settings), ports)) {}
BridgeSteering::~BridgeSteering() = default;

void BridgeSteering::put_at_rest(FleetSnapshot& fleet) {
  state_->listed = put_fleet_at_rest(fleet, state_->book);
}

SteeringReport BridgeSteering::step(const Tick& tick) {
  State& state = *state_;
  state.begin();
  const bool well_informed = state.plan(tick);
  bool may_change = false;
  if (const std::string why = state.hindrance(); !why.empty()) {
    state.end_leases(why);
  } else if (!well_informed) {
    state.end_leases("what the decision rests on could not be read");
  } else {
    may_change = state.lease(tick);
  }
  state.settle(state.wanted, may_change ? state.mode() : TrustMode::advisory);
  state.answer_breaches();
  state.propose_rest(tick);
  return state.finish();
}

SteeringReport BridgeSteering::step_without_tick() {
  State& state = *state_;
  state.begin();
  if (const std::string why = state.hindrance(); !why.empty()) state.end_leases(why);
  state.settle({}, TrustMode::advisory);
  state.answer_breaches();
  return state.finish();
}

SteeringReport BridgeSteering::revert_all(std::string_view why) {
  State& state = *state_;
  state.begin();
  state.end_leases(why);
  state.settle({}, TrustMode::advisory);
  if (!state.unsettled.empty()) state.settle({}, TrustMode::advisory);
  for (const RunnerKey& left : state.unsettled) {
    state.report.sentences.push_back("runner " + std::to_string(left.runner.value()) +
                                     " may not be back at rest: run runneriq reset-tags");
  }
  state.answer_breaches();
  return state.finish();
}

}  // namespace runneriq::scheduler
