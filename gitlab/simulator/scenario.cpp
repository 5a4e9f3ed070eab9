#include "gitlab/simulator/scenario.hpp"

#include "core/printable.hpp"
#include "gitlab/simulator/scenario_parts.hpp"
#include "gitlab/simulator/scenario_reader.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

constexpr std::int64_t kLargestId = INT64_MAX / 2;
constexpr int kMost = 10'000;

RunnerType type_called(std::string_view word) {
  constexpr std::array types{RunnerType::instance, RunnerType::group, RunnerType::project};
  return *std::find_if(types.begin(), types.end(), [&](RunnerType one) { return to_text(one) == word; });
}

void read_runner(ScenarioReader& in, SimulatedRunner& runner) {
  std::string type(to_text(runner.type));
  in.whole("id", runner.id, 1, kLargestId);
  in.required_text("description", runner.description);
  in.word("type", type, {"instance_type", "group_type", "project_type"});
  runner.type = type_called(type);
  in.texts("tags", runner.tags);
  in.flag("run_untagged", runner.run_untagged);
  in.flag("protected_only", runner.protected_only);
  in.flag("paused", runner.paused);
  in.flag("online", runner.online);
  in.texts("projects", runner.projects);
  in.texts("groups", runner.groups);
  in.count("slots", runner.slots, 0, kMost);
  in.number("speed", runner.speed, 0.01, 100);
  in.count("managers", runner.managers, 0, kMost);
  in.count("copies", runner.copies, 1, kMost);
  if (runner.type == RunnerType::project && runner.projects.empty())
    in.refuse("projects", "is missing: a project runner serves at least one project");
  if (runner.type == RunnerType::group && runner.groups.empty())
    in.refuse("groups", "is missing: a group runner serves at least one group");
  if (runner.tags.empty() && !runner.run_untagged)
    in.refuse("tags", "are missing: a runner without tags must run untagged jobs");
}

void read_variable(ScenarioReader& in, SimulatedVariable& variable) {
  in.required_text("key", variable.key);
  in.text("value", variable.value);
  in.text("environment_scope", variable.environment_scope);
  in.flag("masked", variable.masked);
  in.flag("hidden", variable.hidden);
  in.flag("protected", variable.is_protected);
}

void read_diff(ScenarioReader& in, SimulatedDiff& diff) {
  in.required_text("new_path", diff.new_path);
  in.text("old_path", diff.old_path);
  in.text("diff", diff.diff);
  in.flag("new_file", diff.new_file);
  in.flag("deleted", diff.deleted);
  in.flag("collapsed", diff.collapsed);
  in.flag("too_large", diff.too_large);
}

void read_comparison(ScenarioReader& in, SimulatedComparison& comparison) {
  in.text("from", comparison.from);
  in.text("to", comparison.to);
  in.texts("commits", comparison.commits);
  in.objects("files", [&](ScenarioReader& element) { read_diff(element, comparison.files.emplace_back()); });
  in.flag("timeout", comparison.timeout);
}

void read_project(ScenarioReader& in, SimulatedProject& project) {
  in.whole("id", project.id, 1, kLargestId);
  in.required_text("path", project.path);
  in.text("default_branch", project.default_branch);
  in.texts("protected_branches", project.protected_branches);
  in.texts("protected_tags", project.protected_tags);
  in.levels("members", project.members);
  in.text("ci_config", project.ci_config);
  in.texts("ci_errors", project.ci_errors);
  in.texts("ci_warnings", project.ci_warnings);
  in.objects("variables",
             [&](ScenarioReader& element) { read_variable(element, project.variables.emplace_back()); });
  in.objects("comparisons",
             [&](ScenarioReader& element) { read_comparison(element, project.comparisons.emplace_back()); });
}

void read_merge_request(ScenarioReader& in, SimulatedMergeRequest& merge_request) {
  in.required_text("project", merge_request.project);
  in.whole("iid", merge_request.iid, 1, kLargestId);
  in.text("source_branch", merge_request.source_branch);
  in.text("target_branch", merge_request.target_branch);
  in.text("title", merge_request.title);
  in.texts("labels", merge_request.labels);
  in.flag("draft", merge_request.draft);
  in.word("state", merge_request.state, {"opened", "closed", "merged"});
  in.flag("fork", merge_request.fork);
}

void read_tests(ScenarioReader& in, std::vector<SimulatedTest>& tests) {
  in.objects("tests", [&](ScenarioReader& element) {
    SimulatedTest& test = tests.emplace_back();
    element.required_text("name", test.name);
    element.text("classname", test.classname);
    element.word("status", test.status, {"success", "failed", "error", "skipped"});
  });
}

void read_job(ScenarioReader& in, SimulatedJob& job) {
  in.whole("id", job.id, 1, kLargestId);
  in.required_text("name", job.name);
  job.stage = "test";
  in.text("stage", job.stage);
  in.texts("tags", job.tags);
  in.flag("allow_failure", job.allow_failure);
  in.flag("manual", job.manual);
  in.count("attempts_before", job.attempts_before, 0, 10);
  in.duration("takes", job.takes);
  in.word("ends", job.ends, {"success", "failed"});
  in.text("failure_reason", job.failure_reason);
  in.text("resource_group", job.resource_group);
  in.word("state", job.state, {"pending", "running", "success", "failed", "manual"});
  in.duration("waited", job.waited);
  in.duration("ran", job.ran);
  in.text("runner", job.runner);
  in.duration("ended", job.ended);
  in.count("parallel", job.parallel, 1, kMost);
  in.text("trace", job.trace);
  in.count("trace_step", job.trace_step, 0, 1 << 30);
  read_tests(in, job.tests);
  if (job.state == "running" && job.runner.empty()) in.refuse("runner", "is missing: the job runs on one");
}

void read_pipeline(ScenarioReader& in, SimulatedPipeline& pipeline) {
  in.required_text("project", pipeline.project);
  in.text("ref", pipeline.ref);
  in.flag("is_tag", pipeline.is_tag);
  in.whole("merge_request", pipeline.merge_request, 1, kLargestId);
  in.text("source", pipeline.source);
  in.text("user", pipeline.user);
  in.text("sha", pipeline.sha);
  in.text("yaml_errors", pipeline.yaml_errors);
  in.duration("arrives", pipeline.arrives);
  in.named_texts("variables", pipeline.variables);
  in.objects("jobs", [&](ScenarioReader& element) { read_job(element, pipeline.jobs.emplace_back()); });
  if (pipeline.jobs.empty()) in.refuse("jobs", "are missing: a pipeline has at least one");
}

// What names something that stands elsewhere in the scenario.
class References {
 public:
  explicit References(const Scenario& scenario) {
    for (const SimulatedProject& project : scenario.projects) projects_.insert(project.path);
    for (const SimulatedMergeRequest& one : scenario.merge_requests)
      merge_requests_.emplace(one.project, one.iid);
    for (const SimulatedRunner& runner : scenario.runners) {
      if (runner.copies == 1) runners_.insert(runner.description);
      for (int copy = 1; runner.copies > 1 && copy <= runner.copies; ++copy)
        runners_.insert(runner.description + "-" + std::to_string(copy));
    }
  }

  std::optional<Error> first_broken(const Scenario& scenario) {
    for (std::size_t at = 0; at < scenario.runners.size(); ++at) check(scenario.runners[at], "runners", at);
    for (std::size_t at = 0; at < scenario.merge_requests.size(); ++at)
      project(scenario.merge_requests[at].project, place("merge_requests", at));
    for (std::size_t at = 0; at < scenario.pipelines.size(); ++at) check(scenario.pipelines[at], at);
    return std::move(error_);
  }

 private:
  static std::string place(std::string_view list, std::size_t at) {
    return std::string(list) + "[" + std::to_string(at) + "]";
  }
  void refuse(const std::string& path, const std::string& why) {
    if (!error_) error_ = Error{Errc::invalid_argument, path + ": " + why};
  }
  void project(const std::string& path, const std::string& at) {
    if (!projects_.contains(path))
      refuse(at + ".project", quoted_text(path) + " is no project of the scenario");
  }
  void check(const SimulatedRunner& runner, std::string_view list, std::size_t at) {
    for (const std::string& path : runner.projects) {
      if (!projects_.contains(path))
        refuse(place(list, at) + ".projects", quoted_text(path) + " is no project of the scenario");
    }
    if (runner.id > 0 && !runner_ids_.insert(runner.id).second)
      refuse(place(list, at) + ".id", std::to_string(runner.id) + " stands here for the second time");
  }
  void check(const SimulatedPipeline& pipeline, std::size_t at) {
    const std::string here = place("pipelines", at);
    project(pipeline.project, here);
    const bool known = merge_requests_.contains({pipeline.project, pipeline.merge_request});
    if (pipeline.merge_request > 0 && !known) {
      refuse(here + ".merge_request",
             std::to_string(pipeline.merge_request) + " is no merge request of " + pipeline.project);
    }
    for (std::size_t job = 0; job < pipeline.jobs.size(); ++job)
      check(pipeline.jobs[job], here + "." + place("jobs", job));
  }
  void check(const SimulatedJob& job, const std::string& here) {
    if (!job.runner.empty() && !runners_.contains(job.runner))
      refuse(here + ".runner", quoted_text(job.runner) + " is no runner of the scenario");
    if (job.id > 0 && !job_ids_.insert(job.id).second)
      refuse(here + ".id", std::to_string(job.id) + " stands here for the second time");
  }

  std::set<std::string> projects_;
  std::set<std::string> runners_;
  std::set<std::pair<std::string, std::int64_t>> merge_requests_;
  std::set<std::int64_t> runner_ids_, job_ids_;
  std::optional<Error> error_;
};

template <class Part>
Result<Part> part(const json& document, void (*read)(ScenarioReader&, Part&)) {
  std::optional<Error> error;
  Part part;
  {
    ScenarioReader in(document, {}, error);
    read(in, part);
  }
  if (error) return fail(*std::move(error));
  return part;
}

void read_scenario(ScenarioReader& in, Scenario& scenario) {
  std::int64_t seed = 1;
  in.time("start", scenario.start);
  in.whole("seed", seed, 0, kLargestId);
  scenario.seed = static_cast<std::uint64_t>(seed);
  in.flag("trace_ranges", scenario.trace_ranges);
  in.texts("users", scenario.users);
  in.objects("runners", [&](ScenarioReader& one) { read_runner(one, scenario.runners.emplace_back()); });
  in.objects("projects", [&](ScenarioReader& one) { read_project(one, scenario.projects.emplace_back()); });
  in.objects("merge_requests",
             [&](ScenarioReader& one) { read_merge_request(one, scenario.merge_requests.emplace_back()); });
  in.objects("pipelines",
             [&](ScenarioReader& one) { read_pipeline(one, scenario.pipelines.emplace_back()); });
}

}  // namespace

Result<SimulatedRunner> parse_runner_part(const json& document) {
  return part<SimulatedRunner>(document, read_runner);
}

Result<SimulatedPipeline> parse_pipeline_part(const json& document) {
  return part<SimulatedPipeline>(document, read_pipeline);
}

Result<SimulatedMergeRequest> parse_merge_request_part(const json& document) {
  return part<SimulatedMergeRequest>(document, read_merge_request);
}

Result<SimulatedNote> parse_note_part(const json& document) {
  return part<SimulatedNote>(document, [](ScenarioReader& in, SimulatedNote& note) {
    in.required_text("project", note.project);
    in.whole("merge_request", note.merge_request, 1, kLargestId);
    in.text("user", note.user);
    in.required_text("body", note.body);
    in.flag("system", note.system);
    in.flag("internal", note.internal);
  });
}

Result<SimulatedCi> parse_ci_part(const json& document, SimulatedCi as_it_is) {
  std::optional<Error> error;
  {
    ScenarioReader in(document, {}, error);
    in.text("ci_config", as_it_is.config);
    in.texts("ci_errors", as_it_is.errors);
    in.texts("ci_warnings", as_it_is.warnings);
  }
  if (error) return fail(*std::move(error));
  return as_it_is;
}

Result<SimulatedComparison> parse_comparison_part(const json& document, std::string& project) {
  std::optional<Error> error;
  SimulatedComparison comparison;
  {
    ScenarioReader in(document, {}, error);
    in.required_text("project", project);
    read_comparison(in, comparison);
  }
  if (error) return fail(*std::move(error));
  return comparison;
}

Result<SimulatedEnd> parse_end_part(const json& document, SimulatedEnd as_planned) {
  std::optional<Error> error;
  {
    ScenarioReader in(document, {}, error);
    std::vector<SimulatedTest> tests;
    in.word("ends", as_planned.ends, {"success", "failed"});
    in.text("failure_reason", as_planned.failure_reason);
    in.text("trace", as_planned.trace);
    read_tests(in, tests);
    if (document.contains("tests")) as_planned.tests = std::move(tests);
  }
  if (error) return fail(*std::move(error));
  return as_planned;
}

Result<Scenario> parse_scenario(const json& document) {
  auto scenario = part<Scenario>(document, read_scenario);
  if (!scenario) return scenario;
  if (auto broken = References(*scenario).first_broken(*scenario)) return fail(*std::move(broken));
  return scenario;
}

}  // namespace runneriq::gitlab::simulator
