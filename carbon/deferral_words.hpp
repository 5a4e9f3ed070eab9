// Why a job starts when it does, in a sentence. Pure.
#pragma once

#include "carbon/deferral.hpp"

#include <string>

namespace runneriq::carbon {

// "320 g/kWh now, 210 from 13:00 UTC in DE (forecast); at the latest 17:40". Moments of another day than
// `now` have their date: "2025-03-02 13:00 UTC".
std::string reason_of(const Deferral& deferral, const DeferrableJob& job, const GridOutlook& grid, Time now);

}  // namespace runneriq::carbon
