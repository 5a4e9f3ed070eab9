// Diagnoses in GitLab's Markdown: the note on a merge request, and the issue. Pure; nothing from a log, a
// job's name or a model does anything in it (gitlab/markdown).
#pragma once

#include "diagnosis/inquiry.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

// What marks a note as ours: an HTML comment, which is not shown. Only notes of our own user count, so nobody
// else can forge one.
inline constexpr std::string_view kNoteMark = "<!-- runneriq:diagnosis ";
struct NoteState {
  PipelineId pipeline = {};  // that it tells of
  bool resolved = false;
};
// Of a note's body; none: it is no note of ours.
std::optional<NoteState> note_state(std::string_view body);

struct ReportWords {
  std::string bot{};            // user name to be asked again by; "" = left out
  std::string opt_out_label{};  // "" = left out
};
std::string note_markdown(const PipelineDiagnosis& found, const ReportWords& words);
// For a pipeline that passed, after one that had not.
std::string resolved_markdown(const gitlab::Pipeline& green, const NoteState& was);

struct IssueText {
  std::string title, description;
};
// "runneriq-signature-0123456789abcdef": stands in the description, so that there is one issue per signature.
std::string issue_mark(std::string_view signature);
IssueText issue_text(const PipelineDiagnosis& found, const DiagnosedJob& job);
// For the command line: all jobs of it, as the note has them, without marks.
std::string report_markdown(const PipelineDiagnosis& found);
std::string report_markdown(const Diagnosis& diagnosis);

// "92 % sure, by rules (pytest-failure)": the same words for all outputs. Printable.
std::string decided_words(const Diagnosis& diagnosis);

}  // namespace runneriq::diagnosis
