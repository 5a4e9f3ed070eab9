// The class of a failure. Pure; the only maker of a Classification.
#pragma once

#include "diagnosis/failure_class.hpp"
#include "diagnosis/root_cause.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

struct Classification {
  FailureClass failure_class = FailureClass::unknown;
  double confidence = 0;  // 0..1, calibrated: how often such an answer is right
  std::string
      decided_by;  // a rule's id, "failure_reason:runner_system_failure", an extractor's kind; "" = none
  std::string suggestion;            // one sentence; never empty
  std::vector<FailureClass> others;  // that were near, most likely first; at most 2
};

// What GitLab's failure_reason decides without the log. None for script_failure, unknown_failure, "" and what
// no version before this one knew.
std::optional<Classification> class_by_reason(std::string_view failure_reason);

// By rules and extractors: what stands in the shown blocks counts most, then what stands elsewhere in the
// failing command. Precedence decides between rules; a later retry that got through disarms those of networks
// and registries. Confidence below kUnsure: a model may be asked.
inline constexpr double kUnsure = 0.5;
Classification class_of(const ReadLog& log, const RootCause& cause);

}  // namespace runneriq::diagnosis
