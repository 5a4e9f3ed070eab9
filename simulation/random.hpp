// Random numbers that are the same on every machine: xoshiro256**, seeded by splitmix64 (Blackman and
// Vigna, public domain). The standard library's distributions differ between libraries.
#pragma once

#include <array>
#include <cstdint>

namespace runneriq::simulation {

class Random {
 public:
  // Each `stream` of a seed is a sequence of its own, so that one draw more in one leaves the others alone.
  Random(std::uint64_t seed, std::uint64_t stream);

  double uniform();  // in (0, 1): never an end, so that logarithms are finite
  double exponential(double mean);
  double normal();                         // mean 0, deviation 1
  std::uint64_t geometric(double mean);    // 1, 2, …; `mean` ≥ 1
  std::uint64_t below(std::uint64_t end);  // 0 … end − 1; `end` ≥ 1

 private:
  std::uint64_t next();
  std::array<std::uint64_t, 4> state_{};
};

// The value below which a standard normal variable stays with this probability, in (0, 1). Acklam's
// rational approximation, relative error below 1.2e-9.
double inverse_normal(double probability);

}  // namespace runneriq::simulation
