// From an event to what alerting goes by: class, severity, signature. Pure; the only maker of a Classified.
#pragma once

#include "alerting/labels.hpp"
#include "alerting/matcher.hpp"
#include "scheduler/priority.hpp"

#include <string>
#include <vector>

namespace runneriq::alerting {

struct SeverityRule {
  std::string name;
  Matchers match;
  Severity severity = Severity::warning;
};

struct ClassifierRules {
  scheduler::PriorityRules priority = scheduler::PriorityRules::defaults();
  std::vector<std::string> default_branches = {"main",
                                               "master"};  // where an event does not tell its project's
  std::vector<SeverityRule> severities;                    // first match; else the rule below
};

// Class: the analyzer's, of the event's name, stage, ref and allow_failure, with what it does not tell
// unknown, but a version ("v1.2.3", "1.2.3") that is not the default branch is a tag; LOW for what is not
// about a job or pipeline. Severity, where no rule matches: info for allow_failure; critical for a broken
// audit trail, and on a production ref for class CRITICAL and for a deployment, unless it is for another
// environment (job_words); error for other failures on a production ref, for runners and leases; else
// warning. A rule sees that severity as the label. Signature: of the log's headline for a failure with an
// excerpt that has one, else of project, name and reason, with the exit code that the runner tells where that
// is not 1.
//
// What the analyzer said of the last 1,024 kinds of jobs is remembered (at most 1 MiB): for one thread.
class Classifier {
 public:
  explicit Classifier(ClassifierRules rules);
  [[nodiscard]] Classified classify(Event event) const;

 private:
  struct Analysis {
    scheduler::JobClass job_class = scheduler::JobClass::low;
    bool production = false;
    bool grave = false;  // critical where it is production
  };
  struct Remembered {
    std::string shape;  // all that the analyzer was told
    Analysis analysis;
  };

  [[nodiscard]] bool is_on_default_branch(const Event& event) const;
  [[nodiscard]] Analysis analysed(const Event& event, bool on_default_branch) const;
  [[nodiscard]] Analysis analysis_of(const Event& event, bool on_default_branch) const;
  void apply_rules(Classified& classified) const;

  ClassifierRules rules_;
  mutable std::vector<Remembered> remembered_;  // by a hash of the shape
  mutable std::string shape_;                   // kept for its memory
};

}  // namespace runneriq::alerting
