#include "cli/diagnosis_text.hpp"

#include "cli/table.hpp"
#include "cli/words.hpp"
#include "core/lines.hpp"
#include "core/printable.hpp"
#include "diagnosis/report.hpp"

namespace runneriq::cli {
namespace {

using diagnosis::DiagnosedJob;
using diagnosis::Diagnosis;
using diagnosis::Evidence;

constexpr std::string_view kBold = "\033[1m", kDim = "\033[2m", kPlain = "\033[0m";
constexpr std::size_t kLongestLine = 500;

std::string painted(std::string_view paint, const std::string& text, Colour colour) {
  return colour == Colour::on ? std::string(paint) + text + std::string(kPlain) : text;
}

std::string evidence_text(const Evidence& evidence, Colour colour) {
  const std::string last = std::to_string(evidence.end_line);
  std::string text = painted(kDim,
                             "log       lines " + std::to_string(evidence.start_line) + " to " + last +
                                 (evidence.why.empty() ? "" : ", " + on_one_line(evidence.why)),
                             colour) +
                     "\n";
  const std::vector<std::string_view> lines = lines_of(evidence.text);
  // Where redaction made one line of several, or lines between were not kept, which is which is not known.
  const bool is_numbered =
      static_cast<std::int64_t>(lines.size()) == evidence.end_line - evidence.start_line + 1;
  std::int64_t number = evidence.start_line;
  for (const std::string_view line : lines) {
    const std::string shown = is_numbered ? std::to_string(number++) : "";
    text += std::string(last.size() - std::min(last.size(), shown.size()), ' ') + shown + " | " +
            printable_path(line, kLongestLine) + "\n";
  }
  return text;
}

std::string model_text(const Diagnosis& diagnosis) {
  if (!diagnosis.model)
    return diagnosis.model_trouble.empty() ? ""
                                           : wrapped("model     ", "no answer: " + diagnosis.model_trouble);
  const diagnosis::TriageAnswer& answer = *diagnosis.model;
  return wrapped("model     ",
                 on_one_line(answer.model) + " says " + std::string(to_text(answer.failure_class)) +
                     "; in its words, which nobody has checked: " + quoted_text(answer.reason, 300) +
                     "; by rules it is " + std::string(to_text(diagnosis.class_by_rules)));
}

std::string culprit_text(const Diagnosis& diagnosis) {
  if (!diagnosis.culprit) return {};
  const std::string commit =
      diagnosis.culprit->commit.empty() ? "" : ", in commit " + printable(diagnosis.culprit->commit, 64);
  return wrapped("change    ", on_one_line(diagnosis.culprit->why) + commit);
}

std::string command_text(const Diagnosis& diagnosis) {
  const std::string code = diagnosis.exit_code.empty() ? "" : "exit code " + on_one_line(diagnosis.exit_code);
  if (diagnosis.command.empty()) return code.empty() ? "" : "command   ended with " + code + "\n";
  return wrapped("command   ", on_one_line(diagnosis.command) + (code.empty() ? "" : ", " + code));
}

std::string job_text(const DiagnosedJob& job, Colour colour) {
  std::string text =
      painted(kBold, "job " + std::to_string(job.job.job_id) + " " + on_one_line(job.job.name), colour);
  if (job.attempts > 1) text += ", " + counted(job.attempts, "attempt");
  if (job.allow_failure) text += ", may fail";
  text += "\n";
  if (!job.trouble.empty()) text += wrapped("trouble   ", on_one_line(job.trouble));
  return text + diagnosis_text(job.diagnosis, colour);
}

}  // namespace

std::string diagnosis_text(const Diagnosis& diagnosis, Colour colour) {
  std::string text = "class     " + painted(kBold, std::string(to_text(diagnosis.failure_class)), colour) +
                     ", " + decided_words(diagnosis) + "\n";
  if (!diagnosis.headline.empty())
    text += wrapped("headline  ", printable_path(diagnosis.headline, kLongestLine));
  text += command_text(diagnosis) + culprit_text(diagnosis);
  text += wrapped("to do     ", on_one_line(diagnosis.suggestion));
  for (const std::string& gap : diagnosis.gaps) text += wrapped("gap       ", on_one_line(gap));
  text += model_text(diagnosis);
  text += "signature " + on_one_line(diagnosis.signature) + "\n";
  for (const Evidence& evidence : diagnosis.evidence) text += "\n" + evidence_text(evidence, colour);
  if (!diagnosis.whole_log)
    text += "\nOf the log (" + counted(diagnosis.log_lines, "line") + ") only a part was kept.\n";
  return text;
}

std::string diagnosis_text(const diagnosis::PipelineDiagnosis& found, Colour colour) {
  std::string text = "pipeline " + std::to_string(found.pipeline.id.value()) + " of " +
                     on_one_line(found.project.path) + " on " + on_one_line(found.pipeline.ref) + ": " +
                     on_one_line(found.pipeline.status) + "\n";
  if (found.jobs.empty()) text += "No job of it has failed.\n";
  for (const DiagnosedJob& job : found.jobs) text += "\n" + job_text(job, colour);
  if (found.not_read > 0)
    text += "\nFurther failed jobs that were not looked at: " + std::to_string(found.not_read) + ".\n";
  for (const std::string& trouble : found.troubles)
    text += "\n" + wrapped("note      ", on_one_line(trouble));
  return text;
}

std::string token_text(const std::optional<TokenUse>& budget) {
  if (!budget) return {};
  return "tokens of today: " + std::to_string(budget->spent) +
         (budget->limit > 0 ? " of " + std::to_string(budget->limit) : ", without a limit");
}

}  // namespace runneriq::cli
