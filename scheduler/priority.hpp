// Vocabulary of the analyzer: what it looks at, what it is told, what it answers.
#pragma once

#include "scheduler/job_class.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::scheduler {

enum class Role { unknown, guest, reporter, developer, maintainer, owner };

inline constexpr std::array kRoles{Role::unknown,   Role::guest,      Role::reporter,
                                   Role::developer, Role::maintainer, Role::owner};

std::string_view to_text(Role role);             // "unknown", "guest", …
Result<Role> parse_role(std::string_view text);  // as to_text() writes it

enum class RefKind { branch, tag, merge_request };

// The facts of one job that decide its priority; unknown ones keep their defaults and lower nothing.
struct JobFacts {
  std::string name;
  std::string stage;
  std::string ref;  // the branch or tag; for a merge request its source ref
  RefKind ref_kind = RefKind::branch;
  std::string target_branch;   // of a merge request
  std::string default_branch;  // of the project
  bool ref_protected = false;
  Role role = Role::unknown;
  bool manual = false;
  bool retry = false;
  bool allow_failure = false;
  bool draft = false;               // of the merge request
  std::vector<std::string> labels;  // of the merge request
  std::optional<std::string> wish;  // RUNNERIQ_PRIORITY, a class; counts on protected refs only
};

struct PatternWeight {
  std::string pattern;  // shell pattern (core/glob)
  double weight = 0;    // 0..100 for refs and types, −100..100 for label rules
};

// In branch_weights this stands for the project's default branch, whatever its name.
inline constexpr std::string_view kDefaultBranchPattern = "$default-branch";

// What counts where no rule matches.
inline constexpr double kOtherBranchWeight = 40;
inline constexpr double kOtherTypeWeight = 50;
inline constexpr double kUnknownRoleWeight = 50;

// The configurable rules; key names and defaults in scheduler/options. First match wins.
struct PriorityRules {
  std::vector<PatternWeight> branch_weights;  // of branch names; "*" last
  double tag_weight = 100;
  // All rules but "*" are tried on the name, then on the stage, in any case of letters; then "*" counts.
  std::vector<PatternWeight> job_type_weights;
  std::vector<std::pair<Role, double>> role_weights;
  std::vector<PatternWeight> label_rules;    // every matching rule counts
  std::vector<std::string> production_refs;  // besides default branch and tags
  double manual_bonus = 10;
  double retry_bonus = 5;
  double allow_failure_penalty = 10;
  double protected_bonus = 5;
  double draft_penalty = 5;
  double non_production_cap = 75;

  // The defaults of architecture.md section 5.
  static PriorityRules defaults();
};

// One line of the explanation: points = value × weight for the weighted part, else the bonus
// itself, in tenths. The points of all factors add up to the score: what cap, clamp and
// rounding change is a factor, too.
struct Factor {
  std::string name;    // "branch", "role", "job type", "manual", …
  std::string reason;  // why this value: "main is a production branch (100)"; unescaped text of the job
  double points = 0;
};

struct Priority {
  double score = 0;                    // 0..100, one decimal
  JobClass job_class = JobClass::low;  // of the score; a granted wish replaces it
  bool production = false;
  std::vector<Factor> factors;
  std::vector<std::string> anomalies;  // for example a refused wish
};

}  // namespace runneriq::scheduler
