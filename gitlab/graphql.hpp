// The two GraphQL questions of the client, and their answers.
#pragma once

#include "core/id.hpp"
#include "core/result.hpp"
#include "gitlab/runner.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab {

// Whose runners are asked for.
struct RunnerOwner {
  enum class Kind { project, group, instance };
  Kind kind = Kind::instance;
  std::string path = {};  // full path of the project or group
};

// The body of POST /api/graphql: details of up to 100 runners behind the cursor `after`.
std::string runners_question(const RunnerOwner& owner, std::string_view after);

struct RunnersAnswer {
  std::vector<Runner> runners;  // with traits, wherever GitLab shows the tags
  std::string next_cursor;      // "" = that was all
};
// Error: corrupt (no JSON), permission (the answer holds `errors`, or null for the owner).
Result<RunnersAnswer> parse_runners_answer(std::string_view json, const RunnerOwner& owner);

// Which pending jobs of a project a person has started: up to 100, the newest.
std::string manual_jobs_question(std::string_view project_path);
Result<std::map<JobId, bool>> parse_manual_jobs_answer(std::string_view json);

}  // namespace runneriq::gitlab
