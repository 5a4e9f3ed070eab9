#include "scheduler/analyzer.hpp"

#include "core/glob.hpp"
#include "core/lower_case.hpp"
#include "core/option.hpp"
#include "core/trimmed.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace runneriq::scheduler {
namespace {

constexpr double kBranchShare = 0.40;
constexpr double kRoleShare = 0.20;
constexpr double kJobTypeShare = 0.40;

struct Weighed {
  double weight = 0;
  std::string reason;
};

double tenths(double value) {
  return std::round(value * 10) / 10 + 0.0;
}

std::string in_brackets(double number) {
  return " (" + decimal_text(number) + ")";
}

// ---- branch -------------------------------------------------------------------------------

bool is_default_branch(const JobFacts& job, std::string_view branch) {
  return !branch.empty() && branch == job.default_branch;
}

// The first rule for a branch; `is_default` tells whether the rule of the default branch is meant.
const PatternWeight* branch_rule(const PriorityRules& rules, std::string_view branch, bool is_default) {
  for (const PatternWeight& rule : rules.branch_weights) {
    if (rule.pattern == kDefaultBranchPattern ? is_default : glob_matches(rule.pattern, branch)) return &rule;
  }
  return nullptr;
}

double branch_weight(const PatternWeight* rule) {
  return rule == nullptr ? kOtherBranchWeight : rule->weight;
}

double one_step_below(double weight, const PriorityRules& rules) {
  double below = weight;
  for (const PatternWeight& rule : rules.branch_weights) {
    if (rule.weight < weight && (below == weight || rule.weight > below)) below = rule.weight;
  }
  return below;
}

Weighed weigh_merge_request(const JobFacts& job, const PriorityRules& rules) {
  const std::string& target = job.target_branch;
  const bool is_default = target.empty() || is_default_branch(job, target);
  const double of_target = branch_weight(branch_rule(rules, target, is_default));
  const double weight = one_step_below(of_target, rules);
  const std::string into = target.empty() ? "an unknown branch, taken as the default one" : target;
  return {weight,
          "merge request into " + into + in_brackets(of_target) + ", one step lower" + in_brackets(weight)};
}

Weighed weigh_branch(const JobFacts& job, const PriorityRules& rules) {
  const PatternWeight* const rule = branch_rule(rules, job.ref, is_default_branch(job, job.ref));
  const double weight = branch_weight(rule);
  if (rule == nullptr || rule->pattern == "*")
    return {weight, job.ref + " is none of the named branches" + in_brackets(weight)};
  if (rule->pattern == kDefaultBranchPattern)
    return {weight, job.ref + " is the default branch" + in_brackets(weight)};
  return {weight, job.ref + " matches " + rule->pattern + in_brackets(weight)};
}

Weighed weigh_ref(const JobFacts& job, const PriorityRules& rules) {
  switch (job.ref_kind) {
    case RefKind::tag:
      return {rules.tag_weight, job.ref + " is a tag" + in_brackets(rules.tag_weight)};
    case RefKind::merge_request:
      return weigh_merge_request(job, rules);
    case RefKind::branch:
      break;
  }
  return weigh_branch(job, rules);
}

bool is_production(const JobFacts& job, const PriorityRules& rules) {
  if (job.ref_kind != RefKind::branch) return job.ref_kind == RefKind::tag;
  return is_default_branch(job, job.ref) ||
         std::any_of(rules.production_refs.begin(), rules.production_refs.end(),
                     [&](const std::string& pattern) { return glob_matches(pattern, job.ref); });
}

// ---- role and job type --------------------------------------------------------------------

Weighed weigh_role(Role role, const PriorityRules& rules) {
  const auto found = std::find_if(rules.role_weights.begin(), rules.role_weights.end(),
                                  [&](const auto& entry) { return entry.first == role; });
  const double weight = found == rules.role_weights.end() ? kUnknownRoleWeight : found->second;
  return {weight, "role " + std::string(to_text(role)) + in_brackets(weight)};
}

// The first rule besides the catch-all that `text` matches, in any case of letters.
const PatternWeight* type_rule(const PriorityRules& rules, std::string_view text) {
  const std::string lower = lower_case(text);
  for (const PatternWeight& rule : rules.job_type_weights) {
    if (rule.pattern != "*" && glob_matches(lower_case(rule.pattern), lower)) return &rule;
  }
  return nullptr;
}

double other_type_weight(const PriorityRules& rules) {
  const auto rule = std::find_if(rules.job_type_weights.begin(), rules.job_type_weights.end(),
                                 [](const PatternWeight& r) { return r.pattern == "*"; });
  return rule == rules.job_type_weights.end() ? kOtherTypeWeight : rule->weight;
}

Weighed weigh_type(const JobFacts& job, const PriorityRules& rules) {
  if (const PatternWeight* rule = type_rule(rules, job.name)) {
    return {rule->weight, "name " + job.name + " matches " + rule->pattern + in_brackets(rule->weight)};
  }
  if (const PatternWeight* rule = type_rule(rules, job.stage)) {
    return {rule->weight, "stage " + job.stage + " matches " + rule->pattern + in_brackets(rule->weight)};
  }
  const double weight = other_type_weight(rules);
  return {weight, "neither name nor stage tells the type" + in_brackets(weight)};
}

// ---- the sum ------------------------------------------------------------------------------

// Adds up factors. Their points are kept in tenths, as they are printed; the score is rounded
// once, from the exact sum, and what rounding them apart lost becomes a last factor.
class Sum {
 public:
  void add(std::string name, std::string reason, double points) {
    exact_ += points;
    factors_.push_back({std::move(name), std::move(reason), tenths(points)});
  }
  void add(std::string name, const Weighed& weighed, double share) {
    add(std::move(name), weighed.reason, weighed.weight * share);
  }
  [[nodiscard]] double exact() const { return exact_; }

  void finish(Priority& priority) && {
    priority.score = tenths(exact_);
    const double printed = std::accumulate(factors_.begin(), factors_.end(), 0.0,
                                           [](double sum, const Factor& f) { return sum + f.points; });
    const double rest = tenths(priority.score - printed);
    if (rest != 0) factors_.push_back({"rounding", "each factor is rounded to tenths, the score once", rest});
    priority.factors = std::move(factors_);
  }

 private:
  double exact_ = 0;
  std::vector<Factor> factors_;
};

void add_bonuses(Sum& sum, const JobFacts& job, const PriorityRules& rules) {
  if (job.manual) sum.add("manual", "started by a person", rules.manual_bonus);
  if (job.retry) sum.add("retry", "tried again after a failure", rules.retry_bonus);
  if (job.allow_failure) sum.add("allow_failure", "may fail without harm", -rules.allow_failure_penalty);
  if (job.ref_protected) sum.add("protected", "the ref is protected", rules.protected_bonus);
  if (job.draft) sum.add("draft", "the merge request is a draft", -rules.draft_penalty);
}

void add_labels(Sum& sum, const JobFacts& job, const PriorityRules& rules) {
  for (const PatternWeight& rule : rules.label_rules) {
    const auto label = std::find_if(job.labels.begin(), job.labels.end(), [&](const std::string& text) {
      return glob_matches(rule.pattern, text);
    });
    if (label != job.labels.end()) sum.add("label", *label + " matches " + rule.pattern, rule.weight);
  }
}

void add_bounds(Sum& sum, bool production, double cap) {
  if (!production && sum.exact() > cap) {
    sum.add("cap", "off production at most " + decimal_text(cap), cap - sum.exact());
  }
  const double clamped = std::clamp(sum.exact(), 0.0, 100.0);
  if (clamped != sum.exact()) sum.add("clamp", "a score lies within 0 and 100", clamped - sum.exact());
}

void grant_wish(Priority& priority, const JobFacts& job) {
  if (!job.wish) return;
  if (!job.ref_protected) {
    priority.anomalies.push_back("RUNNERIQ_PRIORITY counts on protected refs only; refused: '" + *job.wish +
                                 "'");
    return;
  }
  const Result<JobClass> wished = parse_job_class(*job.wish);
  if (!wished) {
    priority.anomalies.push_back("RUNNERIQ_PRIORITY must be CRITICAL, HIGH, MEDIUM or LOW; ignored: '" +
                                 *job.wish + "'");
    return;
  }
  priority.job_class = *wished;
  priority.factors.push_back({"wish", "RUNNERIQ_PRIORITY asks for " + std::string(to_text(*wished)), 0});
}

// ---- facts --------------------------------------------------------------------------------

RefKind ref_kind_of(const gitlab::JobResponse& job) {
  if (job.ref_type == gitlab::RefType::tag) return RefKind::tag;
  return gitlab::is_merge_request_ref(job.ref) ? RefKind::merge_request : RefKind::branch;
}

std::vector<std::string> split_labels(std::string_view list) {
  std::vector<std::string> labels;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view label = trimmed(list.substr(0, comma));
    if (!label.empty()) labels.emplace_back(label);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return labels;
}

// GitLab's marks of a draft.
bool is_draft_title(std::string_view title) {
  const std::string start = lower_case(title.substr(0, 8));
  return start.starts_with("draft:") || start.starts_with("[draft]") || start.starts_with("(draft)");
}

void add_merge_request(JobFacts& facts, const gitlab::JobResponse& job) {
  facts.target_branch = gitlab_variable(job, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME");
  facts.labels = split_labels(gitlab_variable(job, "CI_MERGE_REQUEST_LABELS"));
  facts.draft = is_draft_title(gitlab_variable(job, "CI_MERGE_REQUEST_TITLE"));
}

// A variable that only people set; its place in the list says nothing.
std::optional<std::string> wish_of(const gitlab::JobResponse& job) {
  const auto found = std::find_if(job.variables.begin(), job.variables.end(),
                                  [](const gitlab::JobVariable& v) { return v.key == "RUNNERIQ_PRIORITY"; });
  if (found == job.variables.end() || found->value.empty()) return std::nullopt;
  return found->value;
}

}  // namespace

Priority analyze(const JobFacts& job, const PriorityRules& rules) {
  Priority priority;
  priority.production = is_production(job, rules);
  Sum sum;
  sum.add("branch", weigh_ref(job, rules), kBranchShare);
  sum.add("role", weigh_role(job.role, rules), kRoleShare);
  sum.add("job type", weigh_type(job, rules), kJobTypeShare);
  add_bonuses(sum, job, rules);
  add_labels(sum, job, rules);
  add_bounds(sum, priority.production, rules.non_production_cap);
  std::move(sum).finish(priority);
  priority.job_class = class_of_score(priority.score);
  grant_wish(priority, job);
  return priority;
}

JobFacts facts_of(const gitlab::JobResponse& job) {
  JobFacts facts;
  facts.name = job.name;
  facts.stage = job.stage;
  facts.ref = job.ref;
  facts.ref_kind = ref_kind_of(job);
  facts.default_branch = gitlab_variable(job, "CI_DEFAULT_BRANCH");
  facts.ref_protected = job.ref_protected.value_or(gitlab_variable(job, "CI_COMMIT_REF_PROTECTED") == "true");
  facts.manual = gitlab_variable(job, "CI_JOB_MANUAL") == "true";
  facts.wish = wish_of(job);
  if (facts.ref_kind == RefKind::merge_request) add_merge_request(facts, job);
  return facts;
}

}  // namespace runneriq::scheduler
