// Laws of series and of the order of trust on generated input. The seed is fixed and printed with every
// counter-example.
#include "carbon/outlook.hpp"
#include "tests/support/intensities.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <string>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;
using namespace support;

constexpr std::uint64_t kSeed = 20250301;
constexpr int kRounds = 2'000;
const Time kNoon = utc("2025-03-01T12:00:00Z");

class CarbonLaws : public testing::Test {
 protected:
  int from_to(int lowest, int highest) {
    return std::uniform_int_distribution<int>{lowest, highest}(random_);
  }
  bool one_in(int n) { return from_to(1, n) == 1; }
  template <class Value>
  Value any_of(const std::vector<Value>& values) {
    return values[static_cast<std::size_t>(from_to(0, static_cast<int>(values.size()) - 1))];
  }
  static std::string where(int round) {
    return "seed " + std::to_string(kSeed) + ", round " + std::to_string(round);
  }

  Step any_step(int lowest_minute, int highest_minute) {
    const Duration length = any_of(std::vector<Duration>{5min, 15min, 30min, 1h, 3h, 0min, 7min});
    Step made = step(kNoon + from_to(lowest_minute, highest_minute) * 1min, length, from_to(1, 2000));
    made.estimated = one_in(3);
    return made;
  }
  std::vector<Step> any_steps(std::size_t most, int lowest_minute, int highest_minute) {
    std::vector<Step> made(static_cast<std::size_t>(from_to(0, static_cast<int>(most))), step(kNoon, 1h, 1));
    for (Step& one : made) one = any_step(lowest_minute, highest_minute);
    return made;
  }
  Time any_time(int lowest_minute, int highest_minute) {
    return kNoon + from_to(lowest_minute, highest_minute) * 1min;
  }

  // The value tells zone and basis: 100 × (place of the zone + 1) + 10 × (place of the basis + 1) + 0…9.
  double marked(std::size_t of_zone, std::size_t of_basis) {
    return 100.0 * static_cast<double>(of_zone + 1) + 10.0 * static_cast<double>(of_basis + 1) +
           from_to(0, 9);
  }
  std::vector<Step> marked_steps(Time from, Duration length, int count, std::size_t z, std::size_t b) {
    std::vector<double> values(static_cast<std::size_t>(count));
    for (double& value : values) value = marked(z, b);
    return steps(from, length, values);
  }
  ZoneRecord any_record() {
    const auto z = static_cast<std::size_t>(from_to(0, 2)), b = static_cast<std::size_t>(from_to(0, 2));
    ZoneRecord record{.source = any_of<std::string>({"maps", "grid"}), .zone = zones_[z], .basis = bases_[b]};
    const Duration length = any_of(std::vector<Duration>{15min, 30min, 1h});
    if (!one_in(4)) record.latest = step(any_time(-300, 120), length, marked(z, b));
    if (!one_in(3)) {
      record.forecast = Series{marked_steps(any_time(-120, 60), length, from_to(1, 30), z, b)};
      record.forecast_made = any_time(-60 * 30, 120);
    }
    if (!one_in(3)) record.past = Series{marked_steps(any_time(-60 * 24 * 10, 0), 1h, from_to(1, 240), z, b)};
    return record;
  }
  TypicalZone any_typical() {
    const auto z = static_cast<std::size_t>(from_to(0, 2)), b = static_cast<std::size_t>(from_to(0, 2));
    return typical(zones_[z].value(), marked(z, b), 1, bases_[b]);
  }
  template <class Make>
  auto several(int most, Make make) {
    std::vector<decltype(make())> made;
    for (int left = from_to(0, most); left > 0; --left) made.push_back(make());
    return made;
  }
  // Whether a value is of that zone and basis, as marked() made it.
  [[nodiscard]] bool is_of(Intensity intensity, const ZoneKey& key, const Basis& basis) const {
    const auto z = std::find(zones_.begin(), zones_.end(), key) - zones_.begin();
    const auto b = std::find(bases_.begin(), bases_.end(), basis) - bases_.begin();
    const double lowest = 100.0 * static_cast<double>(z + 1) + 10.0 * static_cast<double>(b + 1);
    return intensity.g_per_kwh() >= lowest && intensity.g_per_kwh() < lowest + 10;
  }

  std::mt19937_64 random_{kSeed};
  const std::vector<ZoneKey> zones_{zone("DE"), zone("FR"), zone("GB")};
  const std::vector<Basis> bases_{kLifecycle, kDirect, kMarginal};
};

// ---- Series ------------------------------------------------------------------------------------

TEST_F(CarbonLaws, StepsAreInOrderAndNeverOverlap) {
  for (int round = 0; round < kRounds; ++round) {
    const Series series{any_steps(20, 0, 600)};
    for (std::size_t i = 0; i < series.steps().size(); ++i) {
      ASSERT_LT(series.steps()[i].from, series.steps()[i].to) << where(round);
      if (i > 0) {
        ASSERT_LE(series.steps()[i - 1].to, series.steps()[i].from) << where(round);
      }
    }
  }
}

// By definition: of the steps that hold at that moment the shortest, of these the last.
const Step* counting_at(const std::vector<Step>& given, Time when) {
  const Step* best = nullptr;
  for (const Step& one : given) {
    if (when < one.from || when >= one.to) continue;
    if (best == nullptr || one.to - one.from <= best->to - best->from) best = &one;
  }
  return best;
}

TEST_F(CarbonLaws, EachMomentIsThatOfTheShortestStep) {
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<Step> given = any_steps(12, 0, 200);
    const Series series{given};
    for (int minute = -10; minute < 400; minute += 3) {
      const Step* const expected = counting_at(given, kNoon + minute * 1min);
      const Step* const actual = series.at(kNoon + minute * 1min);
      ASSERT_EQ(actual == nullptr, expected == nullptr) << where(round);
      if (expected == nullptr) continue;
      ASSERT_EQ(actual->intensity, expected->intensity) << where(round);
      ASSERT_EQ(actual->estimated, expected->estimated) << where(round);
    }
  }
}

TEST_F(CarbonLaws, AMeanIsBetweenTheCleanestAndTheDirtiest) {
  for (int round = 0; round < kRounds; ++round) {
    const Series series{any_steps(20, 0, 600)};
    const Time from = any_time(-60, 700), to = from + from_to(1, 600) * 1min;
    const auto mean = series.mean(from, to);
    ASSERT_EQ(mean.has_value(), series.covered(from, to) > 0) << where(round);
    if (!mean) continue;
    const auto [low, high] =
        std::minmax_element(series.steps().begin(), series.steps().end(),
                            [](const Step& a, const Step& b) { return a.intensity < b.intensity; });
    ASSERT_GE(*mean, low->intensity) << where(round);
    ASSERT_LE(*mean, high->intensity) << where(round);
  }
}

TEST_F(CarbonLaws, TheMeanIsTheWeightedMeanOfItsParts) {
  for (int round = 0; round < kRounds; ++round) {
    const Series series{any_steps(20, 0, 600)};
    const Time from = any_time(-60, 700), to = from + from_to(2, 600) * 1min;
    const Time middle = from + from_to(1, static_cast<int>((to - from) / 1min) - 1) * 1min;
    const auto grams = [&](Time a, Time b) {
      const auto mean = series.mean(a, b);
      return mean ? mean->g_per_kwh() * series.covered(a, b) * static_cast<double>((b - a).count()) : 0;
    };
    const double whole = grams(from, to);
    ASSERT_NEAR(whole, grams(from, middle) + grams(middle, to), 1e-9 * whole + 1e-6) << where(round);
  }
}

// ---- Outlook -----------------------------------------------------------------------------------

TEST_F(CarbonLaws, ASlotHasAnIntensityExactlyWhenItHasARung) {
  for (int round = 0; round < kRounds; ++round) {
    const auto records = several(6, [&] { return any_record(); });
    const auto known = several(3, [&] { return any_typical(); });
    const Outlook outlook =
        outlook_of(any_of(zones_), any_of(bases_), records, known, any_time(-30, 30), 36h);
    for (const OutlookSlot& slot : outlook.slots) {
      ASSERT_EQ(slot.intensity.has_value(), slot.rung != Rung::none) << where(round);
      if (slot.intensity) {
        ASSERT_LT(slot.source, outlook.sources.size()) << where(round);
      }
    }
    ASSERT_EQ(outlook.why.empty(), outlook.now().rung == Rung::live) << where(round);
  }
}

TEST_F(CarbonLaws, NoSlotIsBuiltOnAnotherZoneOrBasis) {
  for (int round = 0; round < kRounds; ++round) {
    const auto records = several(10, [&] { return any_record(); });
    const auto known = several(6, [&] { return any_typical(); });
    const GridOutlook grid = grid_outlook(zones_, records, known, any_time(-30, 30), 6h);
    for (const auto& [key, outlook] : grid.zones) {
      ASSERT_EQ(outlook.basis, grid.basis) << where(round);
      for (const OutlookSlot& slot : outlook.slots) {
        if (slot.intensity) {
          ASSERT_TRUE(is_of(*slot.intensity, key, grid.basis)) << where(round);
        }
      }
    }
  }
}

TEST_F(CarbonLaws, NoBasisKnowsMoreZonesThanTheOneOfTheGrid) {
  for (int round = 0; round < kRounds; ++round) {
    const auto records = several(10, [&] { return any_record(); });
    const auto known = several(3, [&] { return any_typical(); });
    const Time now = any_time(-30, 30);
    const GridOutlook grid = grid_outlook(zones_, records, known, now, kSlot);
    const auto known_on = [&](const Basis& basis) {
      return std::count_if(zones_.begin(), zones_.end(), [&](const ZoneKey& key) {
        return outlook_of(key, basis, records, known, now, kSlot).now().intensity.has_value();
      });
    };
    for (const Basis& basis : bases_) ASSERT_LE(known_on(basis), known_on(grid.basis)) << where(round);
  }
}

TEST_F(CarbonLaws, NothingOlderThanItsLimitIsTrusted) {
  for (int round = 0; round < kRounds; ++round) {
    const auto records = several(6, [&] { return any_record(); });
    const Time now = any_time(-30, 30);
    const TrustLimits limits{.live = from_to(0, 240) * 1min, .forecast = from_to(0, 1500) * 1min};
    const ZoneKey key = any_of(zones_);
    const Basis basis = any_of(bases_);
    std::set<Duration> sample_ages;
    for (const ZoneRecord& record : records) {
      if (record.latest) sample_ages.insert(std::max<Duration>(now - record.latest->from, 0ms));
    }
    for (const OutlookSlot& slot : outlook_of(key, basis, records, {}, now, 12h, limits).slots) {
      ASSERT_GE(slot.age, 0ms) << where(round);
      if (slot.rung == Rung::live) {
        ASSERT_LE(slot.age, limits.live) << where(round);
        ASSERT_TRUE(sample_ages.contains(slot.age)) << where(round);
      }
      if (slot.rung == Rung::forecast) {
        ASSERT_LE(slot.age, limits.forecast) << where(round);
      }
    }
  }
}

TEST_F(CarbonLaws, TheOrderOfRecordsChangesNoRung) {
  for (int round = 0; round < kRounds; ++round) {
    auto records = several(6, [&] { return any_record(); });
    const ZoneKey key = any_of(zones_);
    const Outlook one = outlook_of(key, kLifecycle, records, {}, kNoon, 12h);
    std::shuffle(records.begin(), records.end(), random_);
    const Outlook other = outlook_of(key, kLifecycle, records, {}, kNoon, 12h);
    for (std::size_t i = 0; i < one.slots.size(); ++i) {
      ASSERT_EQ(one.slots[i].rung, other.slots[i].rung) << where(round);
      ASSERT_EQ(one.slots[i].age, other.slots[i].age) << where(round);
    }
  }
}

TEST_F(CarbonLaws, TheMeanOfAnOutlookIsTheWeightedMeanOfItsParts) {
  for (int round = 0; round < kRounds; ++round) {
    const ZoneRecord record{.source = "maps", .zone = zones_[0], .past = days_until(kNoon, from_to(4, 6))};
    const Outlook outlook = outlook_of(zones_[0], kLifecycle, std::span{&record, 1}, {}, kNoon, 24h);
    const Time from = any_time(-60, 2000), to = from + from_to(2, 3000) * 1min;
    const Time middle = from + from_to(1, static_cast<int>((to - from) / 1min) - 1) * 1min;
    const auto whole = outlook.mean(from, to), left = outlook.mean(from, middle),
               right = outlook.mean(middle, to);
    ASSERT_EQ(whole.has_value(), left && right) << where(round);
    if (!whole) continue;
    const double minutes = static_cast<double>((to - from) / 1min);
    const double parts = left->g_per_kwh() * static_cast<double>((middle - from) / 1min) +
                         right->g_per_kwh() * static_cast<double>((to - middle) / 1min);
    ASSERT_NEAR(whole->g_per_kwh(), parts / minutes, 1e-9 * whole->g_per_kwh()) << where(round);
  }
}

}  // namespace
}  // namespace runneriq::carbon
