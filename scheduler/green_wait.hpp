// Minutes of waiting for cleaner power, in admission: for a job that a host has accepted.
#pragma once

#include "carbon/deferral.hpp"
#include "scheduler/admission.hpp"

#include <optional>

namespace runneriq::scheduler {

// The quarter of an hour before `bound` from which the job would run enough cleaner in `zone` (as
// carbon::greener_start has it). `expected` is the job's length; without it nothing is waited for.
std::optional<GreenWait> green_wait(const carbon::GridOutlook& grid, const carbon::ZoneKey& zone,
                                    std::optional<Duration> expected, Time now, Time bound,
                                    const carbon::DeferralTerms& terms);

}  // namespace runneriq::scheduler
