#include "diagnosis/options.hpp"

#include "core/option_rows.hpp"
#include "core/printable.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

using Post = DiagnosisOptions::Post;
using Issues = DiagnosisOptions::Issues;

constexpr std::array kPosts{Word<Post>{"off", Post::off}, Word<Post>{"notes", Post::notes}};
constexpr std::array kIssues{Word<Issues>{"off", Issues::off},
                             Word<Issues>{"default_branch", Issues::default_branch},
                             Word<Issues>{"gaps", Issues::gaps}};
constexpr std::size_t kLongestLabel = 255;  // of GitLab
constexpr int kMostJobs = 50;

Result<std::string> parse_label(std::string_view text) {
  const bool fits = text.size() <= kLongestLabel && text.find_first_of(",\n") == std::string_view::npos;
  if (!fits)
    return fail(Errc::invalid_argument, quoted_text(text) + " is no label: at most 255 bytes, no comma");
  return std::string(text);
}

Option labels_row(Option option, std::vector<std::string>& labels) {
  return list_row(std::move(option), labels, [&labels](std::string_view text) -> Result<void> {
    auto label = parse_label(text);
    if (!label) return fail(std::move(label.error()));
    if (label->empty()) return fail(Errc::invalid_argument, "a label is empty");
    labels.push_back(*std::move(label));
    return {};
  });
}

}  // namespace

Options option_rows(DiagnosisOptions& options) {
  return {
      switch_row(
          row("diagnosis.model", "true | false",
              "Ask a model about failures of which the rules are unsure: redacted excerpts of logs leave "
              "for the advisor's provider."),
          options.model),
      decimal_row(
          row("diagnosis.ask_below", "number 0..1",
              "How unsure the rules must be for a model to be asked: their confidence is below this."),
          options.ask_below, 0, 1),
      word_row(
          row("diagnosis.post", "off | notes",
              "notes: the loop keeps one note on the merge request of a failed pipeline; needs a token with "
              "the scope api."),
          options.post, kPosts),
      word_row(
          row("diagnosis.issues", "off | default_branch | gaps",
              "default_branch: the loop opens an issue, once per signature, for a failure of the default "
              "branch; gaps: only where the job's configuration lacks something that would have helped."),
          options.issues, kIssues),
      labels_row(row("diagnosis.issue_labels", "list of labels", "Labels of such issues."),
                 options.issue_labels),
      text_row(row("diagnosis.opt_out_label", "label",
                   "Merge requests that bear it get no note; empty: there is no such label."),
               options.opt_out_label, parse_label),
      whole_row(row("diagnosis.jobs", "whole number 1..50",
                    "Failed jobs of a pipeline whose logs are read; the others are counted."),
                options.jobs, 1, kMostJobs),
  };
}

}  // namespace runneriq::diagnosis
