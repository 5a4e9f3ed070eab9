// The order of trust: what is believed of a zone now and for the next days, and why. Pure; the only maker
// of an Outlook.
#pragma once

#include "carbon/series.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::carbon {

// What one provider has told of one zone.
struct ZoneRecord {
  std::string source = {};  // "electricity_maps"
  ZoneKey zone = {};
  Basis basis = {};
  std::optional<Step> latest = {};  // the newest sample
  Series forecast = {};
  std::optional<Time> forecast_made = {};
  Series past = {};  // samples of the last 28 days and longer
};

// What a zone is like in an ordinary year, where nobody tells more.
struct TypicalZone {
  ZoneKey zone;
  Basis basis;
  Intensity annual_mean;
  std::array<double, 24> shape{};  // by hour of the day in UTC: share of the mean, about 1
};

// Stored in state files: never renumber. Lower is more trusted; measured on 2022's traces, where data of
// 6 to 18 h is worse than the profile.
enum class Rung : int { live = 0, forecast = 1, hour_profile = 2, annual_mean = 3, none = 4 };
std::string_view to_text(Rung rung);  // "live", "forecast", "hour_profile", "annual_mean", "none"

struct TrustLimits {
  Duration live = std::chrono::hours{3};       // from the sample's own time
  Duration forecast = std::chrono::hours{24};  // from when it was made
  Duration profile = std::chrono::hours{24 * 28};
  int samples_per_hour = 5;  // of the profile: days on which that hour was seen
};

// The intensity of a quarter of an hour.
struct OutlookSlot {
  std::optional<Intensity> intensity;  // none exactly with Rung::none
  Rung rung = Rung::none;
  bool estimated = false;
  Duration age{};            // of a sample, or since a forecast was made; 0 else
  std::uint16_t source = 0;  // index in Outlook::sources
};

inline constexpr Duration kSlot = std::chrono::minutes{15};
// The start of the quarter of an hour (UTC) that `time` lies in.
Time slot_start(Time time);

struct Outlook {
  ZoneKey zone;
  Basis basis;
  Time begin;                        // slot_start(now)
  std::vector<OutlookSlot> slots;    // from `begin` on, one after the other
  std::vector<std::string> sources;  // that slots name; "typical" for annual means
  // Of the slot of now: why no better rung was used; one sentence, "" for live.
  std::string why;

  [[nodiscard]] const OutlookSlot* at(Time when) const;  // null: before or beyond
  // The mean over [from, to), where every slot is known; none else. Times before `begin` count as `begin`;
  // what lies beyond the last slot counts like the same quarter of the day before, which an outlook shorter
  // than a day may not know.
  [[nodiscard]] std::optional<Intensity> mean(Time from, Time to) const;
  [[nodiscard]] const OutlookSlot& now() const { return slots.front(); }
};

// One zone on one basis. `records` and `typical` of other zones or bases are not looked at; several records
// (providers) of one basis: for each slot the best rung, then the younger.
// - live: the newest sample, when it is at most limits.live old and not from the future by more than an hour.
//   It holds for the slot of now and for those up to its own end; where there is no forecast for them, for
//   all until limits.live after its start.
// - forecast: a step that covers the slot, made at most limits.forecast ago.
// - hour_profile: the mean of `past` within limits.profile at the same hour of the day (UTC).
// - annual_mean: the typical zone's mean by the hour's shape.
Outlook outlook_of(const ZoneKey& zone, const Basis& basis, std::span<const ZoneRecord> records,
                   std::span<const TypicalZone> typical, Time now, Duration horizon,
                   const TrustLimits& limits = {});

// All zones on one basis, so that they can be compared.
struct GridOutlook {
  Time now;
  Basis basis;
  std::map<ZoneKey, Outlook> zones;  // also those of which nothing is known
  // Sentences: zones whose better data was left aside since it is of another basis.
  std::vector<std::string> notes;

  [[nodiscard]] const Outlook* of(const ZoneKey& zone) const;  // null: unknown zone or nothing known now
};

// The basis is the one on which most of `zones` are known now; of equal ones that with the better rungs
// (sum over zones), then average before marginal, then lifecycle before direct.
GridOutlook grid_outlook(std::span<const ZoneKey> zones, std::span<const ZoneRecord> records,
                         std::span<const TypicalZone> typical, Time now, Duration horizon,
                         const TrustLimits& limits = {});

}  // namespace runneriq::carbon
