// What has to be added to `workflow:rules` so that each pipeline gets its lane. Pure.
#pragma once

#include "scheduler/ci_text.hpp"
#include "scheduler/lane_plan.hpp"

#include <string>
#include <vector>

namespace runneriq::scheduler {

class WorkflowEdits {
 public:
  // All must outlive this.
  WorkflowEdits(const PlanInput& input, const CiText& text, LanePlan& plan)
      : input_(input), text_(text), plan_(plan) {}

  // Adds to the plan's edits, notes and refusals. Returns the lines of a `workflow:` where the file has
  // none; else none.
  [[nodiscard]] std::vector<std::string> add();

 private:
  // The lanes of the pipelines that an existing rule lets through.
  struct Split {
    LaneRule others;
    std::vector<LaneRule> first;  // to be told apart before
  };
  [[nodiscard]] std::vector<std::string> rule_lines() const;
  [[nodiscard]] bool rules_come_from_elsewhere() const;
  void add_rules(const gitlab::CiNode& workflow);
  void extend_rules(const gitlab::CiNode& rules);
  void extend_rule(const gitlab::CiNode& rule);
  [[nodiscard]] Split split_of(const std::string& condition) const;
  [[nodiscard]] LaneRule rule_for(LaneRule::Of of) const;
  [[nodiscard]] Result<TextEdit> with_lane(const gitlab::CiNode& rule, std::size_t lane) const;
  [[nodiscard]] Result<TextEdit> variant(const gitlab::CiNode& rule, const std::string& condition,
                                         std::size_t lane) const;
  [[nodiscard]] Result<TextEdit> with_condition(const gitlab::CiNode& rule,
                                                const std::string& condition) const;
  bool take(Result<TextEdit> edit);

  const PlanInput& input_;
  const CiText& text_;
  LanePlan& plan_;
  std::size_t next_rule_ = 0;  // index in the edited list
};

}  // namespace runneriq::scheduler
