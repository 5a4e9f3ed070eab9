// The rungs of one zone on one basis, from the newest sample down to nothing. Pure; outlook.hpp says what
// each rung is.
#pragma once

#include "carbon/hour_profile.hpp"
#include "carbon/outlook.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace runneriq::carbon {

class OrderOfTrust {
 public:
  // Records and typical zones of another zone or basis are not looked at; they, `zone` and `limits` must
  // outlive this.
  OrderOfTrust(const ZoneKey& zone, const Basis& basis, std::span<const ZoneRecord> records,
               std::span<const TypicalZone> typical, Time now, const TrustLimits& limits);

  // What is believed of the quarter of an hour from `start` on, which is no earlier than that of now.
  OutlookSlot slot(Time start);
  // Why no better rung than `used` was there for the quarter of an hour of now; "" for live.
  std::string why(Rung used);
  // The names that the slots so far have numbers of.
  [[nodiscard]] const std::vector<std::string>& sources() const { return sources_; }

 private:
  // One provider's record, and what it says of the hours of the day once somebody asks.
  struct Told {
    const ZoneRecord* record;
    std::optional<HourProfile> profile = {};
  };
  using Believed = std::optional<OutlookSlot>;
  Believed live(Told& told, Time start) const;
  Believed still_live(Told& told, Time start) const;
  Believed forecast(Told& told, Time start) const;
  Believed hour_profile(Told& told, Time start) const;
  Believed annual_mean(Time start) const;
  const HourProfile& profile_of(Told& told) const;

  [[nodiscard]] std::string why_not_live() const;
  [[nodiscard]] std::string why_no_forecast() const;
  std::string why_no_profile();
  std::uint16_t number_of(const std::string& source);

  const ZoneKey& zone_;
  const TrustLimits& limits_;
  Time now_;
  std::vector<Told> told_;
  const TypicalZone* typical_ = nullptr;
  std::vector<std::string> sources_;
};

}  // namespace runneriq::carbon
