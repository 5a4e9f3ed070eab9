#include "scheduler/lane_workflow.hpp"

#include "core/printable.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace runneriq::scheduler {
namespace {

using gitlab::CiKey;
using gitlab::CiNode;
using Kind = CiNode::Kind;
using Of = LaneRule::Of;

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Whether a condition may hold for more than what it names.
bool is_open(std::string_view condition) {
  constexpr std::array<std::string_view, 6> kOpening{"||", "!=", "!~", "== null", "== \"\"", "!$"};
  return condition.empty() ||
         std::ranges::any_of(kOpening, [&](std::string_view part) { return has(condition, part); });
}

// The name in `$CI_COMMIT_BRANCH == "name"`; "" for none.
std::string branch_in(std::string_view condition) {
  for (const char quote : {'"', '\''}) {
    const std::string opening = std::string("$CI_COMMIT_BRANCH == ") + quote;
    const std::size_t at = condition.find(opening);
    if (at == std::string_view::npos) continue;
    const std::string_view name = condition.substr(at + opening.size());
    return std::string(name.substr(0, name.find(quote)));
  }
  return "";
}

bool names_default_branch(std::string_view condition) {
  return has(condition, "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH") ||
         has(condition, "$CI_DEFAULT_BRANCH == $CI_COMMIT_BRANCH") ||
         has(condition, "$CI_COMMIT_REF_NAME == $CI_DEFAULT_BRANCH");
}

bool excludes(std::string_view condition, Of of) {
  if (of == Of::tags) return has(condition, "$CI_COMMIT_TAG == null");
  return of == Of::merge_requests && has(condition, "!= \"merge_request_event\"");
}

bool has_anchors(const CiNode& node) {
  if (node.anchor > 0 && node.kind != Kind::alias) return true;
  return std::ranges::any_of(node.items, has_anchors);
}

std::string line_words(const CiNode& node) {
  return "line " + std::to_string(node.line);
}

}  // namespace

bool WorkflowEdits::take(Result<TextEdit> edit) {
  if (edit) {
    plan_.edits.push_back(std::move(*edit));
    return true;
  }
  plan_.refusals.push_back("workflow: " + edit.error().message);
  return false;
}

std::vector<std::string> WorkflowEdits::rule_lines() const {
  std::vector<std::string> lines{"rules:"};
  for (const LaneRule& rule : plan_.rules) {
    lines.push_back(rule.condition.empty() ? "  - when: always" : "  - if: " + yaml_scalar(rule.condition));
    lines.emplace_back("    variables:");
    lines.push_back("      " + std::string(kLaneVariable) + ": " +
                    std::string(input_.terms.lanes->name(rule.lane)));
  }
  return lines;
}

// An own list would take the place of the one that is included.
bool WorkflowEdits::rules_come_from_elsewhere() const {
  const CiNode* const workflow =
      input_.merged == nullptr ? nullptr : value_of(input_.merged->root(), "workflow");
  if (workflow == nullptr || value_of(*workflow, "rules") == nullptr) return false;
  plan_.refusals.emplace_back(
      "workflow: its rules come from an included file, and own ones would replace them: plan the lanes of "
      "that file, or copy its rules here first");
  return true;
}

std::vector<std::string> WorkflowEdits::add() {
  const CiNode* const workflow = value_of(input_.file->root(), "workflow");
  const CiNode* const rules = workflow == nullptr ? nullptr : value_of(*workflow, "rules");
  if (rules != nullptr) {
    extend_rules(*rules);
    return {};
  }
  if (rules_come_from_elsewhere()) return {};
  if (workflow != nullptr) {
    add_rules(*workflow);
    return {};
  }
  std::vector<std::string> block{"workflow:"};
  for (const std::string& line : rule_lines()) block.push_back("  " + line);
  return block;
}

void WorkflowEdits::add_rules(const CiNode& workflow) {
  const CiKey& key = *key_of(input_.file->root(), "workflow");
  const bool block = workflow.kind == Kind::mapping && !workflow.flow && !workflow.items.empty();
  if (!block && workflow.kind != Kind::nothing) {
    plan_.refusals.push_back("workflow: " + line_words(workflow) +
                             ": it has to be a mapping with a line of its own for each entry");
    return;
  }
  const std::size_t column = block ? text_.column(workflow.keys.front().at) : text_.column(key.at) + 2;
  std::vector<std::string> lines;
  for (const std::string& line : rule_lines()) lines.push_back(std::string(column, ' ') + line);
  const std::size_t place =
      block ? text_.line_start(workflow.keys.front().at) : text_.block_end(key.at, std::string_view::npos);
  for (std::size_t rule = 0; rule < plan_.rules.size(); ++rule) plan_.new_rules.push_back(rule);
  plan_.edits.push_back(text_.lines(place, lines));
}

void WorkflowEdits::extend_rules(const CiNode& rules) {
  if (rules.kind != Kind::list || !rules.tag.empty() || rules.flow) {
    plan_.refusals.push_back("workflow: " + line_words(rules) +
                             ": its rules have to be a list with a line of its own for each rule");
    return;
  }
  for (const CiNode& rule : rules.items) {
    extend_rule(rule);
    ++next_rule_;
  }
}

void WorkflowEdits::extend_rule(const CiNode& rule) {
  if (rule.kind != Kind::mapping) {
    plan_.notes.push_back("workflow: the rule in " + line_words(rule) +
                          " stands elsewhere: its pipelines get the default lane");
    return;
  }
  const CiNode* const when = value_of(rule, "when");
  const CiNode* const variables = value_of(rule, "variables");
  const bool has_lane =
      variables != nullptr && input_.file->resolved(*variables) != nullptr &&
      input_.file->merged_value(*input_.file->resolved(*variables), kLaneVariable) != nullptr;
  if (has_lane || (when != nullptr && when->text == "never")) return;
  const CiNode* const condition = value_of(rule, "if");
  const Split split = split_of(condition == nullptr ? "" : condition->text);
  std::map<std::size_t, std::string> by_lane;
  for (const LaneRule& first : split.first) {
    if (first.lane == split.others.lane) continue;
    std::string& any = by_lane[first.lane];
    any += (any.empty() ? "" : " || ") + first.condition;
  }
  for (const auto& [lane, any] : by_lane) {
    auto copy =
        variant(rule, condition == nullptr ? any : "(" + any + ") && (" + condition->text + ")", lane);
    if (!copy) {
      plan_.notes.push_back("workflow: the rule in " + line_words(rule) + " lets " +
                            std::string(input_.terms.lanes->name(lane)) + " pipelines through with others (" +
                            any + ") and cannot be copied by line: split it by hand");
      continue;
    }
    plan_.edits.push_back(std::move(*copy));
    plan_.new_rules.push_back(next_rule_++);
  }
  take(with_lane(rule, split.others.lane));
}

LaneRule WorkflowEdits::rule_for(Of of) const {
  return *std::ranges::find(plan_.rules, of, &LaneRule::of);
}

WorkflowEdits::Split WorkflowEdits::split_of(const std::string& condition) const {
  const bool closed = !is_open(condition);
  if (closed && has(condition, "$CI_COMMIT_TAG")) return {rule_for(Of::tags), {}};
  if (closed && names_default_branch(condition)) return {rule_for(Of::default_branch), {}};
  if (const std::string branch = closed ? branch_in(condition) : ""; !branch.empty()) {
    const std::vector<gitlab::CiJob>& jobs = (input_.merged ? *input_.merged : *input_.file).jobs();
    return {rule_of_branch(branch, jobs, input_.terms, *input_.history), {}};
  }
  const bool of_review = has(condition, "\"merge_request_event\"") ||
                         has(condition, "'merge_request_event'") || has(condition, "$CI_MERGE_REQUEST_");
  if (closed && of_review) return {rule_for(Of::merge_requests), {}};
  const bool branches_only = closed && has(condition, "$CI_COMMIT_BRANCH");
  Split split{.others = rule_for(Of::others), .first = {}};
  for (const LaneRule& rule : plan_.rules) {
    const bool of_branch = rule.of == Of::default_branch || rule.of == Of::branch;
    if (rule.of == Of::others || (branches_only && !of_branch) || excludes(condition, rule.of)) continue;
    split.first.push_back(rule);
  }
  return split;
}

Result<TextEdit> WorkflowEdits::with_lane(const CiNode& rule, std::size_t lane) const {
  const std::string name{input_.terms.lanes->name(lane)};
  if (const CiNode* const variables = value_of(rule, "variables")) {
    return text_.add_entry(*variables, *key_of(rule, "variables"), kLaneVariable, name);
  }
  if (rule.flow) {
    return text_.add_entry(rule, {.name = "rules"}, "variables",
                           "{" + std::string(kLaneVariable) + ": " + name + "}");
  }
  const std::size_t column = text_.column(rule.keys.front().at);
  const std::string indentation(column, ' ');
  const std::vector<std::string> lines{indentation + "variables:",
                                       indentation + "  " + std::string(kLaneVariable) + ": " + name};
  return text_.lines(text_.block_end(rule.keys.front().at, column), lines);
}

Result<TextEdit> WorkflowEdits::with_condition(const CiNode& rule, const std::string& condition) const {
  if (const CiNode* const old = value_of(rule, "if")) return text_.replace(*old, yaml_scalar(condition));
  const CiKey& first = rule.keys.front();
  return TextEdit{.at = first.at,
                  .text = "if: " + yaml_scalar(condition) + std::string(text_.newline()) +
                          std::string(text_.column(first.at), ' ')};
}

// The rule once more, for those of its pipelines for which `condition` holds.
Result<TextEdit> WorkflowEdits::variant(const CiNode& rule, const std::string& condition,
                                        std::size_t lane) const {
  const std::size_t start = text_.line_start(rule.at);
  const std::string_view head = text_.text().substr(start, rule.at - start);
  const std::size_t dash = head.find_first_not_of(' ');
  if (rule.flow || has_anchors(rule) || dash == std::string_view::npos || head[dash] != '-') {
    return fail(Errc::invalid_argument, "it is written in another form");
  }
  auto new_condition = with_condition(rule, condition);
  auto new_lane = with_lane(rule, lane);
  if (!new_condition) return new_condition;
  if (!new_lane) return new_lane;
  new_condition->at -= start;
  new_lane->at -= start;
  const std::size_t end = text_.block_end(rule.at, text_.column(rule.at));
  std::string copy = edited(text_.text().substr(start, end - start), {*new_condition, *new_lane});
  if (!copy.ends_with('\n')) copy += text_.newline();
  return TextEdit{.at = start, .text = std::move(copy)};
}

}  // namespace runneriq::scheduler
