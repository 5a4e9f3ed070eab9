// One call at the simulated GitLab: what its handler may look at and change.
#pragma once

#include "gitlab/simulator/call.hpp"
#include "gitlab/simulator/call_log.hpp"
#include "gitlab/simulator/faults.hpp"
#include "gitlab/simulator/hooks.hpp"
#include "gitlab/simulator/simulated_clock.hpp"
#include "gitlab/simulator/tokens.hpp"
#include "gitlab/simulator/world.hpp"

#include <span>
#include <string_view>

namespace runneriq::gitlab::simulator {

struct Visit {
  World& world;
  Tokens& tokens;
  Hooks& hooks;
  Faults& faults;
  CallLog& calls;
  SimulatedClock& clock;
  const Call& call;
  const Token* caller = nullptr;  // none where the route asks for no token
  Time real_now{};
};

// What a caller must show, before the handler runs.
enum class Needs {
  nothing,      // the control interface; the runner's own protocol, which brings its own token
  a_token,      // any that is active
  read,         // read_api or api
  write,        // api
  read_runner,  // one runner: read_api, api or manage_runner
  write_runner  // one runner: api or manage_runner
};

enum class Kind { ordinary, graphql, runner_protocol, control };

struct Route {
  std::string_view method;
  std::string_view pattern;  // "/api/v4/projects/:id/jobs"
  Needs needs = Needs::read;
  ServedReply (*handler)(Visit&) = nullptr;
  Kind kind = Kind::ordinary;
};

std::span<const Route> runner_routes();
std::span<const Route> project_routes();
std::span<const Route> pipeline_routes();
std::span<const Route> job_routes();
std::span<const Route> trace_routes();
std::span<const Route> test_report_routes();
std::span<const Route> repository_routes();
std::span<const Route> resource_group_routes();
std::span<const Route> account_routes();
std::span<const Route> discussion_routes();
std::span<const Route> issue_routes();
std::span<const Route> runner_protocol_routes();
std::span<const Route> graphql_routes();
std::span<const Route> control_routes();
std::span<const Route> content_control_routes();

// The project that the first captured part names by id or path. Error: not_found, also where the
// caller is no member; permission below `level`.
Result<const ProjectRecord*> project_in(const Visit& visit, int level);
inline constexpr int kGuest = 10, kReporter = 20, kDeveloper = 30, kMaintainer = 40, kOwner = 50;

// The job that the first two captured parts name. Errors: as project_in().
Result<const JobRecord*> job_in(const Visit& visit, int level);
// The merge request that the first two captured parts name. Errors: as project_in().
Result<MergeRequestRecord*> merge_request_in(Visit& visit);

// Whether a runner is one of the project's own, its groups' or the instance's.
bool serves(const RunnerRecord& runner, const ProjectRecord& project);
// Whether a project stands below the group, and whether a runner is the group's, or of the groups
// above or the instance.
bool is_group(const World& world, std::string_view group);
bool is_available_to(const RunnerRecord& runner, std::string_view group);
// Whether it is a project runner of a project below the group.
bool is_of_a_project_below(const World& world, const RunnerRecord& runner, std::string_view group);

// Whether the call is a GraphQL query: nothing that may change something.
bool is_graphql_query(const Call& call);

// The number in a captured part; 0 when it is none.
std::int64_t number_in(const Visit& visit, std::size_t part);

}  // namespace runneriq::gitlab::simulator
