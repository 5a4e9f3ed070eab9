// What a model is asked: closed questions, whose answers are one of a few labels. Pure.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::advisor {

enum class QuestionKind { tie_break, triage, duration };
inline constexpr std::size_t kQuestionKinds = 3;
std::string_view to_text(QuestionKind kind);  // "tie_break", "triage", "duration"

// What never changes between questions of a kind: so a provider compiles one schema, and no text of a job can
// get into it. The schema uses only what both kinds of providers hold to: closed objects, enums of texts,
// arrays. Ranges are checked by answer_of() again.
struct QuestionForm {
  QuestionKind kind;
  std::string_view version;       // "triage-1", kept with each answer
  std::string_view instructions;  // system prompt
  std::string_view schema;        // JSON Schema of the answer
  std::string_view schema_name;   // "triage_answer"
  int most_output = 300;          // tokens that the answer may have, thought included
  Duration limit;                 // for all attempts: 3 s, 20 s, 20 s
};
const QuestionForm& form_of(QuestionKind kind);

// `document` is all that leaves the house beside the form: JSON, redacted, in which what jobs wrote stands as
// quoted data.
struct Question {
  QuestionKind kind = QuestionKind::tie_break;
  std::string project{};  // whose share of the budget pays; "" = the fleet's own
  std::string key{};      // questions with equal keys have equal answers; "" = never remembered
  std::string document{};
  std::vector<std::int64_t> line_numbers{};  // that an answer may cite; triage only
};

// A valid answer. `choice` is one of the labels of the form; texts are printable, cut, and of a model: they
// are shown as its and decide nothing.
struct Answer {
  std::string choice{};      // "A", "B", "NO_PREFERENCE"; a class; "EXPECTED", "UNEXPECTED", "UNSURE"
  std::string confidence{};  // "low", "medium", "high"
  std::string reason{};      // at most 300 bytes, one line
  std::vector<std::pair<std::int64_t, std::int64_t>> lines{};
};

// Whether choice and confidence are labels of the form: for answers that were kept.
bool has_labels_of(QuestionKind kind, const Answer& answer);

// Reads the text of a model's answer to the question. Strict: JSON of the form and nothing else but blanks
// around it, a label of the form, lines that were in the question (ranges with an end that was not are
// dropped; reversed ones, too; a range over lines that were left out becomes several). Error: corrupt, with
// what is wrong and at most 80 printable bytes of it.
Result<Answer> answer_of(const Question& question, std::string_view text);

}  // namespace runneriq::advisor
