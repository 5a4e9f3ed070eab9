// The replies of Electricity Maps' carbon-intensity paths: one point, or a list under the path's own name.
#pragma once

#include "carbon/provider.hpp"

#include <string_view>

namespace runneriq::carbon {

// What was asked for, and has to be what is told.
struct AskedIntensity {
  ZoneKey zone;
  EmissionFactors factors;
  bool estimations;  // else points that are estimated are left out
};

// A point's `datetime` is the start of its step. The step is as long as `temporalGranularity` says, of the
// point or of the reply; else up to the next point, but at most an hour, so that a gap stays one; else an
// hour. Errors as of Provider::read().
Result<ProviderAnswer> electricity_maps_answer(const AskedIntensity& asked, Want want, std::string_view body,
                                               Time now);

}  // namespace runneriq::carbon
