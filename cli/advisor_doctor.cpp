#include "cli/advisor_doctor.hpp"

#include "core/printable.hpp"

#include <utility>

namespace runneriq::cli {
namespace {

using executor::Finding;
using executor::FindingStatus;

constexpr std::size_t kLongestWords = 400;

Finding provider_finding(const AdvisorFacts& facts) {
  if (facts.provider.empty())
    return {"advisor.provider", FindingStatus::skipped, "no model is asked: rules decide",
            printable(facts.why, kLongestWords)};
  const std::string place = facts.url.empty() ? "" : " at " + printable(facts.url, kLongestWords);
  return {"advisor.provider", FindingStatus::ok, "models of " + facts.provider + place + " may be asked", ""};
}

Finding use_finding(const AdvisorFacts& facts) {
  const std::string ties = facts.tie_breaks ? "ties between runners" : "";
  const std::string failures = facts.triage ? "unsure failures" : "";
  if (ties.empty() && failures.empty())
    return {"advisor.use", FindingStatus::skipped, "nothing is left to it",
            "assigner.decision_engine.mode: hybrid leaves ties to it, diagnosis.model: true failures"};
  return {"advisor.use", FindingStatus::ok,
          "asked about " + ties + (ties.empty() || failures.empty() ? "" : " and ") + failures, ""};
}

Finding budget_finding(const AdvisorFacts& facts) {
  if (facts.ledger_trouble)
    return {"advisor.budget", FindingStatus::warn,
            "its ledger cannot be read: " + printable_path(*facts.ledger_trouble, kLongestWords),
            "without it no model is asked"};
  const std::string spent = std::to_string(facts.spent);
  if (facts.limit == 0)
    return {"advisor.budget", FindingStatus::warn,
            spent + " tokens of today are spent, and there is no limit",
            "set assigner.decision_engine.daily_token_budget"};
  const bool is_over = facts.spent >= facts.limit;
  return {"advisor.budget", is_over ? FindingStatus::warn : FindingStatus::ok,
          spent + " of " + std::to_string(facts.limit) + " tokens of today are spent",
          is_over ? "rules decide until midnight UTC; assigner.decision_engine.daily_token_budget raises it"
                  : ""};
}

}  // namespace

std::vector<Finding> examine_advisor(const AdvisorFacts& facts) {
  std::vector<Finding> all{provider_finding(facts)};
  if (facts.provider.empty()) return all;
  for (const std::string& complaint : facts.complaints) {
    all.push_back({"advisor.model", FindingStatus::warn, printable(complaint, kLongestWords),
                   "until then rules decide; advisor.tie_break_model and advisor.triage_model name others"});
  }
  all.push_back(use_finding(facts));
  all.push_back(budget_finding(facts));
  return all;
}

}  // namespace runneriq::cli
