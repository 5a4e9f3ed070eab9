// The fleet that is simulated, and how fast RunnerIQ sees it and acts.
#pragma once

#include "core/time.hpp"
#include "scheduler/gate.hpp"

#include <cstddef>

namespace runneriq::simulation {

enum class Policy {
  fifo,    // GitLab's own dispatch, nothing withheld
  strict,  // one queue for all, by class and then age, at once: what no tag can reach
  gate,    // GitLab's dispatch, lanes withheld by scheduler::plan_gate()
};

// Each host is one runner record.
struct FleetModel {
  int hosts = 10;
  int slots = 1;          // of a host
  int special_hosts = 0;  // the last so many also take jobs of PoolKind::special
  int window = 0;         // jobs that a host accepts beyond its slots, and orders by scheduler::decide()
  Duration runner_poll = std::chrono::seconds{3};  // GitLab gives one job a poll; 0 = at once
};

// Where the decisions come from that the gate is given.
enum class Deciding {
  lean,      // class and expected start alone: what the gate asks for without grant lanes
  assigner,  // scheduler::decide() with analyzer and assigner, as `runneriq run` does
};

struct SteeringModel {
  Duration poll = std::chrono::seconds{30};
  bool webhooks = true;
  // From the first event that has not been looked at to the effect in GitLab; without webhooks from the poll
  // that finds it. Later events until the look are seen in the same.
  Duration reaction = std::chrono::seconds{15};
  // The last part of it, from the look to the first write: decisions are made on what was just read.
  Duration acting = std::chrono::seconds{1};
  Duration write_time = std::chrono::milliseconds{300};  // GET, PUT, GET
  std::size_t writes_at_once = 6;
  std::size_t cuts_per_minute = 30;
  scheduler::GateOptions gate;
  Deciding deciding = Deciding::lean;
};

}  // namespace runneriq::simulation
