#include "scheduler/lane_plan.hpp"

#include "core/printable.hpp"
#include "core/tag_names.hpp"
#include "scheduler/ci_text.hpp"
#include "scheduler/lane_workflow.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace runneriq::scheduler {
namespace {

using gitlab::CiConfig;
using gitlab::CiJob;
using gitlab::CiKey;
using gitlab::CiNode;
using gitlab::CiTags;
using From = CiTags::From;
using Kind = CiNode::Kind;

bool has_lane(const std::vector<std::string>& tags) {
  return std::ranges::any_of(tags, is_ours);
}

// Whether what has this anchor stands anywhere but behind `tags:`.
bool used_otherwise(const CiNode& node, std::size_t anchor, bool below_tags) {
  if (node.kind == Kind::alias) return node.anchor == anchor && !below_tags;
  for (std::size_t at = 0; at < node.items.size(); ++at) {
    const bool of_tags = node.kind == Kind::mapping ? node.keys[at].name == "tags" : below_tags;
    if (used_otherwise(node.items[at], anchor, of_tags)) return true;
  }
  return false;
}

const CiJob* job_named(const CiConfig* config, std::string_view name) {
  if (config == nullptr) return nullptr;
  const auto found = std::ranges::find(config->jobs(), name, &CiJob::name);
  return found == config->jobs().end() ? nullptr : &*found;
}

std::string in_line(int line) {
  return "line " + std::to_string(line);
}

// The tags of jobs, and where the lane is added to them.
class TagEdits {
 public:
  TagEdits(const PlanInput& input, const CiText& text, LanePlan& plan)
      : input_(input), text_(text), plan_(plan) {
    for (const CiJob& job : input.file->jobs()) ++users_[job.tags.list];
    if (input.merged != nullptr) {
      for (const CiJob& job : input.merged->jobs()) merged_[job.name] = &job;
    }
  }

  // The lines of a `default:` where the file has none and needs one.
  std::vector<std::string> add() {
    for (const CiJob& job : input_.file->jobs()) plan_job(job);
    plan_included_jobs();
    return needs_default_ ? add_default() : std::vector<std::string>{};
  }

 private:
  void plan_job(const CiJob& job) {
    const auto merged = merged_.find(job.name);
    const bool unseen = job.tags.from == From::nowhere || job.tags.from == From::elsewhere;
    PlannedJob planned{.name = job.name, .line = job.line, .tags = job.tags.words};
    if (unseen && merged != merged_.end()) planned.tags = merged->second->tags.words;
    if (input_.scope == LaneScope::job) planned.lane = lane_of_job(job, input_.terms, *input_.history);
    warn_of_rule_variables(job);
    if (!has_lane(planned.tags)) {
      planned.gets_lane = planned.lane ? give_own(job, planned) : give_shared(job, planned);
    } else if (planned.tags.end() == std::ranges::find(planned.tags, kLaneTag)) {
      planned.lane.reset();
      planned.gets_lane = false;
      plan_.notes.push_back("job " + quoted_text(job.name) +
                            " has a lane of its own already, which it keeps");
    }
    plan_.jobs.push_back(std::move(planned));
  }

  void warn_of_rule_variables(const CiJob& job) {
    if (std::ranges::find(job.rule_variables, kLaneVariable) == job.rule_variables.end()) return;
    plan_.notes.push_back("job " + quoted_text(job.name) + " sets " + std::string(kLaneVariable) +
                          " in its rules: GitLab has made its tags before, so this has no effect");
  }

  // One lane for the pipeline: what jobs share they go on sharing.
  bool give_shared(const CiJob& job, const PlannedJob& planned) {
    if (job.tags.from == From::elsewhere) return give_from_elsewhere(job, planned);
    if (job.tags.from != From::nowhere) return append(job, yaml_quoted(kLaneTag));
    if (!job.takes_defaults) return add_to_job(job, {std::string(kLaneTag)});
    needs_default_ = true;
    return true;
  }

  // The templates are in a file that is included: with its own list the job needs them no more for that.
  bool give_from_elsewhere(const CiJob& job, const PlannedJob& planned) {
    if (merged_.contains(job.name)) {
      std::vector<std::string> tags = planned.tags;
      tags.emplace_back(kLaneTag);
      if (job.tags.written == nullptr) return add_to_job(job, tags);
      return take(text_.replace(*job.tags.written, yaml_list(tags)), job);
    }
    plan_.notes.push_back("job " + quoted_text(job.name) +
                          " may have tags from a template that is not in this file: with --project and a "
                          "token its tags are read from GitLab");
    needs_default_ = needs_default_ || job.takes_defaults;
    return false;
  }

  bool append(const CiJob& job, const std::string& quoted) {
    const CiNode& list = *job.tags.list;
    if (!edited_.insert(&list).second) return true;
    if (list.kind == Kind::nothing) return take(text_.give_value(*job.tags.key, "[" + quoted + "]"), job);
    if (list.anchor > 0 && used_otherwise(input_.file->root(), list.anchor, false)) {
      plan_.refusals.push_back("tags of job " + quoted_text(job.name) + ": the list in " +
                               in_line(list.line) +
                               " is used for something else, too: give the jobs a list of their own");
      return false;
    }
    return take(text_.append(list, quoted), job);
  }

  // One lane for each job: what it shares with jobs of another lane it gets as a list of its own.
  bool give_own(const CiJob& job, const PlannedJob& planned) {
    const std::string& lane = input_.terms.lanes->tag(planned.lane->lane);
    std::vector<std::string> tags = planned.tags;
    tags.push_back(lane);
    const CiNode* const own = value_of(*value_of(input_.file->root(), job.name), "tags");
    if (own == nullptr || own->kind == Kind::nothing) return add_to_job(job, tags);
    if (job.tags.written != job.tags.list)
      return take(text_.replace(*job.tags.written, yaml_list(tags)), job);
    if (users_[job.tags.list] < 2) return append(job, yaml_quoted(lane));
    if (job.tags.list->anchor == 0) return take(text_.replace(*job.tags.list, yaml_list(tags)), job);
    plan_.refusals.push_back("tags of job " + quoted_text(job.name) + ": the list in " +
                             in_line(job.tags.list->line) +
                             " is shared by an anchor with jobs that get another lane: write it out");
    return false;
  }

  bool add_to_job(const CiJob& job, const std::vector<std::string>& tags) {
    const CiNode& root = input_.file->root();
    const CiNode& body = *value_of(root, job.name);
    if (const CiKey* const empty = key_of(body, "tags")) {
      return take(text_.give_value(*empty, yaml_list(tags)), job);
    }
    return take(text_.add_entry(body, *key_of(root, job.name), "tags", yaml_list(tags)), job);
  }

  void plan_included_jobs() {
    for (const auto& [name, job] : merged_) {
      if (job_named(input_.file, name) != nullptr) continue;
      const bool by_default = job->tags.from == From::nowhere || job->tags.from == From::defaults;
      const bool reached = input_.scope == LaneScope::pipeline && by_default && job->takes_defaults;
      needs_default_ = needs_default_ || (reached && !has_lane(job->tags.words));
      plan_.jobs.push_back({.name = name, .tags = job->tags.words, .gets_lane = reached});
      if (reached || has_lane(job->tags.words)) continue;
      plan_.notes.push_back("job " + quoted_text(name) + " is of an included file" +
                            (by_default ? "" : " and has tags of its own") +
                            ": add the lane where it is written");
    }
  }

  // Its list takes the place of one that is included, so that it has to say the same.
  std::vector<std::string> add_default() {
    const CiNode& root = input_.file->root();
    std::vector<std::string> tags = included_default_tags();
    if (has_lane(tags)) return {};
    tags.emplace_back(kLaneTag);
    const CiNode* const defaults = value_of(root, "default");
    if (defaults == nullptr) return {"default:", "  tags: " + yaml_list(tags)};
    const CiKey* const key = key_of(*defaults, "tags");
    if (key == nullptr) {
      take(text_.add_entry(*defaults, *key_of(root, "default"), "tags", yaml_list(tags)), "default");
    } else if (value_of(*defaults, "tags")->kind == Kind::nothing) {
      take(text_.give_value(*key, yaml_list(tags)), "default");
    } else if (const CiNode* const list = input_.file->resolved(*value_of(*defaults, "tags"));
               list != nullptr && !has_lane(input_.file->texts(*list)) && edited_.insert(list).second) {
      take(text_.append(*list, yaml_quoted(kLaneTag)), "default");
    }
    return {};
  }

  [[nodiscard]] std::vector<std::string> included_default_tags() const {
    const CiNode* const defaults =
        input_.merged == nullptr ? nullptr : value_of(input_.merged->root(), "default");
    const CiNode* const tags = defaults == nullptr ? nullptr : value_of(*defaults, "tags");
    return tags == nullptr ? std::vector<std::string>{} : input_.merged->texts(*tags);
  }

  bool take(Result<TextEdit> edit, const CiJob& job) {
    return take(std::move(edit), "job " + quoted_text(job.name));
  }
  bool take(Result<TextEdit> edit, const std::string& whose) {
    if (!edit) {
      plan_.refusals.push_back("tags of " + whose + ": " + edit.error().message);
      return false;
    }
    plan_.edits.push_back(std::move(*edit));
    return true;
  }

  const PlanInput& input_;
  const CiText& text_;
  LanePlan& plan_;
  std::map<const CiNode*, int> users_;
  std::map<std::string, const CiJob*> merged_;
  std::set<const CiNode*> edited_;
  bool needs_default_ = false;
};

// The lane of a pipeline that no rule names; without it the tag would stay literal text.
std::vector<std::string> add_variable(const PlanInput& input, const CiText& text, LanePlan& plan) {
  const CiNode& root = input.file->root();
  const std::string lane{input.terms.lanes->name(plan.default_lane)};
  const std::string entry = "  " + std::string(kLaneVariable) + ": " + lane;
  const CiNode* const variables = value_of(root, "variables");
  if (variables == nullptr) return {"variables:", entry};
  if (input.file->merged_value(*variables, kLaneVariable) != nullptr) return {};
  auto edit = text.add_entry(*variables, *key_of(root, "variables"), kLaneVariable, lane);
  if (edit) {
    plan.edits.push_back(std::move(*edit));
  } else {
    plan.refusals.push_back("variables: " + edit.error().message);
  }
  return {};
}

void note_unseen(const PlanInput& input, LanePlan& plan) {
  if (!input.file->includes() || input.merged != nullptr) return;
  plan.notes.emplace_back(
      "the file includes others, which are not seen here: if they set workflow:rules or default:tags, those "
      "of this file would replace them, and jobs with tags of their own get no lane; with --project and a "
      "token GitLab is asked");
}

void plan_pipelines(const PlanInput& input, const CiText& text, LanePlan& plan) {
  plan.rules = lane_rules((input.merged ? *input.merged : *input.file).jobs(), input.terms, *input.history);
  std::vector<std::vector<std::string>> blocks;
  const auto add_block = [&](std::vector<std::string> block) {
    if (!block.empty()) blocks.push_back(std::move(block));
  };
  add_block(add_variable(input, text, plan));
  std::vector<std::string> workflow = WorkflowEdits{input, text, plan}.add();
  for (std::size_t rule = 0; !workflow.empty() && rule < plan.rules.size(); ++rule) {
    plan.new_rules.push_back(rule);
  }
  add_block(std::move(workflow));
  add_block(TagEdits{input, text, plan}.add());
  if (!blocks.empty()) plan.edits.push_back(text.new_blocks(input.file->root(), blocks));
}

}  // namespace

LanePlan plan_lanes(const PlanInput& input) {
  LanePlan plan;
  plan.scope = input.scope;
  plan.default_lane = default_lane(*input.terms.lanes);
  const CiNode& root = input.file->root();
  if (root.flow || root.keys.empty()) {
    plan.refusals.emplace_back("the file is written in braces: a line for each job is needed");
    return plan;
  }
  if ((input.merged ? *input.merged : *input.file).jobs().empty()) {
    plan.refusals.emplace_back("there is no job in the file that a runner could take");
    return plan;
  }
  const CiText text{input.text};
  note_unseen(input, plan);
  if (input.scope == LaneScope::pipeline) {
    plan_pipelines(input, text, plan);
  } else {
    plan.notes.emplace_back(
        "a lane for each job shortens the waits of jobs and leaves the time of whole pipelines where it is: "
        "one lane per pipeline shortens that, too");
    static_cast<void>(TagEdits{input, text, plan}.add());
  }
  return plan;
}

}  // namespace runneriq::scheduler
