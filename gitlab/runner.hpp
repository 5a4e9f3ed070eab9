// Runners as GitLab shows them: the list, and the details that the list leaves out.
#pragma once

#include "core/id.hpp"
#include "core/time.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab {

enum class RunnerType { instance, group, project };
enum class RunnerStatus { online, offline, stale, never_contacted, unknown };

std::string_view to_text(RunnerType type);      // "instance_type", …
std::string_view to_text(RunnerStatus status);  // "online", …
std::optional<RunnerType> runner_type(std::string_view text);
RunnerStatus runner_status(std::string_view text);  // unknown for what no version before this one knew

// What GitLab's matcher looks at.
struct RunnerTraits {
  std::vector<std::string> tags = {};  // sorted, each once
  bool run_untagged = true;
  bool protected_only = false;  // access_level ref_protected
  RunnerType type = RunnerType::project;
  // Projects that a project runner serves, as far as they may be seen, sorted; empty = not told. For
  // group runners the projects below the groups are not told by GitLab: see could_take().
  std::vector<ProjectId> projects = {};
  // Full paths of the groups that a group runner serves ("acme/web"); empty = not told.
  std::vector<std::string> groups = {};
};

struct Runner {
  RunnerId id = {};
  std::string description = {};
  RunnerType type = RunnerType::project;
  RunnerStatus status = RunnerStatus::unknown;
  bool paused = false;
  // GitLab says "online" for two hours after the last contact: no proof that it can take a job now.
  std::optional<Time> contacted_at = {};
  // Tags and the like; none while no details have been read. Never act on a runner without them.
  std::optional<RunnerTraits> traits = {};
  std::optional<std::chrono::seconds> longest_timeout = {};  // maximum_timeout
  std::optional<int> managers = {};                          // machines behind the record; none = not told
  std::optional<int> running_jobs = {};                      // of all projects; none = not told
};

}  // namespace runneriq::gitlab
