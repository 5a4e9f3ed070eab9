// What a simulated GitLab holds at its start and what happens in it.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"
#include "gitlab/runner.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace runneriq::gitlab::simulator {

struct SimulatedRunner {
  std::int64_t id = 0;  // 0 = the next free
  std::string description{};
  RunnerType type = RunnerType::instance;
  std::vector<std::string> tags{};
  bool run_untagged = true;
  bool protected_only = false;
  bool paused = false;
  bool online = true;                   // false: no contact for three days
  std::vector<std::string> projects{};  // full paths, of a project runner
  std::vector<std::string> groups{};    // full paths, of a group runner
  int slots = 1;     // jobs at a time of the runner that the simulator plays for it; 0 = none is played
  double speed = 1;  // durations are divided by it
  int managers = 1;
  int copies = 1;  // more than one: "description-1", "description-2", …
};

// One of a project's CI/CD variables.
struct SimulatedVariable {
  std::string key{}, value{};
  std::string environment_scope = "*";
  bool masked = false, hidden = false, is_protected = false;
};

struct SimulatedDiff {
  std::string new_path{}, old_path{};  // old_path "" = the same
  std::string diff{};                  // from "@@ …" on; "" = binary
  bool new_file = false, deleted = false, collapsed = false, too_large = false;
};

// What GET …/repository/compare tells of two refs.
struct SimulatedComparison {
  std::string from = "*", to = "*";    // commit or branch; "*" = any
  std::vector<std::string> commits{};  // oldest first; none = `to` alone
  std::vector<SimulatedDiff> files{};
  bool timeout = false;
};

struct SimulatedProject {
  std::int64_t id = 0;
  std::string path{};
  std::string default_branch = "main";
  std::vector<std::string> protected_branches{"main"};  // patterns
  std::vector<std::string> protected_tags{};
  std::map<std::string, int> members{};  // user name to access level
  std::string ci_config{};               // .gitlab-ci.yml of every commit; "" = none
  std::vector<std::string> ci_errors{};  // what the lint finds; any = not valid
  std::vector<std::string> ci_warnings{};
  std::vector<SimulatedVariable> variables{};
  std::vector<SimulatedComparison> comparisons{};  // the last that fits counts
};

struct SimulatedMergeRequest {
  std::string project{};
  std::int64_t iid = 1;
  std::string source_branch{}, target_branch = "main", title{};
  std::vector<std::string> labels{};
  bool draft = false;
  std::string state = "opened";  // opened | closed | merged
  bool fork = false;             // comes from another project
};

// A test of a job's report, which is there once the job has ended.
struct SimulatedTest {
  std::string name{}, classname{};
  std::string status = "success";  // success | failed | error | skipped
};

struct SimulatedJob {
  std::int64_t id = 0;
  std::string name{}, stage{};
  std::vector<std::string> tags{};
  bool allow_failure = false;
  bool manual = false;      // played by a person: pending from the start
  int attempts_before = 0;  // ended attempts of the same job in the same pipeline: makes it a retry
  Duration takes = std::chrono::minutes{3};
  std::string ends = "success";  // or "failed", then failure_reason
  std::string failure_reason = "script_failure";
  std::string resource_group{};  // of its project: one job of it at a time
  // At the start of the scenario: pending since, running since, or (both none) created now and pending at
  // once, or waiting for its resource group.
  std::string state = "pending";  // pending | running | success | failed | manual
  Duration waited{};              // of a pending job, before the start
  Duration ran{};                 // of a running job, before the start
  std::string runner{};           // description, of a running or ended job
  Duration ended{};               // of an ended job, before the start
  int parallel = 1;               // more than one: "name 1/3", "name 2/3", …
  std::string trace{};            // its log; "" = a few lines that the simulator makes up
  int trace_step = 0;             // bytes: with each reading the log is so much longer; 0 = all at once
  std::vector<SimulatedTest> tests{};
};

struct SimulatedPipeline {
  std::string project{};
  std::string ref = "main";
  bool is_tag = false;
  std::int64_t merge_request = 0;  // iid; the ref is then refs/merge-requests/<iid>/head
  std::string source = "push";
  std::string user{};  // who started it
  std::string sha{};   // "" = made up
  std::string yaml_errors{};
  Duration arrives{};                              // after the start of the scenario
  std::map<std::string, std::string> variables{};  // given when it was created
  std::vector<SimulatedJob> jobs{};
};

struct Scenario {
  Time start{};  // of simulated time; set by whoever starts the simulator when the file says nothing
  std::uint64_t seed = 1;
  bool trace_ranges = false;  // whether a part of a log can be asked for, as of no GitLab known
  std::vector<std::string> users{};
  std::vector<SimulatedRunner> runners{};
  std::vector<SimulatedProject> projects{};
  std::vector<SimulatedMergeRequest> merge_requests{};
  std::vector<SimulatedPipeline> pipelines{};
};

// The document of docs/simulator.md. Error: invalid_argument with the path of the bad key
// ("pipelines[2].jobs[0].takes"), the bad value and what was expected; unknown keys are errors.
Result<Scenario> parse_scenario(const nlohmann::json& document);

// Six runners and a dozen pending jobs of all classes in three projects: the fleet of `--mock`.
Scenario mock_scenario();

}  // namespace runneriq::gitlab::simulator
