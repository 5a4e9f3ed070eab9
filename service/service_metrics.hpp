// GET /metrics.
#pragma once

#include "service/admission_line.hpp"
#include "service/alert_metrics.hpp"
#include "service/carbon_knowledge.hpp"
#include "service/diagnosis_metrics.hpp"
#include "service/routes.hpp"
#include "service/tick_figures.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace runneriq::service {

struct ProcessFigures {
  double resident_bytes = 0;
  double cpu_seconds = 0;
};

struct HttpCounts {
  // By operation and status; requests without a route have none.
  std::map<std::pair<std::optional<Operation>, int>, std::int64_t> requests;
  std::map<std::string, std::int64_t> webhooks;  // by result
};

struct MetricsInput {
  const TickTotals& ticks;
  const AdmissionLine& line;
  const HttpCounts& http;
  ProcessFigures process;
  std::string_view version;
  const CarbonKnowledge* carbon = nullptr;  // null before the first tick
  const AlertFigures* alerts = nullptr;     // null: alerting is off
  const DiagnosisFigures* diagnoses = nullptr;
};
std::string metrics_text(const MetricsInput& input);

}  // namespace runneriq::service
