#include "carbon/electricity_maps/electricity_maps.hpp"

#include "carbon/electricity_maps/intensity_reply.hpp"
#include "core/percent_encoding.hpp"

#include <utility>

namespace runneriq::carbon {

ElectricityMaps::ElectricityMaps(ElectricityMapsOptions options, ElectricityMapsKeys keys)
    : options_(std::move(options)), keys_(std::move(keys)) {}

const Secret& ElectricityMaps::key_of(const ZoneKey& zone) const {
  const auto own = keys_.by_zone.find(zone);
  return own == keys_.by_zone.end() ? keys_.any : own->second;
}

bool ElectricityMaps::offers(const ZoneKey& zone, Want /*want*/) const {
  return !zone.value().empty() && !key_of(zone).empty();
}

// The zone is always named: without one Electricity Maps answers for the place that the caller seems to be.
ProviderQuestion ElectricityMaps::question(const ZoneKey& zone, Want want, Time /*now*/) const {
  std::string url = options_.url + (options_.version == Version::v3 ? "/v3" : "/v4") + "/carbon-intensity/" +
                    std::string(to_text(want)) + "?zone=" + percent_encoded(zone.value()) +
                    "&emissionFactorType=" + std::string(to_text(options_.factors));
  if (!options_.estimations) url += "&disableEstimations=true";
  return {.url = std::move(url), .secret_header = "auth-token", .key = key_of(zone)};
}

Result<ProviderAnswer> ElectricityMaps::read(const ZoneKey& zone, Want want, std::string_view body,
                                             Time now) const {
  return electricity_maps_answer({zone, options_.factors, options_.estimations}, want, body, now);
}

}  // namespace runneriq::carbon
