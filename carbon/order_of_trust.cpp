#include "carbon/order_of_trust.hpp"

#include "core/joined.hpp"

#include <algorithm>
#include <array>

namespace runneriq::carbon {
namespace {

// Clocks differ, and some providers stamp a sample with its end. What is further ahead is wrong, or our own
// clock is.
constexpr Duration kFurthestAhead = std::chrono::hours{1};

bool is_ahead(Time when, Time now) {
  return when > now + kFurthestAhead;
}

bool is_young(Time when, Time now, Duration oldest) {
  return !is_ahead(when, now) && now - when <= oldest;
}

Duration age_of(Time when, Time now) {
  return std::max(now - when, Duration::zero());
}

bool any_estimated(const Series& series, Time from, Time to) {
  for (const Step* step = series.at(from); step != nullptr && from < to; step = series.at(from)) {
    if (step->estimated) return true;
    from = step->to;
  }
  return false;
}

std::string too_old(std::string_view what, Duration age, Duration oldest) {
  return std::string(what) + " is " + to_reading(age) + " old, and at most " + to_reading(oldest) + " count";
}

}  // namespace

OrderOfTrust::OrderOfTrust(const ZoneKey& zone, const Basis& basis, std::span<const ZoneRecord> records,
                           std::span<const TypicalZone> typical, Time now, const TrustLimits& limits)
    : zone_(zone), limits_(limits), now_(now) {
  if (zone.value().empty()) return;
  for (const ZoneRecord& record : records) {
    if (record.zone == zone && record.basis == basis) told_.push_back({.record = &record});
  }
  const auto same = std::find_if(typical.begin(), typical.end(), [&](const TypicalZone& known) {
    return known.zone == zone && known.basis == basis;
  });
  if (same != typical.end()) typical_ = &*same;
}

OutlookSlot OrderOfTrust::slot(Time start) {
  constexpr std::array kRungs{&OrderOfTrust::live, &OrderOfTrust::forecast, &OrderOfTrust::still_live,
                              &OrderOfTrust::hour_profile};
  for (const auto rung : kRungs) {
    Believed best;
    for (Told& told : told_) {
      const Believed believed = (this->*rung)(told, start);
      if (!believed || (best && best->age <= believed->age)) continue;
      best = believed;
      best->source = number_of(told.record->source);
    }
    if (best) return *best;
  }
  Believed mean = annual_mean(start);
  if (!mean) return {};
  mean->source = number_of("typical");
  return *mean;
}

// The sample of now, and of what it says itself to last for; the latter no longer than it is trusted.
OrderOfTrust::Believed OrderOfTrust::live(Told& told, Time start) const {
  const std::optional<Step>& sample = told.record->latest;
  if (!sample || !is_young(sample->from, now_, limits_.live)) return std::nullopt;
  const bool of_now = start <= now_;
  if (!of_now && start >= std::min(sample->to, sample->from + limits_.live)) return std::nullopt;
  return OutlookSlot{.intensity = sample->intensity,
                     .rung = Rung::live,
                     .estimated = sample->estimated,
                     .age = age_of(sample->from, now_)};
}

// Beyond that, as long as the sample would count if it were read then: still better than the profile.
OrderOfTrust::Believed OrderOfTrust::still_live(Told& told, Time start) const {
  const std::optional<Step>& sample = told.record->latest;
  if (!sample || start >= sample->from + limits_.live) return std::nullopt;
  return live(told, now_);
}

OrderOfTrust::Believed OrderOfTrust::forecast(Told& told, Time start) const {
  const ZoneRecord& record = *told.record;
  if (!record.forecast_made || !is_young(*record.forecast_made, now_, limits_.forecast)) return std::nullopt;
  const Time end = start + kSlot;
  if (record.forecast.covered(start, end) < 1) return std::nullopt;
  return OutlookSlot{.intensity = record.forecast.mean(start, end),
                     .rung = Rung::forecast,
                     .estimated = any_estimated(record.forecast, start, end),
                     .age = age_of(*record.forecast_made, now_)};
}

OrderOfTrust::Believed OrderOfTrust::hour_profile(Told& told, Time start) const {
  const int hour = hour_of_day(start);
  const HourProfile& profile = profile_of(told);
  const std::optional<Intensity> mean = profile.mean(hour);
  if (!mean || profile.days(hour) < limits_.samples_per_hour) return std::nullopt;
  return OutlookSlot{.intensity = mean, .rung = Rung::hour_profile};
}

// A shape that gives no intensity is none: the plain mean counts.
OrderOfTrust::Believed OrderOfTrust::annual_mean(Time start) const {
  if (typical_ == nullptr) return std::nullopt;
  const double share = typical_->shape[static_cast<std::size_t>(hour_of_day(start))];
  const Intensity mean = typical_->annual_mean;
  return OutlookSlot{.intensity = Intensity::of(mean.g_per_kwh() * share).value_or(mean),
                     .rung = Rung::annual_mean};
}

const HourProfile& OrderOfTrust::profile_of(Told& told) const {
  if (!told.profile) told.profile.emplace(told.record->past, now_ - limits_.profile, now_);
  return *told.profile;
}

std::string OrderOfTrust::why(Rung used) {
  if (used == Rung::live) return "";
  if (zone_.value().empty()) return "the zone is unknown";
  std::vector<std::string> reasons{why_not_live()};
  if (used > Rung::forecast) reasons.push_back(why_no_forecast());
  if (used > Rung::hour_profile) reasons.push_back(why_no_profile());
  if (used > Rung::annual_mean) reasons.emplace_back("no annual mean is known");
  return joined(reasons, "; ");
}

std::string OrderOfTrust::why_not_live() const {
  std::optional<Time> newest;
  for (const Told& told : told_) {
    if (told.record->latest) newest = std::max(newest, std::optional{told.record->latest->from});
  }
  if (!newest) return "no newest sample is known";
  if (is_ahead(*newest, now_)) {
    return "the newest sample is from " + to_reading(*newest - now_) + " ahead of the clock";
  }
  return too_old("the newest sample", age_of(*newest, now_), limits_.live);
}

std::string OrderOfTrust::why_no_forecast() const {
  std::optional<Time> made;
  bool known = false;
  for (const Told& told : told_) {
    if (told.record->forecast.empty()) continue;
    known = true;
    made = std::max(made, told.record->forecast_made);
  }
  if (!known) return "no forecast is known";
  if (!made) return "the forecast does not say when it was made";
  if (is_ahead(*made, now_)) {
    return "the forecast was made " + to_reading(*made - now_) + " ahead of the clock";
  }
  if (!is_young(*made, now_, limits_.forecast)) {
    return too_old("the forecast", age_of(*made, now_), limits_.forecast);
  }
  return "the forecast does not cover this quarter of an hour";
}

std::string OrderOfTrust::why_no_profile() {
  const int hour = hour_of_day(now_);
  int days = 0;
  for (Told& told : told_) days = std::max(days, profile_of(told).days(hour));
  return "this hour of the day was seen on " + std::to_string(days) + " days, and " +
         std::to_string(limits_.samples_per_hour) + " are needed";
}

std::uint16_t OrderOfTrust::number_of(const std::string& source) {
  const auto known = std::find(sources_.begin(), sources_.end(), source);
  const auto number = static_cast<std::uint16_t>(known - sources_.begin());
  if (known == sources_.end()) sources_.push_back(source);
  return number;
}

}  // namespace runneriq::carbon
