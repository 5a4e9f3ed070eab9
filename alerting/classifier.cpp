#include "alerting/classifier.hpp"

#include "core/lower_case.hpp"
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
using scheduler::PatternWeight;
using scheduler::PriorityRules;
using scheduler::RefKind;

constexpr std::size_t kRemembered = 1024;   // kinds of jobs
constexpr std::size_t kLongestShape = 256;  // bytes, of what is remembered

bool is_about_a_job(EventKind kind) {
  return kind == EventKind::job || kind == EventKind::pipeline || kind == EventKind::stuck;
}

bool tells_of_deployment(std::string_view pattern) {
  const std::string word =
      lower_case(pattern.substr(std::min(pattern.find_first_not_of('*'), pattern.size())));
  return word.starts_with("deploy") || word.starts_with("release");
}

// Rules by which the analyzer gives points for the type of a deployment and for nothing else.
PriorityRules rules_of_deployment(const PriorityRules& rules) {
  constexpr double kAnyPoints = 100;
  PriorityRules deployment;
  deployment.branch_weights = {{"*", 0}};
  deployment.tag_weight = 0;
  deployment.role_weights = {{scheduler::Role::unknown, 0}};
  deployment.allow_failure_penalty = 0;
  for (const PatternWeight& rule : rules.job_type_weights) {
    if (rule.pattern != "*")
      deployment.job_type_weights.push_back(
          {rule.pattern, tells_of_deployment(rule.pattern) ? kAnyPoints : 0});
  }
  deployment.job_type_weights.push_back({"release*", kAnyPoints});
  deployment.job_type_weights.push_back({"*", 0});
  return deployment;
}

RefKind ref_kind_of(const Event& event) {
  if (is_of_merge_request(event)) return RefKind::merge_request;
  return event.is_tag ? RefKind::tag : RefKind::branch;
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

Severity usual_severity(const Classified& of, bool deployment) {
  if (of.event.allow_failure) return Severity::info;
  if (of.event.kind == EventKind::audit) return Severity::critical;
  if (of.production && (deployment || of.job_class == JobClass::critical)) return Severity::critical;
  if (of.production || of.event.kind == EventKind::runner || of.event.kind == EventKind::lease)
    return Severity::error;
  return Severity::warning;
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
  classified.signature = diagnosis::signature_of(event.project, event.name, event.failure_reason);
}

}  // namespace

Classifier::Classifier(ClassifierRules rules)
    : rules_(std::move(rules)), deployment_(rules_of_deployment(rules_.priority)), remembered_(kRemembered) {}

bool Classifier::is_on_default_branch(const Event& event) const {
  if (event.ref.empty() || ref_kind_of(event) != RefKind::branch) return false;
  if (!event.default_branch.empty()) return event.ref == event.default_branch;
  return std::ranges::find(rules_.default_branches, event.ref) != rules_.default_branches.end();
}

Classifier::Analysis Classifier::analysed(const Event& event, bool on_default_branch) const {
  const JobFacts facts = facts_of(event, on_default_branch);
  const scheduler::Priority priority = scheduler::analyze(facts, rules_.priority);
  return {.job_class = priority.job_class,
          .production = priority.production,
          .deployment = scheduler::analyze(facts, deployment_).score > 0};
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
  classified.outcome = outcome_of(classified.event);
  classified.on_default_branch = is_on_default_branch(classified.event);
  const Analysis analysis = is_about_a_job(classified.event.kind)
                                ? analysis_of(classified.event, classified.on_default_branch)
                                : Analysis{};
  classified.job_class = analysis.job_class;
  classified.production = analysis.production;
  classified.severity = usual_severity(classified, analysis.deployment);
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
