// The Carbon Intensity API of Great Britain's system operator (NESO): zone GB, half hours, no key. Its
// factors are those of operation, so it stands on another basis than the lifecycle values of others.
#pragma once

#include "carbon/options.hpp"
#include "carbon/provider.hpp"

namespace runneriq::carbon {

class UkGrid final : public Provider {
 public:
  explicit UkGrid(UkGridOptions options);

  [[nodiscard]] std::string_view name() const override { return "uk_grid"; }
  [[nodiscard]] bool offers(const ZoneKey& zone, Want want) const override;
  // 48 hours of forecast, 24 of history.
  [[nodiscard]] ProviderQuestion question(const ZoneKey& zone, Want want, Time now) const override;
  // What is not measured yet counts as forecast, and as estimated where a sample was asked for.
  [[nodiscard]] Result<ProviderAnswer> read(const ZoneKey& zone, Want want, std::string_view body,
                                            Time now) const override;

 private:
  UkGridOptions options_;
};

}  // namespace runneriq::carbon
