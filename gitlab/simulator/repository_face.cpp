// What GitLab tells of commits: what changed between two, and whose merge request one is; and the CI/CD
// variables of projects.
#include "gitlab/simulator/entities.hpp"
#include "gitlab/simulator/visit.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

View view_of(const Visit& visit) {
  return {visit.world, visit.call.base};
}

bool is_commit(const World& world, ProjectId project, std::string_view ref) {
  return std::any_of(world.pipelines().begin(), world.pipelines().end(),
                     [&](const auto& row) { return row.second.project == project && row.second.sha == ref; });
}

bool is_ref(const World& world, const ProjectRecord& project, std::string_view ref) {
  if (ref == project.default_branch || is_commit(world, project.id, ref)) return true;
  return std::any_of(world.pipelines().begin(), world.pipelines().end(), [&](const auto& row) {
    return row.second.project == project.id && row.second.ref == ref;
  });
}

const SimulatedComparison* told(const ProjectRecord& project, std::string_view from, std::string_view to) {
  const auto fits = [](const std::string& pattern, std::string_view ref) {
    return pattern == "*" || pattern == ref;
  };
  const auto place =
      std::find_if(project.comparisons.rbegin(), project.comparisons.rend(),
                   [&](const SimulatedComparison& one) { return fits(one.from, from) && fits(one.to, to); });
  return place == project.comparisons.rend() ? nullptr : &*place;
}

json commit_row(const std::string& sha) {
  return {{"id", sha}, {"short_id", sha.substr(0, 8)}, {"title", "Work"}, {"parent_ids", json::array()}};
}

json diff_row(const SimulatedDiff& diff) {
  const std::string& before = diff.old_path.empty() ? diff.new_path : diff.old_path;
  return {{"old_path", before},
          {"new_path", diff.new_path},
          {"a_mode", diff.new_file ? "0" : "100644"},
          {"b_mode", diff.deleted ? "0" : "100644"},
          {"new_file", diff.new_file},
          {"renamed_file", before != diff.new_path},
          {"deleted_file", diff.deleted},
          {"collapsed", diff.collapsed},
          {"too_large", diff.too_large},
          {"diff", diff.collapsed || diff.too_large ? "" : diff.diff}};
}

json comparison_row(const SimulatedComparison& comparison, const std::string& from, const std::string& to) {
  json commits = json::array(), diffs = json::array();
  for (const std::string& sha : comparison.commits) commits.push_back(commit_row(sha));
  if (commits.empty() && from != to) commits.push_back(commit_row(to));
  for (const SimulatedDiff& diff : comparison.files) diffs.push_back(diff_row(diff));
  return {{"commit", commits.empty() ? json() : commits.back()},
          {"commits", commits},
          {"diffs", diffs},
          {"compare_timeout", comparison.timeout},
          {"compare_same_ref", from == to}};
}

ServedReply compare(Visit& visit) {
  const auto project = project_in(visit, kGuest);
  if (!project) return refusal(project.error());
  const auto from = visit.call.text("from");
  const auto to = visit.call.text("to");
  if (!from) return bad_parameter("from is missing");
  if (!to) return bad_parameter("to is missing");
  if (const SimulatedComparison* const known = told(**project, *from, *to))
    return json_reply(200, comparison_row(*known, *from, *to));
  if (!is_ref(visit.world, **project, *from) || !is_ref(visit.world, **project, *to))
    return refusal(404, "404 Ref Not Found");
  return json_reply(200, comparison_row({}, *from, *to));
}

// Only those whose newest commit it is.
ServedReply merge_requests_of_commit(Visit& visit) {
  const auto project = project_in(visit, kReporter);
  if (!project) return refusal(project.error());
  const std::string& sha = visit.call.captured.at(1);
  if (!is_commit(visit.world, (*project)->id, sha)) return refusal(404, "404 Commit Not Found");
  std::vector<const MergeRequestRecord*> rows;
  for (const MergeRequestRecord& one : visit.world.merge_requests()) {
    const PipelineRecord* const head = visit.world.head_pipeline(one);
    if (one.project == (*project)->id && head != nullptr && head->sha == sha) rows.push_back(&one);
  }
  return offset_page(visit.call, rows.size(),
                     [&](std::size_t at) { return merge_request_row(view_of(visit), *rows[at]); });
}

json variable_row(const SimulatedVariable& variable) {
  return {{"variable_type", "env_var"},
          {"key", variable.key},
          {"value", variable.hidden ? json() : json(variable.value)},
          {"hidden", variable.hidden},
          {"masked", variable.masked || variable.hidden},
          {"protected", variable.is_protected},
          {"raw", false},
          {"environment_scope", variable.environment_scope}};
}

ServedReply variables(Visit& visit) {
  const auto project = project_in(visit, kMaintainer);
  if (!project) return refusal(project.error());
  const std::vector<SimulatedVariable>& all = (*project)->variables;
  return offset_page(visit.call, all.size(), [&](std::size_t at) { return variable_row(all[at]); });
}

constexpr std::array kRoutes{
    Route{"GET", "/api/v4/projects/:id/repository/compare", Needs::read, compare},
    Route{"GET", "/api/v4/projects/:id/repository/commits/:sha/merge_requests", Needs::read,
          merge_requests_of_commit},
    Route{"GET", "/api/v4/projects/:id/variables", Needs::read, variables},
};

}  // namespace

std::span<const Route> repository_routes() {
  return kRoutes;
}

}  // namespace runneriq::gitlab::simulator
