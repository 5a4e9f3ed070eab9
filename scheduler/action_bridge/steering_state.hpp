// What steering holds from one step to the next, and the parts of a step.
#pragma once

#include "scheduler/action_bridge/bridge_steering.hpp"
#include "scheduler/action_bridge/fleet_at_rest.hpp"
#include "scheduler/action_bridge/wants.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

struct BridgeSteering::State {
  State(SteeringSettings given, const BridgePorts& given_ports);
  State(const State&) = delete;

  // ---- parts of a step, in their order ----
  // Loads what could not be loaded before, learns what was decided elsewhere, ends what has run out.
  void begin();
  // The gate's plan; what it is made from could be read.
  [[nodiscard]] bool plan(const Tick& tick);
  // Leases for the plan, durable. False: nothing is to be changed.
  [[nodiscard]] bool lease(const Tick& tick);
  void end_leases(std::string_view why);
  void settle(std::span<const RunnerKey> first, TrustMode allowed);
  void answer_breaches();
  void propose_rest(const Tick& tick);
  [[nodiscard]] SteeringReport finish();

  // Why no lease may begin or go on; "" = it may.
  [[nodiscard]] std::string hindrance() const;
  [[nodiscard]] TrustMode mode() const { return mode_in_force(settings.trust, trust); }
  [[nodiscard]] Moment now() const { return ports.now(); }

  // ---- held ----
  SteeringSettings settings;
  WriteBudget budget;
  BridgePorts ports;
  LeaseBook book;
  ActionBridge bridge;
  GateMemory gate;
  TrustRecord trust;
  bool trust_is_durable = true;
  bool memory_loaded = false;
  std::vector<Proposal> proposals;
  FleetAsListed listed;
  std::vector<RunnerKey> unsettled;  // of the last round: unread, or not as they should be

  // ---- of this step ----
  SteeringReport report;
  std::vector<Breach> breaches;
  std::vector<GateRunner> runners;
  std::vector<Lease> in_force;    // before this step's
  std::vector<RunnerKey> wanted;  // by importance

 private:
  void load();
  void refresh_trust();
  void read_proposals();
  void leave_out_forged();
  void restore_trust();
  [[nodiscard]] GatePlan planned(const Tick& tick, std::span<const Pool> pools);
  void look_first(const Wants& wants);
  [[nodiscard]] bool record(const LeaseChanges& changes);
  [[nodiscard]] bool use_up_approvals(const Tick& tick, const Wants& wants);
  [[nodiscard]] Proposal* proposal(std::int64_t id);
  void demote(Breach breach);
  void take_round(BridgeRound round);
  void forget(std::span<const RunnerKey> gone);
  void say(std::string sentence);
};

}  // namespace runneriq::scheduler
