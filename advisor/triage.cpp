#include "advisor/triage.hpp"

#include "advisor/excerpt.hpp"
#include "advisor/plain_text.hpp"
#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace runneriq::advisor {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kLongestName = 120, kLongestReason = 300, kLongestOfKey = 1'000;

ordered_json names_of(const std::vector<diagnosis::FailureClass>& classes) {
  ordered_json names = ordered_json::array();
  for (const diagnosis::FailureClass one : classes) names.push_back(diagnosis::to_text(one));
  return names;
}

ordered_json quoted_lines(const ShownExcerpt& excerpt, const std::string& mark) {
  ordered_json lines = ordered_json::array({"BEGIN " + mark});
  for (const std::string& line : excerpt.lines) lines.push_back(line);
  lines.push_back("END " + mark);
  return lines;
}

std::string mark_of(const ShownExcerpt& excerpt, const std::string& name, const std::string& stage) {
  std::vector<std::string> texts = excerpt.lines;
  texts.insert(texts.end(), {name, stage});
  return mark_for(texts);
}

// All on which an answer depends: who can run a job can choose its signature, and could else have an answer
// remembered for what others are shown. Without line numbers, which change from run to run.
std::string key_of(const diagnosis::TriageQuestion& question, const ShownExcerpt& excerpt,
                   const diagnosis::RedactionTerms& terms) {
  if (question.signature.empty()) return "";
  std::string key;
  const auto add = [&key](std::string_view text) {
    key.append(std::to_string(text.size())).append(":").append(text).append("\n");
  };
  for (const std::string* name :
       {&question.gitlab, &question.project, &question.job_name, &question.ref, &question.signature})
    add(redacted_line(*name, terms, kLongestOfKey));
  for (const std::string& line : excerpt.lines) {
    const std::size_t number = line.find_first_not_of("0123456789");
    const std::string_view rest = std::string_view{line}.substr(std::min(number, line.size()));
    add(number != 0 && rest.starts_with("| ") ? rest.substr(2) : std::string_view{line});
  }
  return key;
}

double confidence_of(std::string_view word) {
  constexpr double kLow = 0.4, kMedium = 0.65, kHigh = 0.85;
  if (word == "high") return kHigh;
  return word == "medium" ? kMedium : kLow;
}

// With what is known of the project's secrets.
diagnosis::RedactionTerms terms_for(const diagnosis::TriageQuestion& question,
                                    const diagnosis::RedactionTerms& terms) {
  diagnosis::RedactionTerms all = terms;
  if (question.known_secrets != nullptr) all.known = question.known_secrets;
  return all;
}

}  // namespace

Question triage_question(const diagnosis::TriageQuestion& question, const diagnosis::RedactionTerms& of_all) {
  const diagnosis::RedactionTerms terms = terms_for(question, of_all);
  ShownExcerpt excerpt = shown_excerpt(question.excerpt, terms, kMostLines, kMostBytes);
  const std::string name = redacted_line(question.job_name, terms, kLongestName),
                    stage = redacted_line(question.stage, terms, kLongestName);
  const std::string mark = mark_of(excerpt, name, stage);
  const ordered_json document{
      {"rules", {{"class", diagnosis::to_text(question.by_rules)}, {"possible", names_of(question.others)}}},
      {"quoted", {{"job", name}, {"stage", stage}}},
      {"mark", mark},
      {"excerpt", quoted_lines(excerpt, mark)}};
  return {.kind = QuestionKind::triage,
          .project = question.project,
          .key = key_of(question, excerpt, terms),
          .document = json_line(document),
          .line_numbers = std::move(excerpt.numbers)};
}

std::string shown_prompt(const Question& question) {
  const QuestionForm& form = form_of(question.kind);
  std::string text = "--- instructions (" + std::string(form.version) + ")\n";
  text.append(form.instructions).append("\n--- schema of the answer (").append(form.schema_name);
  text.append(")\n").append(form.schema).append("\n--- document\n").append(question.document);
  return text.append("\n");
}

ModelTriage::ModelTriage(Consultation& consultation, const diagnosis::RedactionTerms& terms)
    : consultation_(consultation), terms_(terms) {}

Result<diagnosis::TriageAnswer> ModelTriage::ask(const diagnosis::TriageQuestion& question) {
  auto consulted = consultation_.ask(triage_question(question, terms_));
  if (!consulted) return fail(std::move(consulted.error()));
  Answer& answer = consulted->answer;
  const auto failure_class = diagnosis::failure_class(answer.choice);
  if (!failure_class) return fail(Errc::corrupt, "the model's answer names no class of failure");
  return diagnosis::TriageAnswer{
      .failure_class = *failure_class,
      .confidence = confidence_of(answer.confidence),
      .lines = std::move(answer.lines),
      .reason = redacted_line(answer.reason, terms_for(question, terms_), kLongestReason),
      .model = std::move(consulted->model),
      .tokens = consulted->tokens};
}

}  // namespace runneriq::advisor
