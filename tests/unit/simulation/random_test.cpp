#include "simulation/random.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace runneriq::simulation {
namespace {

TEST(SimulationRandom, GivesTheSameNumbersOnEveryMachine) {
  Random random{1, 1};
  const double first = random.uniform();
  Random again{1, 1};
  EXPECT_EQ(again.uniform(), first);
  Random other_seed{2, 1}, other_stream{1, 2};
  EXPECT_NE(other_seed.uniform(), first);
  EXPECT_NE(other_stream.uniform(), first);
}

TEST(SimulationRandom, InvertsTheNormalDistribution) {
  const struct {
    double probability, value;
  } kRows[] = {{0.5, 0},
               {0.975, 1.959963984540054},
               {0.025, -1.959963984540054},
               {0.001, -3.090232306167813},
               {0.99, 2.326347874040841},
               {1e-9, -5.997807015008182}};
  for (const auto& row : kRows)
    EXPECT_NEAR(inverse_normal(row.probability), row.value, 1e-8) << row.probability;
}

TEST(SimulationRandom, HasTheMomentsOfItsDistributions) {
  constexpr int kDraws = 200'000;
  Random random{7, 3};
  double sum = 0, squares = 0, exponential = 0, geometric = 0, uniform = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double normal = random.normal();
    sum += normal;
    squares += normal * normal;
    exponential += random.exponential(40);
    geometric += static_cast<double>(random.geometric(6));
    uniform += random.uniform();
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.01);
  EXPECT_NEAR(squares / kDraws, 1, 0.02);
  EXPECT_NEAR(exponential / kDraws, 40, 0.5);
  EXPECT_NEAR(geometric / kDraws, 6, 0.08);
  EXPECT_NEAR(uniform / kDraws, 0.5, 0.005);
}

TEST(SimulationRandom, StaysBelowTheEnd) {
  Random random{3, 3};
  bool seen[3] = {};
  for (int i = 0; i < 100; ++i) seen[random.below(3)] = true;
  EXPECT_TRUE(seen[0] && seen[1] && seen[2]);
  EXPECT_EQ(random.below(1), 0U);
  EXPECT_EQ(random.geometric(1), 1U);
}

}  // namespace
}  // namespace runneriq::simulation
