#include "gitlab/matcher.hpp"

#include <algorithm>

namespace runneriq::gitlab {
namespace {

bool serves_project(const RunnerTraits& runner, ProjectId project) {
  if (runner.projects.empty() || project == ProjectId{}) return true;
  return std::binary_search(runner.projects.begin(), runner.projects.end(), project);
}

// "acme/web" holds "acme/web/shop", not "acme/website".
bool is_below(std::string_view path, std::string_view group) {
  return path.size() > group.size() && path.starts_with(group) && path[group.size()] == '/';
}

bool serves_path(const RunnerTraits& runner, std::string_view path) {
  if (runner.groups.empty() || path.empty()) return true;
  return std::any_of(runner.groups.begin(), runner.groups.end(),
                     [&](const std::string& group) { return is_below(path, group); });
}

bool is_in_scope(const RunnerTraits& runner, const JobTraits& job) {
  switch (runner.type) {
    case RunnerType::instance:
      return job.takes_instance_runners;
    case RunnerType::group:
      return job.takes_group_runners && serves_path(runner, job.project_path);
    case RunnerType::project:
      return serves_project(runner, job.project);
  }
  return false;
}

}  // namespace

std::string_view to_text(Match match) {
  switch (match) {
    case Match::takes:
      return "the runner may take the job";
    case Match::tags_missing:
      return "the runner lacks a tag of the job";
    case Match::untagged_refused:
      return "the runner takes no jobs without tags";
    case Match::ref_unprotected:
      return "the runner takes jobs of protected refs only";
    case Match::out_of_scope:
      return "the runner does not serve the job's project";
  }
  return "";
}

Match could_take(const RunnerTraits& runner, const JobTraits& job) {
  if (!is_in_scope(runner, job)) return Match::out_of_scope;
  if (runner.protected_only && !job.ref_protected) return Match::ref_unprotected;
  if (job.tags.empty()) return runner.run_untagged ? Match::takes : Match::untagged_refused;
  const bool has_all =
      std::includes(runner.tags.begin(), runner.tags.end(), job.tags.begin(), job.tags.end());
  return has_all ? Match::takes : Match::tags_missing;
}

}  // namespace runneriq::gitlab
