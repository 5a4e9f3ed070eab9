// The laws of architecture.md section 6 on random scripts. RUNNERIQ_SIMULATION_SEEDS says how many seeds
// each of the tests plays, RUNNERIQ_SIMULATION_FROM where they begin.
#include "tests/simulation/simulation.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

namespace runneriq::scheduler::sim {
namespace {

std::uint64_t number(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

// Tests are parts, so that they may run side by side.
constexpr std::uint64_t kParts = 8;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kSeedsOfPart = 40;
#else
constexpr std::uint64_t kSeedsOfPart = 250;
#endif

class RandomScripts : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomScripts, BreakNoLaw) {
  const std::uint64_t seeds = number("RUNNERIQ_SIMULATION_SEEDS", kSeedsOfPart);
  const std::uint64_t from = number("RUNNERIQ_SIMULATION_FROM", 1) + GetParam() * seeds;
  Counts counts;
  std::size_t events = 0;
  int failed = 0;
  for (std::uint64_t seed = from; seed < from + seeds && failed < 3; ++seed) {
    const Script script = random_script(seed);
    const Played played = play(script);
    counts += played.counts;
    events += script.events.size();
    if (played.violations.empty()) continue;
    ++failed;
    ADD_FAILURE() << "seed " << seed << "\n" << report(script);
  }
  std::cout << seeds << " seeds, " << events << " events, " << counts.steps << " steps, " << counts.effects
            << " effects, " << counts.puts << " PUTs, " << counts.crashes << " crashes, " << counts.edits
            << " edits, " << counts.late << " late, " << counts.jobs_done << " jobs\n";
  EXPECT_GT(counts.puts, 0);
}

INSTANTIATE_TEST_SUITE_P(Parts, RandomScripts, testing::Range(std::uint64_t{0}, kParts));

}  // namespace
}  // namespace runneriq::scheduler::sim
