// What GET /metrics shows of carbon.
#pragma once

#include "service/carbon_knowledge.hpp"
#include "service/prometheus_text.hpp"

#include <cstddef>

namespace runneriq::service {

// Of so many zones at most; what is beyond them, in the order of their keys, is left out.
inline constexpr std::size_t kMostZonesMeasured = 100;

void put_carbon(PrometheusText& text, const CarbonKnowledge& knowledge);

}  // namespace runneriq::service
