// What the decision benchmarks decide on: made fleets, the same in every run. decisions_bench measures their
// time, decision_instructions counts their instructions.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

namespace runneriq::scheduler {

struct Size {
  std::size_t runners, jobs;
  std::size_t tags = 40;  // different ones of the fleet; a runner has five of them
  std::size_t projects = 200;
};

struct DecisionCase {
  const char* name;
  // Makes a fleet; what it returns decides on that fleet once.
  std::function<void()> (*prepare)(Size size);
};

std::span<const DecisionCase> decision_cases();

}  // namespace runneriq::scheduler
