// What a model is asked of a failure, and what its answer comes to. Pure but for the consultation.
#pragma once

#include "advisor/consultation.hpp"
#include "diagnosis/redaction.hpp"
#include "diagnosis/triage.hpp"

#include <functional>

namespace runneriq::advisor {

// At most kMostLines and kMostBytes of the excerpt, redacted (with what is personal, where `terms` say so),
// each line with its number; class names as labels. The document holds a mark that no line of it contains,
// around the lines. Its key holds all on which an answer depends but the numbers of lines, redacted too; "" =
// not to be remembered.
inline constexpr std::size_t kMostLines = 200, kMostBytes = 12'000;
Question triage_question(const diagnosis::TriageQuestion& question, const diagnosis::RedactionTerms& terms);
// Exactly what would be sent for it, for people: `diagnose --show-prompt`.
std::string shown_prompt(const Question& question);

class ModelTriage final : public diagnosis::Triage {
 public:
  // All must outlive this.
  ModelTriage(Consultation& consultation, const diagnosis::RedactionTerms& terms);
  [[nodiscard]] Result<diagnosis::TriageAnswer> ask(const diagnosis::TriageQuestion& question) override;

 private:
  Consultation& consultation_;
  const diagnosis::RedactionTerms& terms_;
};

}  // namespace runneriq::advisor
