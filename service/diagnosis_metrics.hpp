// What GET /metrics shows of diagnoses, and of the models that are asked.
#pragma once

#include "advisor/consultation.hpp"
#include "service/prometheus_text.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace runneriq::service {

// Since the program started.
struct DiagnosisCounts {
  std::int64_t pipelines = 0, failed = 0;            // looked at; that could not be
  std::int64_t added = 0, edited = 0, resolved = 0;  // notes
  std::int64_t issues = 0;
};

struct DiagnosisFigures {
  std::optional<DiagnosisCounts> diagnoses{};                   // none: nothing is posted
  std::map<std::string, advisor::ConsultationCounts> models{};  // by who asks: "loop", "diagnosis"
};

void put_diagnoses(PrometheusText& text, const DiagnosisFigures& figures);

}  // namespace runneriq::service
