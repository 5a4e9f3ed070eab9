#include "core/glob.hpp"
#include "core/printable.hpp"
#include "scheduler/what_if_parts.hpp"

#include <algorithm>
#include <functional>
#include <span>
#include <utility>

namespace runneriq::scheduler {
namespace {

bool has_wildcard(std::string_view pattern) {
  return pattern.find_first_of("*?") != std::string_view::npos;
}

// A text that the pattern matches.
std::string example_of(std::string_view pattern, std::string_view run) {
  std::string text;
  for (const char c : pattern) {
    if (c == '*') {
      text += run;
    } else {
      text += c == '?' ? 'x' : c;
    }
  }
  return text;
}

// "the branch 'main'", "a branch named like 'release/*'".
std::string called(std::string_view what, std::string_view pattern) {
  if (!has_wildcard(pattern)) return "the " + std::string(what) + " " + quoted_text(pattern);
  return "a " + std::string(what) + " named like " + quoted_text(pattern);
}

std::vector<PatternWeight> in_direction(std::vector<PatternWeight> rules, Direction direction) {
  std::ranges::stable_sort(rules, [&](const PatternWeight& a, const PatternWeight& b) {
    return direction == Direction::more_urgent ? a.weight < b.weight : a.weight > b.weight;
  });
  return rules;
}

class Changes {
 public:
  explicit Changes(const JobFacts& facts) : facts_(facts) {}

  void add(std::string words, const std::function<void(JobFacts&)>& change) {
    JobFacts changed = facts_;
    change(changed);
    changes_.push_back({std::move(words), std::move(changed)});
  }
  [[nodiscard]] std::vector<FactChange> all() && { return std::move(changes_); }

 private:
  const JobFacts& facts_;
  std::vector<FactChange> changes_;
};

// ---- the ref ------------------------------------------------------------------------------

// Whether the rule is the first that the example matches, so that the words about it are true.
bool leads(const PatternWeight& rule, std::string_view example, const JobFacts& facts,
           const PriorityRules& rules) {
  for (const PatternWeight& other : rules.branch_weights) {
    const bool matches = other.pattern == kDefaultBranchPattern ? example == facts.default_branch
                                                                : glob_matches(other.pattern, example);
    if (matches) return other.pattern == rule.pattern;
  }
  return false;
}

struct Ref {
  std::string example, words;
};

std::vector<Ref> branches(const JobFacts& facts, const PriorityRules& rules, Direction direction) {
  std::vector<Ref> refs;
  for (const PatternWeight& rule : in_direction(rules.branch_weights, direction)) {
    const bool is_default = rule.pattern == kDefaultBranchPattern;
    const std::string example = is_default ? facts.default_branch : example_of(rule.pattern, "x");
    if (example.empty() || !leads(rule, example, facts, rules)) continue;
    std::string words =
        is_default ? "the default branch " + quoted_text(example) : called("branch", rule.pattern);
    if (rule.pattern == "*") words = "a branch that no other rule names";
    refs.push_back({example, std::move(words)});
  }
  return refs;
}

void add_targets(Changes& changes, const std::vector<Ref>& refs) {
  for (const Ref& ref : refs) {
    changes.add("merging into " + ref.words, [&](JobFacts& facts) { facts.target_branch = ref.example; });
  }
}

// A branch's own pipeline knows nothing of a merge request.
void put_on_branch(JobFacts& facts, const Ref& ref) {
  facts.ref = ref.example;
  facts.ref_kind = RefKind::branch;
  facts.target_branch.clear();
  facts.labels.clear();
  facts.draft = false;
}

void add_branches(Changes& changes, const JobFacts& facts, const std::vector<Ref>& refs,
                  Direction direction) {
  for (const Ref& ref : refs) {
    changes.add("on " + ref.words, [&](JobFacts& changed) { put_on_branch(changed, ref); });
  }
  if (facts.ref_kind == RefKind::branch) {
    changes.add("on a tag", [](JobFacts& changed) { changed.ref_kind = RefKind::tag; });
  }
  if (facts.ref_protected || direction == Direction::less_urgent) return;
  changes.add("on a protected ref", [](JobFacts& changed) { changed.ref_protected = true; });
  for (const Ref& ref : refs) {
    changes.add("protected and on " + ref.words, [&](JobFacts& changed) {
      put_on_branch(changed, ref);
      changed.ref_protected = true;
    });
  }
}

void add_ref(Changes& changes, const JobFacts& facts, const PriorityRules& rules, Direction direction) {
  const auto refs = branches(facts, rules, direction);
  if (facts.ref_kind == RefKind::merge_request) add_targets(changes, refs);
  add_branches(changes, facts, refs, direction);
}

// ---- who and how --------------------------------------------------------------------------

void add_roles(Changes& changes, const PriorityRules& rules, Direction direction) {
  auto roles = rules.role_weights;
  std::ranges::stable_sort(roles, [&](const auto& a, const auto& b) {
    return direction == Direction::more_urgent ? a.second < b.second : a.second > b.second;
  });
  for (const auto& [role, weight] : roles) {
    if (role == Role::unknown) continue;
    changes.add("started by a user with the role " + std::string(to_text(role)),
                [role = role](JobFacts& facts) { facts.role = role; });
  }
}

struct Toggle {
  bool JobFacts::*flag;
  std::string_view on, off;  // the words for turning it
};

constexpr Toggle kToggles[] = {
    {&JobFacts::manual, "started by hand", "not started by hand"},
    {&JobFacts::retry, "as a retry", "as a first try"},
    {&JobFacts::allow_failure, "with allow_failure", "without allow_failure"},
    {&JobFacts::draft, "with the merge request as a draft", "with the merge request not a draft"},
};

void add_toggles(Changes& changes, const JobFacts& facts) {
  for (const Toggle& toggle : kToggles) {
    const bool of_request = toggle.flag == &JobFacts::draft;
    if (of_request && facts.ref_kind != RefKind::merge_request && !facts.draft) continue;
    const bool set = facts.*toggle.flag;
    changes.add(std::string(set ? toggle.off : toggle.on),
                [&](JobFacts& changed) { changed.*toggle.flag = !set; });
  }
}

void add_labels(Changes& changes, const JobFacts& facts, const PriorityRules& rules, Direction direction) {
  for (std::size_t i = 0; i < facts.labels.size(); ++i) {
    changes.add("without the label " + quoted_text(facts.labels[i]), [&](JobFacts& changed) {
      changed.labels.erase(changed.labels.begin() + static_cast<std::ptrdiff_t>(i));
    });
  }
  if (facts.ref_kind != RefKind::merge_request) return;
  for (const PatternWeight& rule : in_direction(rules.label_rules, direction)) {
    changes.add("with " + called("label", rule.pattern),
                [&](JobFacts& changed) { changed.labels.push_back(example_of(rule.pattern, "x")); });
  }
}

void add_names(Changes& changes, const PriorityRules& rules, Direction direction) {
  for (const PatternWeight& rule : in_direction(rules.job_type_weights, direction)) {
    if (rule.pattern == "*") continue;
    const std::string example = example_of(rule.pattern, "");
    changes.add("with a name like " + quoted_text(rule.pattern),
                [&](JobFacts& facts) { facts.name = example; });
    changes.add("in a stage with a name like " + quoted_text(rule.pattern),
                [&](JobFacts& facts) { facts.stage = example; });
  }
}

void add_wishes(Changes& changes, const JobFacts& facts, Direction direction) {
  if (facts.wish) {
    changes.add("without RUNNERIQ_PRIORITY", [](JobFacts& changed) { changed.wish.reset(); });
  }
  if (!facts.ref_protected) return;
  std::vector<JobClass> classes{kJobClasses.begin(), kJobClasses.end()};
  if (direction == Direction::more_urgent) std::ranges::reverse(classes);
  for (const JobClass job_class : classes) {
    changes.add("with RUNNERIQ_PRIORITY=" + std::string(to_text(job_class)),
                [&](JobFacts& changed) { changed.wish = std::string(to_text(job_class)); });
  }
}

}  // namespace

std::vector<FactChange> fact_changes(const JobFacts& facts, const PriorityRules& rules, Direction direction) {
  Changes changes{facts};
  add_ref(changes, facts, rules, direction);
  add_roles(changes, rules, direction);
  add_toggles(changes, facts);
  add_labels(changes, facts, rules, direction);
  add_names(changes, rules, direction);
  add_wishes(changes, facts, direction);
  return std::move(changes).all();
}

}  // namespace runneriq::scheduler
