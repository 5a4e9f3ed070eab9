#include "alerting/classifier.hpp"

#include "alerting/job_words.hpp"
#include "diagnosis/redaction.hpp"
#include "diagnosis/signature.hpp"
#include "scheduler/analyzer.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

namespace runneriq::alerting {
namespace {

using scheduler::JobClass;
using scheduler::JobFacts;
using scheduler::RefKind;

constexpr std::size_t kRemembered = 1024;   // kinds of jobs
constexpr std::size_t kLongestShape = 256;  // bytes, of what is remembered

bool is_about_a_job(EventKind kind) {
  return kind == EventKind::job || kind == EventKind::pipeline || kind == EventKind::stuck;
}

bool drop_number(std::string_view& text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(digits);
  return digits > 0;
}

// "v1.2.3", "1.2.3": no pre-release.
bool is_version(std::string_view ref) {
  if (ref.starts_with('v')) ref.remove_prefix(1);
  for (int part = 0; part < 3; ++part) {
    if (part > 0 && !ref.starts_with('.')) return false;
    ref.remove_prefix(part > 0 ? 1 : 0);
    if (!drop_number(ref)) return false;
  }
  return ref.empty();
}

RefKind ref_kind_of(const Event& event) {
  if (is_of_merge_request(event)) return RefKind::merge_request;
  const bool tag = event.is_tag || (event.ref != event.default_branch && is_version(event.ref));
  return tag ? RefKind::tag : RefKind::branch;
}

JobFacts facts_of(const Event& event, bool on_default_branch) {
  JobFacts facts;
  facts.name = event.name;
  facts.stage = event.stage;
  facts.ref = event.ref;
  facts.ref_kind = ref_kind_of(event);
  facts.default_branch = on_default_branch ? event.ref : event.default_branch;
  facts.allow_failure = event.allow_failure;
  return facts;
}

// All that the analyzer is told, in one text; "" where it is too long to be remembered.
void write_shape(const Event& event, bool on_default_branch, std::string& shape) {
  shape.clear();
  if (event.name.size() + event.stage.size() + event.ref.size() > kLongestShape) return;
  shape += static_cast<char>('0' + static_cast<int>(ref_kind_of(event)));
  shape += event.allow_failure ? 'a' : '-';
  shape += on_default_branch ? 'd' : '-';
  for (const std::string_view text : {event.name, event.stage, event.ref}) (shape += text) += '\0';
}

Severity usual_severity(const Classified& of, bool grave) {
  if (of.event.allow_failure) return Severity::info;
  if (of.event.kind == EventKind::audit) return Severity::critical;
  if (of.production && grave) return Severity::critical;
  if (of.production || of.event.kind == EventKind::runner || of.event.kind == EventKind::lease)
    return Severity::error;
  return Severity::warning;
}

// Nothing of a log is kept, signed or sent before. Placeholders may be longer than what they stand for: of an
// excerpt that has become too long the end is kept, from the start of a character on.
void redact(std::string& excerpt) {
  diagnosis::Redaction redaction = diagnosis::redaction_of(excerpt);
  if (redaction.count == 0) return;
  excerpt = std::move(redaction.text);
  if (excerpt.size() <= kLongestExcerpt) return;
  excerpt.erase(0, excerpt.size() - kLongestExcerpt);
  const auto goes_on = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  excerpt.erase(excerpt.begin(), std::ranges::find_if_not(excerpt, goes_on));
}

// The failure reason, and the exit code where it says more than that the script has failed.
std::string reason_of(const Event& event) {
  const std::string_view code = diagnosis::exit_code_of(event.log_excerpt);
  if (code.empty() || code == "1") return event.failure_reason;
  return event.failure_reason + " exit code " + std::string(code);
}

void sign(Classified& classified) {
  const Event& event = classified.event;
  const bool read = classified.outcome == Outcome::failed && !event.log_excerpt.empty();
  if (auto headline = read ? diagnosis::headline_of(event.log_excerpt) : std::nullopt) {
    classified.signature = diagnosis::signature_of(*headline);
    classified.signed_by_log = true;
    classified.headline = std::move(headline->text);
    return;
  }
  const std::string reason = read ? reason_of(event) : event.failure_reason;
  classified.signature = diagnosis::signature_of(event.project, event.name, reason);
}

}  // namespace

Classifier::Classifier(ClassifierRules rules) : rules_(std::move(rules)), remembered_(kRemembered) {}

bool Classifier::is_on_default_branch(const Event& event) const {
  if (event.ref.empty() || ref_kind_of(event) != RefKind::branch) return false;
  if (!event.default_branch.empty()) return event.ref == event.default_branch;
  return std::ranges::find(rules_.default_branches, event.ref) != rules_.default_branches.end();
}

Classifier::Analysis Classifier::analysed(const Event& event, bool on_default_branch) const {
  const JobFacts facts = facts_of(event, on_default_branch);
  const scheduler::Priority priority = scheduler::analyze(facts, rules_.priority);
  const Purpose purpose = purpose_of(event.name, event.stage);
  return {.job_class = priority.job_class,
          .production = priority.production,
          .grave = !purpose.elsewhere && (purpose.deployment || priority.job_class == JobClass::critical)};
}

Classifier::Analysis Classifier::analysis_of(const Event& event, bool on_default_branch) const {
  write_shape(event, on_default_branch, shape_);
  if (shape_.empty()) return analysed(event, on_default_branch);
  Remembered& slot = remembered_[std::hash<std::string_view>{}(shape_) % remembered_.size()];
  if (slot.shape != shape_) slot = {.shape = shape_, .analysis = analysed(event, on_default_branch)};
  return slot.analysis;
}

Classified Classifier::classify(Event event) const {
  Classified classified{.event = std::move(event)};
  redact(classified.event.log_excerpt);
  classified.outcome = outcome_of(classified.event);
  classified.on_default_branch = is_on_default_branch(classified.event);
  const Analysis analysis = is_about_a_job(classified.event.kind)
                                ? analysis_of(classified.event, classified.on_default_branch)
                                : Analysis{};
  classified.job_class = analysis.job_class;
  classified.production = analysis.production;
  classified.severity = usual_severity(classified, analysis.grave);
  sign(classified);
  apply_rules(classified);
  return classified;
}

void Classifier::apply_rules(Classified& classified) const {
  if (rules_.severities.empty()) return;
  const LabelValues labels{classified};
  const auto rule =
      std::ranges::find_if(rules_.severities, [&](const SeverityRule& r) { return r.match.match(labels); });
  if (rule != rules_.severities.end()) classified.severity = rule->severity;
}

}  // namespace runneriq::alerting
