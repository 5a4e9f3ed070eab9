// The port through which diagnosis asks for a second opinion where its rules are unsure. Implemented by
// advisor/.
#pragma once

#include "core/result.hpp"
#include "diagnosis/failure_class.hpp"
#include "diagnosis/known_secrets.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::diagnosis {

struct NumberedLine {
  std::int64_t number = 0;  // in the raw log
  std::string text;         // cleaned, not yet redacted
};

struct TriageQuestion {
  std::string gitlab{};   // its address
  std::string project{};  // whose share of the budget pays
  std::string job_name{}, stage{}, ref{};
  std::string signature{};            // the same failure is asked about once
  std::vector<NumberedLine> excerpt;  // what would be shown and lines around, in order
  FailureClass by_rules = FailureClass::unknown;
  std::vector<FailureClass> others{};  // that the rules find possible
  // Of the project, to be redacted beside what looks like one; null: none are known.
  const KnownSecrets* known_secrets = nullptr;
};

// All texts come from a model: to be shown as its, escaped, and never acted upon.
struct TriageAnswer {
  FailureClass failure_class = FailureClass::unknown;
  double confidence = 0;                                     // 0..1: of low, medium, high
  std::vector<std::pair<std::int64_t, std::int64_t>> lines;  // cited, all within the excerpt
  std::string reason;                                        // one sentence, printable, at most 300 bytes
  std::string model;                                         // "claude-haiku-5-5"
  std::int64_t tokens = 0;                                   // spent on it; 0 = answered before
};

class Triage {
 public:
  virtual ~Triage() = default;
  // Error: there is no answer, with the reason for people: switched off, over the budget, too late, refused,
  // not valid. May take the time that is set for it.
  [[nodiscard]] virtual Result<TriageAnswer> ask(const TriageQuestion& question) = 0;
};

}  // namespace runneriq::diagnosis
