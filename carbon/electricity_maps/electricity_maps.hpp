// Electricity Maps: the grid of most of the world, for a key.
#pragma once

#include "carbon/options.hpp"
#include "carbon/provider.hpp"

#include <map>

namespace runneriq::carbon {

// A free key covers one zone, so a zone may have a key of its own; the others use `any`.
struct ElectricityMapsKeys {
  std::map<ZoneKey, Secret> by_zone;
  Secret any;  // "" = zones without a key of their own are not asked
};

// Paths and members are those of API v3 and v4, which differ in their first part only.
class ElectricityMaps final : public Provider {
 public:
  ElectricityMaps(ElectricityMapsOptions options, ElectricityMapsKeys keys);

  [[nodiscard]] std::string_view name() const override { return "electricity_maps"; }
  [[nodiscard]] bool offers(const ZoneKey& zone, Want want) const override;
  [[nodiscard]] ProviderQuestion question(const ZoneKey& zone, Want want, Time now) const override;
  [[nodiscard]] Result<ProviderAnswer> read(const ZoneKey& zone, Want want, std::string_view body,
                                            Time now) const override;

 private:
  [[nodiscard]] const Secret& key_of(const ZoneKey& zone) const;

  ElectricityMapsOptions options_;
  ElectricityMapsKeys keys_;
};

}  // namespace runneriq::carbon
