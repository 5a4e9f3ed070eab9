#include "diagnosis/report.hpp"

#include "core/printable.hpp"
#include "core/utf8.hpp"
#include "gitlab/markdown.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace runneriq::diagnosis {
namespace {

using gitlab::code_block;
using gitlab::code_span;
using gitlab::escaped_words;
using gitlab::link;

constexpr std::string_view kIssueMark = "runneriq-signature-";
constexpr std::size_t kLongestName = 200, kLongestHeadline = 300, kLongestAdvice = 600;
constexpr std::size_t kShortSha = 8, kLongestSha = 64;
// GitLab takes notes of 1,000,000 characters; the rest is for what stands around the jobs.
constexpr std::size_t kLongestJobs = 900'000;

template <class Whole>
std::string number(Whole value) {
  return std::to_string(value);
}

std::string percent(double share) {
  return std::to_string(std::lround(share * 100)) + " %";
}

std::string name_span(std::string_view text) {
  return code_span(printable(text, kLongestName));
}

std::string mark(PipelineId pipeline, std::string_view state) {
  return std::string(kNoteMark) + "pipeline=" + number(pipeline.value()) + " " + std::string(state) +
         " -->\n";
}

std::string lines_words(const Evidence& evidence) {
  return evidence.start_line == evidence.end_line
             ? "line " + number(evidence.start_line)
             : "lines " + number(evidence.start_line) + " to " + number(evidence.end_line);
}

// What turns the direction of writing or is a control character is shown as an escape; all else stays.
std::string without_unseen(std::string_view lines) {
  std::string shown;
  while (!lines.empty()) {
    const std::string_view next = lines.substr(0, std::max<std::size_t>(utf8_length(lines), 1));
    const bool is_plain = next.size() == 1 && ((next >= " " && next <= "~") || next == "\n" || next == "\t");
    shown += is_plain ? std::string(next) : printable(next);
    lines.remove_prefix(next.size());
  }
  return shown;
}

std::string evidence_part(const Diagnosis& diagnosis) {
  std::string text;
  for (const Evidence& evidence : diagnosis.evidence) {
    text += "\nLog, " + lines_words(evidence) +
            (evidence.why.empty() ? "" : " (" + escaped_words(printable(evidence.why)) + ")") + ":\n" +
            code_block(without_unseen(evidence.text) + "\n");
  }
  return text;
}

bool is_sha(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  return text.size() >= kShortSha && text.size() <= kLongestSha &&
         text.find_first_not_of(kDigits) == std::string_view::npos;
}

std::string commit_words(const std::string& commit, std::string_view project_page) {
  if (project_page.empty() || !is_sha(commit)) return "";
  return " in " +
         link("commit " + commit.substr(0, kShortSha), std::string(project_page) + "/-/commit/" + commit);
}

std::string culprit_part(const Culprit& culprit, std::string_view project_page) {
  return "\nLikely from this change: " + code_span(printable(culprit.why, kLongestHeadline)) +
         commit_words(culprit.commit, project_page) + " (" + percent(culprit.confidence) + " sure).\n";
}

std::string model_part(const Diagnosis& diagnosis) {
  if (!diagnosis.model) return {};
  const TriageAnswer& answer = *diagnosis.model;
  return "\nThe model " + name_span(answer.model) + " says " + code_span(to_text(answer.failure_class)) +
         " (" + percent(answer.confidence) + "), in its words, which nobody has checked: " +
         code_span(printable(answer.reason, kLongestHeadline)) +
         ". By rules: " + code_span(to_text(diagnosis.class_by_rules)) + " (" +
         percent(diagnosis.confidence_by_rules) + ").\n";
}

std::string advice_part(const Diagnosis& diagnosis) {
  std::string text = "\nWhat to do: " + escaped_words(printable(diagnosis.suggestion, kLongestAdvice)) + "\n";
  for (const std::string& gap : diagnosis.gaps)
    text += "\nGap: " + code_span(printable(gap, kLongestAdvice)) + "\n";
  return text;
}

std::string diagnosis_part(const Diagnosis& diagnosis, std::string_view project_page) {
  std::string text;
  if (!diagnosis.headline.empty())
    text += "\n" + code_span(printable(diagnosis.headline, kLongestHeadline)) + "\n";
  text += "\nClass **" + std::string(to_text(diagnosis.failure_class)) + "**, " +
          escaped_words(decided_words(diagnosis)) + ".";
  if (!diagnosis.command.empty()) text += " Failing command: " + name_span(diagnosis.command) + ".";
  if (!diagnosis.exit_code.empty()) text += " Exit code " + name_span(diagnosis.exit_code) + ".";
  text += "\n" + evidence_part(diagnosis);
  if (diagnosis.culprit) text += culprit_part(*diagnosis.culprit, project_page);
  return text + advice_part(diagnosis) + model_part(diagnosis);
}

std::string job_part(const DiagnosedJob& job, std::string_view project_page) {
  std::string text = "\n### " + link("Job", job.job.page) + " " + name_span(job.job.name);
  if (job.attempts > 1) text += ", " + number(job.attempts) + " attempts";
  if (job.allow_failure) text += " (may fail)";
  text += "\n";
  if (!job.trouble.empty()) text += "\n" + code_span(printable(job.trouble, kLongestHeadline)) + "\n";
  return text + diagnosis_part(job.diagnosis, project_page);
}

std::string jobs_part(const PipelineDiagnosis& found) {
  std::string text;
  std::size_t left_out = 0;
  for (const DiagnosedJob& job : found.jobs) {
    const std::string part = job_part(job, found.project.page);
    const bool fits = left_out == 0 && text.size() + part.size() <= kLongestJobs;
    if (fits) text += part;
    if (!fits) ++left_out;
  }
  if (left_out > 0) text += "\nFurther failed jobs for which there is no room: " + number(left_out) + ".\n";
  if (found.not_read > 0)
    text += "\nFurther failed jobs that were not looked at: " + number(found.not_read) + ".\n";
  return text;
}

std::string pipeline_link(const gitlab::Pipeline& pipeline) {
  return link("pipeline " + number(pipeline.id.value()), pipeline.page);
}

// A log that holds another failure's mark would keep that from ever having an issue.
std::string without_marks(std::string text) {
  for (std::size_t at = text.find(kIssueMark); at != std::string::npos; at = text.find(kIssueMark, at))
    text.replace(at, kIssueMark.size(), "runneriq signature ");
  return text;
}

std::string footer(const ReportWords& words) {
  std::string text = "\n---\n\nWritten by RunnerIQ, which edits this note as pipelines end.";
  if (!words.bot.empty())
    text += " A comment that names " + code_span("@" + printable(words.bot, kLongestName) + " diagnose") +
            " makes it look again.";
  if (!words.opt_out_label.empty())
    text += " The label " + name_span(words.opt_out_label) + " keeps it away.";
  return text + "\n";
}

}  // namespace

std::string decided_words(const Diagnosis& diagnosis) {
  const bool is_undecided = diagnosis.path == DiagnosisPath::rules && diagnosis.decided_by.empty() &&
                            diagnosis.failure_class == FailureClass::unknown;
  if (is_undecided) return "since no rule fits";
  std::string text = percent(diagnosis.confidence) + " sure, by ";
  switch (diagnosis.path) {
    case DiagnosisPath::reason:
      text += "GitLab's reason";
      break;
    case DiagnosisPath::rules:
      text += "rules";
      break;
    case DiagnosisPath::ai:
      return text + "a model";
  }
  return diagnosis.decided_by.empty() ? text : text + " (" + printable(diagnosis.decided_by) + ")";
}

std::optional<NoteState> note_state(std::string_view body) {
  constexpr std::string_view kPipeline = "pipeline=";
  if (!body.starts_with(kNoteMark)) return std::nullopt;
  std::string_view rest = body.substr(kNoteMark.size());
  if (!rest.starts_with(kPipeline)) return std::nullopt;
  rest.remove_prefix(kPipeline.size());
  std::int64_t pipeline = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), pipeline);
  if (error != std::errc{}) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return NoteState{.pipeline = PipelineId{pipeline}, .resolved = rest.starts_with(" resolved ")};
}

std::string note_markdown(const PipelineDiagnosis& found, const ReportWords& words) {
  return mark(found.pipeline.id, "failed") + "## Why " + pipeline_link(found.pipeline) + " failed\n" +
         jobs_part(found) + footer(words);
}

std::string resolved_markdown(const gitlab::Pipeline& green, const NoteState& was) {
  return mark(green.id, "resolved") + "Resolved: " + pipeline_link(green) + " passed. Pipeline " +
         number(was.pipeline.value()) + " had failed.\n";
}

std::string issue_mark(std::string_view signature) {
  return std::string(kIssueMark) + printable(signature, 64);
}

IssueText issue_text(const PipelineDiagnosis& found, const DiagnosedJob& job) {
  const std::string what = job.diagnosis.headline.empty() ? std::string(to_text(job.diagnosis.failure_class))
                                                          : job.diagnosis.headline;
  return {.title = gitlab::escaped_title("Job " + printable(job.job.name, kLongestName) + " fails on " +
                                         printable(found.pipeline.ref, kLongestName) + ": " +
                                         printable(what, kLongestHeadline)),
          .description = "Seen in " + pipeline_link(found.pipeline) + ".\n" +
                         without_marks(job_part(job, found.project.page)) +
                         "\n---\n\nWritten by RunnerIQ, once for each kind of failure: `" +
                         issue_mark(job.diagnosis.signature) + "`\n"};
}

std::string report_markdown(const PipelineDiagnosis& found) {
  return "## Why " + pipeline_link(found.pipeline) + " failed\n" + jobs_part(found);
}

std::string report_markdown(const Diagnosis& diagnosis) {
  return "## Why it failed\n" + diagnosis_part(diagnosis, {});
}

}  // namespace runneriq::diagnosis
