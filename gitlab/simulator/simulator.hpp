// A small GitLab: the part of its rules and of its API that RunnerIQ and gitlab-runner use, on
// loopback, with faults on request. Scenario and control interface: docs/simulator.md.
#pragma once

#include "core/result.hpp"
#include "core/secret.hpp"
#include "core/time.hpp"
#include "gitlab/simulator/scenario.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace runneriq::gitlab::simulator {

struct SimulatorSettings {
  std::string listen = "127.0.0.1:0";
  Secret token{std::string("glpat-simulator")};  // of an administrator
  double time_factor = 1;  // simulated seconds per second; 0 = time moves only by POST /sim/advance
};

class Simulator {
 public:
  static Result<std::unique_ptr<Simulator>> start(Scenario scenario, SimulatorSettings settings);
  ~Simulator();
  [[nodiscard]] std::string url() const;
  // Calls so far that could change something: not GET, not HEAD, not a GraphQL query, not a runner's own.
  [[nodiscard]] std::int64_t mutating_calls() const;

 private:
  struct Engine;
  explicit Simulator(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace runneriq::gitlab::simulator
