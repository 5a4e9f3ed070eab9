// Jobs, samples and rows of the ledger by chance, the same for the same seed.
#pragma once

#include "carbon/ledger.hpp"

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace runneriq::carbon {

inline const std::array kMadeZones{ZoneKey{"DE"}, ZoneKey{"FR"}, ZoneKey{"DK-DK1"}, ZoneKey{""}};
inline const Time kMadeFrom{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};
inline constexpr Duration kMadeFor = std::chrono::hours{24 * 20};

class LedgerMaker {
 public:
  explicit LedgerMaker(std::uint64_t seed) : random_(seed) {}

  std::int64_t between(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>{least, most}(random_);
  }
  double real(double least, double most) {
    return std::uniform_real_distribution<double>{least, most}(random_);
  }
  template <class Values>
  auto one_of(const Values& values) {
    return values[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(values.size()) - 1))];
  }

  // Quarters, half hours and hours mixed; some left out when `gaps` says so.
  std::vector<Step> steps(bool gaps) {
    std::vector<Step> made;
    for (Time from = kMadeFrom; from < kMadeFrom + kMadeFor;) {
      const Duration length = one_of(std::array{kSlot, 2 * kSlot, 4 * kSlot});
      const Step step{from, from + length, *Intensity::of(real(10, 900)), between(0, 3) == 0};
      if (!gaps || between(0, 19) != 0) made.push_back(step);
      from += length;
    }
    return made;
  }

  FinishedWork work(std::int64_t job) {
    const Time started = kMadeFrom + std::chrono::milliseconds{between(0, 15LL * 86'400'000)};
    return {.gitlab = GitLabUrl{one_of(std::array{"https://a.example.com", "https://b.example.com"})},
            .job = JobId{job},
            .project = ProjectId{between(1, 4)},
            .pipeline = PipelineId{between(1, 30)},
            .runner = RunnerId{between(1, 6)},
            .name = "job " + std::to_string(job),
            .zone = one_of(kMadeZones),
            .home = one_of(kMadeZones),
            .submitted = started - std::chrono::milliseconds{between(0, 20'000'000)},
            .started = started,
            .finished = started + length(),
            .energy = {real(0, 5e6), one_of(std::array{EnergyMethod::rapl, EnergyMethod::cpu_model,
                                                       EnergyMethod::class_default})}};
  }

  DecisionCarbon decision(const FinishedWork& of) {
    DecisionCarbon made{.gitlab = of.gitlab, .job = of.job, .decided = of.submitted, .zone = of.zone};
    if (between(0, 2) != 0) made.fifo_g_per_kwh = real(10, 900);
    if (between(0, 2) != 0) made.g_per_kwh = real(10, 900);
    made.rung = one_of(std::array{Rung::live, Rung::forecast, Rung::annual_mean});
    made.source = "made";
    made.age = std::chrono::minutes{between(0, 300)};
    made.estimated = between(0, 1) == 0;
    made.deferred = between(0, 3) == 0;
    return made;
  }

  LedgerRow row(std::int64_t job, const Belief& belief) {
    FinishedWork done = work(job);
    DecisionCarbon known = decision(done);
    return account(std::move(done), std::move(known), {}, real(1, 2), belief);
  }

 private:
  // Often on the edges of slots, sometimes nothing at all.
  Duration length() {
    if (between(0, 9) == 0) return Duration::zero();
    return between(0, 2) == 0 ? between(1, 40) * kSlot : std::chrono::milliseconds{between(1, 40'000'000)};
  }

  std::mt19937_64 random_;
};

}  // namespace runneriq::carbon
