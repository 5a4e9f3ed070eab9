// The rows that a simulated GitLab keeps.
#pragma once

#include "core/id.hpp"
#include "core/time.hpp"
#include "gitlab/job.hpp"
#include "gitlab/matcher.hpp"
#include "gitlab/project.hpp"
#include "gitlab/runner.hpp"
#include "gitlab/simulator/scenario.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace runneriq::gitlab::simulator {

struct UserRecord {
  UserId id{};
  std::string name{};
};

struct ManagerRecord {
  std::int64_t id = 0;
  std::string system_id{};
  std::string version = "17.10.0";
  Time created_at{};
  std::optional<Time> contacted_at{};
};

struct RunnerRecord {
  RunnerId id{};
  std::string description{};
  RunnerTraits traits{};
  bool paused = false;
  bool locked = false;
  std::optional<std::int64_t> maximum_timeout{};  // seconds
  std::string maintenance_note{};
  std::string token{};
  Time created_at{};
  std::optional<Time> contacted_at{};
  std::vector<ManagerRecord> managers{};
  // Of the machine that the simulator plays for it.
  int slots = 0;
  double speed = 1;
  bool machine_on = true;
  // Changes to the record so far: one half of X-GitLab-Last-Update.
  std::int64_t ticks = 0;
  std::string asked_in_vain{};  // the queue value at which a played machine found no job
};

struct ProjectRecord {
  ProjectId id{};
  std::string path{};
  std::string default_branch{};
  ProtectedRefs refs{};
  std::map<UserId, int> members{};  // to access level
  std::string ci_config{};
  std::vector<std::string> ci_errors{}, ci_warnings{};
  std::vector<SimulatedVariable> variables{};
  std::vector<SimulatedComparison> comparisons{};
};

struct NoteRecord {
  std::int64_t id = 0;
  std::string body{};
  UserId author{};
  Time created_at{};
  Time updated_at{};
  bool system = false;
  bool internal = false;
};

struct MergeRequestRecord {
  std::int64_t id = 0;
  ProjectId project{};
  MergeRequest facts{};
  std::string source_branch{};
  std::string title{};
  std::string state = "opened";
  bool fork = false;
  std::vector<NoteRecord> notes{};
};

struct IssueRecord {
  std::int64_t id = 0;
  std::int64_t iid = 0;
  ProjectId project{};
  std::string title{};
  std::string description{};
  std::vector<std::string> labels{};
  bool confidential = false;
  UserId author{};
  Time created_at{};
  std::string state = "opened";
};

struct PipelineRecord {
  PipelineId id{};
  std::int64_t iid = 0;
  ProjectId project{};
  std::string ref{};
  bool is_tag = false;
  std::int64_t merge_request = 0;  // iid, 0 = none
  std::string source{};
  UserId user{};
  std::string sha{};
  std::string yaml_errors{};
  Time created_at{};
  Time updated_at{};
  std::map<std::string, std::string> variables{};
  std::vector<JobId> jobs{};  // of all attempts, ascending
};

struct JobRecord {
  JobId id{};
  ProjectId project{};
  PipelineId pipeline{};
  std::string name{};
  std::string stage{};
  JobTraits traits{};
  JobStatus status = JobStatus::created;
  bool allow_failure = false;
  bool manual = false;
  UserId user{};
  Time created_at{};
  std::optional<Time> queued_at{}, started_at{}, finished_at{};
  RunnerId runner{};
  std::string system_id{};  // of the machine behind the runner
  std::string failure_reason{};
  std::string resource_group{};
  // How it goes on a machine that the simulator plays.
  Duration takes{};
  bool ends_well = true;
  std::string planned_failure{};
  bool played = false;
  bool on_instance_runner = false;
  std::string token{};  // of the attempt, from its start
  std::string trace{};
  std::string planned_trace{};  // in place of what a played machine writes by itself
  std::vector<SimulatedTest> tests{};
  int trace_step = 0;
  std::int64_t trace_readings = 0;
};

}  // namespace runneriq::gitlab::simulator
