#include "alerting/labels.hpp"

#include "core/edit_distance.hpp"

#include <algorithm>
#include <charconv>

namespace runneriq::alerting {
namespace {

// In the order of Label.
constexpr std::array<std::string_view, kLabelCount> kNames{
    "project",       "ref",   "stage",    "job",    "source",        "failure_reason",
    "allow_failure", "class", "user",     "kind",   "runner",        "severity",
    "signature",     "sha",   "pipeline", "gitlab", "merge_request", "default_branch"};
constexpr std::string_view kAlsoJob = "name";

std::string_view truth(bool value) {
  return value ? "true" : "false";
}

std::string_view kind_of(const Event& event) {
  const bool own_word = event.kind == EventKind::other && !event.kind_word.empty();
  return own_word ? std::string_view{event.kind_word} : to_text(event.kind);
}

}  // namespace

std::optional<std::size_t> nearest_word(std::string_view word, std::span<const std::string_view> known) {
  constexpr std::size_t kMostEdits = 2;
  constexpr std::size_t kLongestName = 16;
  if (word.size() <= kMostEdits || word.size() > kLongestName) return std::nullopt;
  const auto edits = [&](std::string_view other) { return edit_distance(word, other); };
  const auto nearest = std::ranges::min_element(known, {}, edits);
  if (nearest == known.end() || edits(*nearest) > kMostEdits) return std::nullopt;
  return static_cast<std::size_t>(nearest - known.begin());
}

std::optional<Label> nearest_label(std::string_view name) {
  const auto nearest = nearest_word(name, kNames);
  return nearest ? std::optional{static_cast<Label>(*nearest)} : std::nullopt;
}

std::string_view to_text(Label label) {
  return kNames.at(static_cast<std::size_t>(label));
}

std::optional<Label> label_of(std::string_view name) {
  if (name == kAlsoJob) return Label::job;
  const auto* const found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Label>(found - kNames.begin());
}

LabelValues::LabelValues(const Classified& of) {
  const Event& event = of.event;
  const auto put = [&](Label label, std::string_view value) {
    values_[static_cast<std::size_t>(label)] = value;
  };
  put(Label::project, event.project);
  put(Label::ref, event.ref);
  put(Label::stage, event.stage);
  put(Label::job, event.name);
  put(Label::source, event.source);
  put(Label::failure_reason, event.failure_reason);
  put(Label::allow_failure, truth(event.allow_failure));
  put(Label::job_class, scheduler::to_text(of.job_class));
  put(Label::user, event.user);
  put(Label::kind, kind_of(event));
  put(Label::runner, event.runner);
  put(Label::severity, to_text(of.severity));
  put(Label::signature, of.signature);
  put(Label::sha, event.sha);
  put(Label::gitlab, event.gitlab);
  put(Label::merge_request, truth(is_of_merge_request(event)));
  put(Label::default_branch, truth(of.on_default_branch));
  if (event.pipeline_id != 0) put(Label::pipeline, written(event.pipeline_id));
}

std::string_view LabelValues::written(std::int64_t number) {
  const auto [end, error] = std::to_chars(pipeline_.data(), pipeline_.data() + pipeline_.size(), number);
  return {pipeline_.data(), end};
}

}  // namespace runneriq::alerting
