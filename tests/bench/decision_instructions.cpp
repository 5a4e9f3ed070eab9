// What callgrind counts of the decision benchmarks: each on its fleet, once, a dump of counts for each. Run
// by tests/bench/instructions_test.py with --instr-atstart=no; alone it only decides.
#include "tests/bench/decision_cases.hpp"

#include <valgrind/callgrind.h>

#include <string>
#include <string_view>

namespace runneriq::scheduler {
namespace {

// Small, so that all take seconds under callgrind; of two the size of the budget, too, at which work of each
// job on each runner counts for more.
constexpr Size kSmall{.runners = 250, .jobs = 2'500}, kWhole{.runners = 1'000, .jobs = 10'000};
constexpr Size kOneJob{.runners = 1'000, .jobs = 1};

void count(const DecisionCase& of, Size size) {
  const std::function<void()> decide = of.prepare(size);
  decide();  // what is made at first use is no part of a decision
  CALLGRIND_START_INSTRUMENTATION;
  CALLGRIND_ZERO_STATS;
  decide();
  const std::string label =
      std::string(of.name) + "/" + std::to_string(size.runners) + "/" + std::to_string(size.jobs);
  CALLGRIND_DUMP_STATS_AT(label.c_str());
  CALLGRIND_STOP_INSTRUMENTATION;
}

}  // namespace
}  // namespace runneriq::scheduler

int main() {
  using namespace runneriq::scheduler;
  for (const DecisionCase& of : decision_cases()) {
    const std::string_view name = of.name;
    if (name == "PairsAlone") continue;
    count(of, name.starts_with("OneJob") ? kOneJob : kSmall);
    if (name == "Tick" || name == "TickWithGate") count(of, kWhole);
  }
}
