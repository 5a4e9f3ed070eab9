#include "scheduler/reported_energy.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace runneriq::scheduler {
namespace {

using carbon::Energy;
using carbon::EnergyMethod;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(ReportedEnergy, WhatCanBeIsTakenAsItIs) {
  for (const EnergyMethod method :
       {EnergyMethod::rapl, EnergyMethod::cpu_model, EnergyMethod::class_default}) {
    for (const double joules : {0.0, 0.5, 2091.25, kMostJoules}) {
      const Energy energy{joules, method};
      EXPECT_EQ(reported_energy(joules, carbon::to_text(method)), energy);
      EXPECT_EQ(stored_energy(joules, static_cast<std::int64_t>(method)), energy);
    }
  }
}

TEST(ReportedEnergy, WhatCannotBeIsDropped) {
  for (const double joules : {-0.001, -kInfinity, kNaN, kInfinity, std::nextafter(kMostJoules, kInfinity)}) {
    EXPECT_FALSE(reported_energy(joules, "rapl")) << joules;
    EXPECT_FALSE(stored_energy(joules, 0)) << joules;
  }
  for (const char* method : {"", "RAPL", "tdp", "rapl "}) EXPECT_FALSE(reported_energy(1, method)) << method;
  for (const std::int64_t method : {-1, 3, 1'000'000}) EXPECT_FALSE(stored_energy(1, method)) << method;
}

}  // namespace
}  // namespace runneriq::scheduler
