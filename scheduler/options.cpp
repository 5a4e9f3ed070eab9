#include "scheduler/options.hpp"

#include "core/joined.hpp"
#include "core/option_rows.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <memory>

namespace runneriq::scheduler {
namespace {

using Rules = std::vector<PatternWeight>;

auto rule_of(Rules& rules, std::string_view pattern) {
  return std::find_if(rules.begin(), rules.end(),
                      [&](const PatternWeight& r) { return r.pattern == pattern; });
}

Result<void> need_pattern(std::string_view pattern) {
  if (!pattern.empty()) return {};
  return fail(Errc::invalid_argument, "a pattern must not be empty");
}

// Takes the entries of one layer after another for rules of which the first match wins.
class FirstMatchRules {
 public:
  explicit FirstMatchRules(Rules& rules) : rules_(&rules) {}

  void begin_layer() { of_this_layer_ = 0; }

  void put(std::string_view pattern, double weight) {
    const auto same = rule_of(*rules_, pattern);
    const auto place = rules_->begin() + of_this_layer_;
    if (same != rules_->end() && (same < place || pattern == "*")) {
      same->weight = weight;
      return;
    }
    if (same != rules_->end()) rules_->erase(same);
    rules_->insert(rules_->begin() + of_this_layer_, {std::string(pattern), weight});
    if (pattern != "*") ++of_this_layer_;
  }

 private:
  Rules* rules_;
  std::ptrdiff_t of_this_layer_ = 0;
};

std::string show_rules(const Rules& rules) {
  std::string text;
  for (const PatternWeight& rule : rules) {
    text += (text.empty() ? "" : ",") + rule.pattern + "=" + decimal_text(rule.weight);
  }
  return text;
}

std::string for_every_name_with(std::string_view word) {
  if (word.find_first_of("*?") != std::string_view::npos) return std::string(word);
  return "*" + std::string(word) + "*";
}

using ToPattern = std::string (*)(std::string_view entry);

Option first_match_row(std::string key, std::string help, Rules& rules, ToPattern to_pattern) {
  auto layers = std::make_shared<FirstMatchRules>(rules);
  Option option = row(std::move(key), "mapping of pattern to number 0..100", std::move(help));
  option.set_entry = [layers, to_pattern](std::string_view entry, std::string_view text) -> Result<void> {
    if (auto named = need_pattern(entry); !named) return named;
    const Result<double> weight = parse_decimal(text, 0, 100);
    if (!weight) return fail(weight.error());
    layers->put(to_pattern(entry), *weight);
    return {};
  };
  option.clear = [layers] { layers->begin_layer(); };
  option.show = [&rules] { return show_rules(rules); };
  return option;
}

Option label_row(std::string key, std::string help, Rules& rules) {
  Option option = row(std::move(key), "mapping of pattern to number -100..100", std::move(help));
  option.set_entry = [&rules](std::string_view entry, std::string_view text) -> Result<void> {
    if (auto named = need_pattern(entry); !named) return named;
    const Result<double> points = parse_decimal(text, -100, 100);
    if (!points) return fail(points.error());
    const auto same = rule_of(rules, entry);
    if (same != rules.end()) {
      same->weight = *points;
    } else {
      rules.push_back({std::string(entry), *points});
    }
    return {};
  };
  option.show = [&rules] { return show_rules(rules); };
  return option;
}

using RoleWeights = std::vector<std::pair<Role, double>>;

void put_role(RoleWeights& weights, Role role, double weight) {
  const auto same =
      std::find_if(weights.begin(), weights.end(), [&](const auto& e) { return e.first == role; });
  if (same != weights.end()) {
    same->second = weight;
  } else {
    weights.emplace_back(role, weight);
  }
}

std::string show_roles(const RoleWeights& weights) {
  std::string text;
  for (const auto& [role, weight] : weights) {
    text += (text.empty() ? "" : ",") + std::string(to_text(role)) + "=" + decimal_text(weight);
  }
  return text;
}

Option role_row(std::string key, std::string help, RoleWeights& weights) {
  Option option = row(std::move(key), "mapping of role to number 0..100", std::move(help));
  option.set_entry = [&weights](std::string_view entry, std::string_view text) -> Result<void> {
    const Result<Role> role = parse_role(entry);
    if (!role) return fail(role.error());
    const Result<double> weight = parse_decimal(text, 0, 100);
    if (!weight) return fail(weight.error());
    put_role(weights, *role, *weight);
    return {};
  };
  option.show = [&weights] { return show_roles(weights); };
  return option;
}

Option list_row(std::string key, std::string help, std::vector<std::string>& patterns) {
  Option option = row(std::move(key), "list of patterns", std::move(help));
  option.set_entry = [&patterns](std::string_view, std::string_view text) -> Result<void> {
    if (auto named = need_pattern(text); !named) return named;
    patterns.emplace_back(text);
    return {};
  };
  option.clear = [&patterns] { patterns.clear(); };
  option.show = [&patterns] { return joined(patterns, ","); };
  return option;
}

Option number_row(std::string key, std::string help, double& number) {
  return decimal_row(row(std::move(key), "number 0..100", std::move(help)), number, 0, 100);
}

std::string as_written(std::string_view entry) {
  return std::string(entry);
}

}  // namespace

// What a name begins with tells most, then what it ends with, then what it contains.
PriorityRules PriorityRules::defaults() {
  PriorityRules rules;
  rules.branch_weights = {{"main", 100},
                          {"master", 100},
                          {"production", 100},
                          {std::string(kDefaultBranchPattern), 100},
                          {"hotfix/*", 95},
                          {"release/*", 90},
                          {"develop", 75},
                          {"feature/*", 50},
                          {"*", kOtherBranchWeight}};
  rules.job_type_weights = {{"deploy*", 100}, {"build*", 75},         {"test*", 50},   {"lint*", 40},
                            {"*deploy", 100}, {"*build", 75},         {"*test", 50},   {"*tests", 50},
                            {"*lint", 40},    {"*deploy*", 100},      {"*build*", 75}, {"*lint*", 40},
                            {"*test*", 50},   {"*", kOtherTypeWeight}};
  rules.role_weights = {{Role::maintainer, 100}, {Role::owner, 100}, {Role::developer, 75},
                        {Role::reporter, 25},    {Role::guest, 25},  {Role::unknown, kUnknownRoleWeight}};
  rules.label_rules = {{"priority::high", 15}};
  rules.production_refs = {"main", "master", "production", "release/*", "hotfix/*"};
  return rules;
}

std::string_view to_text(Role role) {
  switch (role) {
    case Role::unknown:
      return "unknown";
    case Role::guest:
      return "guest";
    case Role::reporter:
      return "reporter";
    case Role::developer:
      return "developer";
    case Role::maintainer:
      return "maintainer";
    case Role::owner:
      return "owner";
  }
  return "unknown";
}

Result<Role> parse_role(std::string_view text) {
  const auto found =
      std::find_if(kRoles.begin(), kRoles.end(), [&](Role role) { return to_text(role) == text; });
  if (found != kRoles.end()) return *found;
  return fail(Errc::invalid_argument,
              "'" + printable(text, 80) +
                  "' is no role; expected owner, maintainer, developer, reporter, guest "
                  "or unknown");
}

Options option_rows(PriorityRules& rules) {
  const std::string under = "analyzer.priority.";
  return {
      first_match_row(
          under + "branch_weights",
          "Weight of a branch by shell pattern, first match wins; '$default-branch' is the project's "
          "default branch, '*' what nothing else matches. 40 % of the score.",
          rules.branch_weights, as_written),
      number_row(under + "tag_weight", "Weight of a tag, in place of a branch's.", rules.tag_weight),
      role_row(
          under + "user_role_weights",
          "Weight of the role in the project of who started the job; 'unknown' where it is not told. 20 % of "
          "the score.",
          rules.role_weights),
      first_match_row(
          under + "job_type_weights",
          "Weight of a job by shell pattern on its name, then on its stage, first match wins; a plain "
          "word stands for every name that contains it. 40 % of the score.",
          rules.job_type_weights, for_every_name_with),
      label_row(
          under + "label_rules",
          "Points for a merge request with a label that the pattern matches; every rule that matches counts.",
          rules.label_rules),
      list_row(
          under + "production_refs",
          "Patterns of the branches that are production, besides the default branch and tags; all others are "
          "capped.",
          rules.production_refs),
      number_row(under + "manual_trigger_bonus", "Points for a job that a person started by hand.",
                 rules.manual_bonus),
      number_row(under + "retry_bonus", "Points for a job that is tried again.", rules.retry_bonus),
      number_row(under + "allow_failure_penalty", "Points taken from a job that may fail.",
                 rules.allow_failure_penalty),
      number_row(under + "protected_bonus", "Points for a job on a protected ref.", rules.protected_bonus),
      number_row(under + "draft_penalty", "Points taken from a job of a draft merge request.",
                 rules.draft_penalty),
      number_row(under + "non_production_cap", "Highest score of a job that is not production.",
                 rules.non_production_cap),
  };
}

}  // namespace runneriq::scheduler
