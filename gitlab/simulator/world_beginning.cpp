// How the rows of a World come to be: from a scenario, or one by one later.
#include "core/printable.hpp"
#include "gitlab/simulator/world.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace runneriq::gitlab::simulator {
namespace {

using std::chrono::hours;

constexpr std::int64_t kRoot = 1;
constexpr Duration kLastContactOfAnOfflineRunner = hours{24 * 3};
constexpr Duration kPoll = std::chrono::seconds{3};  // check_interval

std::vector<std::string> sorted(std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

// 40 hexadecimal digits that differ from pipeline to pipeline.
std::string made_up_sha(std::int64_t pipeline) {
  std::string sha;
  std::uint64_t state = static_cast<std::uint64_t>(pipeline) * 0x9E3779B97F4A7C15ULL + 1;
  while (sha.size() < 40) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    char digits[9];
    std::snprintf(digits, sizeof digits, "%08x", static_cast<unsigned>(state >> 32U));
    sha += digits;
  }
  return sha;
}

std::string numbered(const std::string& name, std::string_view separator, int number) {
  return name + std::string(separator) + std::to_string(number);
}

JobStatus status_in(const SimulatedJob& job) {
  return job_status(job.state);
}

}  // namespace

World::World(const Scenario& scenario)
    : now_(scenario.start), next_poll_(scenario.start + kPoll), trace_ranges_(scenario.trace_ranges) {
  users_[UserId{kRoot}] = {.id = UserId{kRoot}, .name = "root"};
  for (const std::string& name : scenario.users) user_called(name);
  for (const SimulatedProject& project : scenario.projects) add_project(project);
  for (const SimulatedMergeRequest& one : scenario.merge_requests) add_merge_request(one);
  // A scenario has been checked by parse_scenario(): what cannot be placed in it is a broken promise.
  for (const SimulatedRunner& runner : scenario.runners) add_runner(runner).value();
  for (const SimulatedPipeline& pipeline : scenario.pipelines) {
    if (pipeline.arrives == Duration{}) {
      add_pipeline(pipeline).value();
    } else {
      arrivals_.push_back(pipeline);
      events_.insert(
          {.at = now_ + pipeline.arrives, .order = planned_++, .ends = {}, .arrives = arrivals_.size() - 1});
    }
  }
}

UserId World::user_called(const std::string& name) {
  if (name.empty()) return UserId{kRoot};
  if (const UserRecord* const known = user_by_name(name)) return known->id;
  const UserId id{users_.rbegin()->first.value() + 1};
  users_[id] = {.id = id, .name = name};
  return id;
}

void World::add_project(const SimulatedProject& project) {
  const std::int64_t last = projects_.empty() ? 0 : projects_.rbegin()->first.value();
  const ProjectId id{project.id > 0 ? project.id : last + 1};
  ProjectRecord record{.id = id,
                       .path = project.path,
                       .default_branch = project.default_branch,
                       .refs = {.branches = project.protected_branches, .tags = project.protected_tags},
                       .members = {},
                       .ci_config = project.ci_config,
                       .ci_errors = project.ci_errors,
                       .ci_warnings = project.ci_warnings,
                       .variables = project.variables,
                       .comparisons = project.comparisons};
  for (const auto& [name, level] : project.members) record.members[user_called(name)] = level;
  projects_[id] = std::move(record);
}

void World::add_merge_request(const SimulatedMergeRequest& merge_request) {
  const ProjectRecord* const project = project_by_path(merge_request.project);
  merge_requests_.push_back({.id = next_id_++,
                             .project = project->id,
                             .facts = {.iid = MergeRequestIid{merge_request.iid},
                                       .target_branch = merge_request.target_branch,
                                       .labels = merge_request.labels,
                                       .draft = merge_request.draft},
                             .source_branch = merge_request.source_branch,
                             .title = merge_request.title,
                             .state = merge_request.state,
                             .fork = merge_request.fork,
                             .notes = {}});
}

Result<RunnerRecord> World::record_of(const SimulatedRunner& runner, const std::string& description) {
  RunnerRecord record{.description = description,
                      .traits = {.tags = sorted(runner.tags),
                                 .run_untagged = runner.run_untagged,
                                 .protected_only = runner.protected_only,
                                 .type = runner.type,
                                 .projects = {},
                                 .groups = sorted(runner.groups)},
                      .paused = runner.paused,
                      .created_at = now_ - hours{24 * 30}};
  for (const std::string& path : runner.projects) {
    const ProjectRecord* const project = project_by_path(path);
    if (project == nullptr) return fail(Errc::invalid_argument, "no project " + quoted_text(path));
    record.traits.projects.push_back(project->id);
  }
  std::sort(record.traits.projects.begin(), record.traits.projects.end());
  record.slots = runner.slots;
  record.speed = runner.speed;
  record.machine_on = runner.online;
  record.contacted_at = runner.online ? now_ : now_ - kLastContactOfAnOfflineRunner;
  for (int number = 1; number <= runner.managers; ++number) {
    record.managers.push_back({.id = next_id_++,
                               .system_id = numbered("s_simulated", "", number),
                               .created_at = record.created_at,
                               .contacted_at = record.contacted_at});
  }
  return record;
}

Result<RunnerId> World::add_runner(const SimulatedRunner& runner) {
  if (runner.id > 0 && runners_.contains(RunnerId{runner.id}))
    return fail(Errc::invalid_argument, "there is a runner " + std::to_string(runner.id) + " already");
  RunnerId first;
  for (int copy = 1; copy <= runner.copies; ++copy) {
    const bool one_of_many = runner.copies > 1;
    auto record =
        record_of(runner, one_of_many ? numbered(runner.description, "-", copy) : runner.description);
    if (!record) return fail(std::move(record).error());
    if (copy == 1) record->id = RunnerId{runner.id};
    const RunnerId id = add_one_runner(*std::move(record));
    if (copy == 1) first = id;
  }
  return first;
}

RunnerId World::add_one_runner(RunnerRecord record) {
  const std::int64_t last = runners_.empty() ? 0 : runners_.rbegin()->first.value();
  if (record.id == RunnerId{}) record.id = RunnerId{last + 1};
  record.token = "glrt-simulated-" + std::to_string(record.id.value());
  const RunnerId id = record.id;
  runners_[id] = std::move(record);
  return id;
}

Result<RunnerId> World::runner_described(std::string_view description) const {
  if (description.empty()) return RunnerId{};
  for (const auto& [id, runner] : runners_) {
    if (runner.description == description) return id;
  }
  return fail(Errc::invalid_argument, "no runner " + quoted_text(description));
}

Result<PipelineRecord> World::record_of(const SimulatedPipeline& pipeline) {
  const ProjectRecord* const project = project_by_path(pipeline.project);
  if (project == nullptr) return fail(Errc::invalid_argument, "no project " + quoted_text(pipeline.project));
  const bool merge = pipeline.merge_request > 0;
  if (merge && merge_request(project->id, MergeRequestIid{pipeline.merge_request}) == nullptr) {
    return fail(Errc::invalid_argument,
                "no merge request " + std::to_string(pipeline.merge_request) + " in " + pipeline.project);
  }
  for (const SimulatedJob& job : pipeline.jobs) {
    if (auto runner = runner_described(job.runner); !runner) return fail(std::move(runner).error());
    if (job.id > 0 && jobs_.contains(JobId{job.id}))
      return fail(Errc::invalid_argument, "there is a job " + std::to_string(job.id) + " already");
  }
  const PipelineId id{++last_pipeline_};
  return PipelineRecord{
      .id = id,
      .iid = 1 + std::count_if(pipelines_.begin(), pipelines_.end(),
                               [&](const auto& row) { return row.second.project == project->id; }),
      .project = project->id,
      .ref = merge ? "refs/merge-requests/" + std::to_string(pipeline.merge_request) + "/head" : pipeline.ref,
      .is_tag = pipeline.is_tag,
      .merge_request = pipeline.merge_request,
      .source = merge && pipeline.source == "push" ? "merge_request_event" : pipeline.source,
      .user = user_called(pipeline.user),
      .sha = pipeline.sha.empty() ? made_up_sha(id.value()) : pipeline.sha,
      .yaml_errors = pipeline.yaml_errors,
      .created_at = now_,
      .updated_at = now_,
      .variables = pipeline.variables,
      .jobs = {}};
}

Result<PipelineId> World::add_pipeline(const SimulatedPipeline& told) {
  auto record = record_of(told);
  if (!record) return fail(std::move(record).error());
  const PipelineId id = record->id;
  PipelineRecord& pipeline = pipelines_[id] = *std::move(record);
  for (const SimulatedJob& job : told.jobs) add_attempts(pipeline, job);
  for (const JobId job : pipeline.jobs) {
    pipeline.created_at = std::min(pipeline.created_at, jobs_.at(job).created_at);
  }
  return id;
}

void World::add_attempts(PipelineRecord& pipeline, const SimulatedJob& job) {
  for (int number = 1; number <= job.parallel; ++number) {
    const std::string name =
        job.parallel > 1 ? job.name + " " + numbered(std::to_string(number), "/", job.parallel) : job.name;
    SimulatedJob failed = job;
    failed.id = 0;
    failed.state = "failed";
    for (int attempt = 0; attempt < job.attempts_before; ++attempt) {
      failed.ended = job.waited + job.ran + job.takes * (job.attempts_before - 1 - attempt);
      settle(add_job(pipeline, failed, name), failed);
    }
    SimulatedJob last = job;
    if (number > 1) last.id = 0;
    settle(add_job(pipeline, last, name), last);
  }
}

JobRecord& World::add_job(PipelineRecord& pipeline, const SimulatedJob& told, const std::string& name) {
  const JobId id{told.id > 0 ? told.id : last_job_ + 1};
  last_job_ = std::max(last_job_, id.value());
  const ProjectRecord& project = projects_.at(pipeline.project);
  JobRecord& job = jobs_[id];
  job = {.id = id,
         .project = pipeline.project,
         .pipeline = pipeline.id,
         .name = name,
         .stage = told.stage,
         .traits = {.project = project.id,
                    .project_path = project.path,
                    .tags = sorted(told.tags),
                    .ref_protected = is_protected(pipeline.ref, pipeline.is_tag, project.refs)},
         .allow_failure = told.allow_failure,
         .manual = told.manual || told.state == "manual",
         .user = pipeline.user,
         .created_at = now_,
         .resource_group = told.resource_group,
         .takes = told.takes,
         .ends_well = told.ends != "failed",
         .planned_failure = told.failure_reason,
         .planned_trace = told.trace,
         .tests = told.tests,
         .trace_step = told.trace_step};
  std::vector<JobId>& all = jobs_of_[pipeline.project];
  all.insert(std::upper_bound(all.begin(), all.end(), id), id);
  pipeline.jobs.insert(std::upper_bound(pipeline.jobs.begin(), pipeline.jobs.end(), id), id);
  return job;
}

// Brings a new job into the state that the scenario tells of it.
void World::settle(JobRecord& job, const SimulatedJob& told) {
  const JobStatus status = status_in(told);
  const bool ended = status == JobStatus::success || status == JobStatus::failed;
  if (status == JobStatus::running) {
    job.started_at = now_ - told.ran;
  } else if (ended) {
    job.finished_at = now_ - told.ended;
    job.started_at = *job.finished_at - told.takes;
  }
  job.queued_at = job.started_at.value_or(now_) - told.waited;
  job.created_at = *job.queued_at;
  if (job.started_at) job.runner = runner_described(told.runner).value();
  if (status == JobStatus::failed) job.failure_reason = told.failure_reason;
  if (status == JobStatus::manual) job.queued_at.reset();
  if (!job.resource_group.empty()) resources_.try_emplace({job.project, job.resource_group});
  if (status == JobStatus::running) assign_resource(job);
  if (status == JobStatus::pending) return enqueue(job);
  set_status(job, status);
  if (const auto runner = runners_.find(job.runner); runner != runners_.end() && job.started_at) {
    job.system_id = runner->second.managers.empty() ? "" : runner->second.managers.front().system_id;
    job.played = runner->second.slots > 0;
    if (status == JobStatus::running && job.played) plan_end(job, runner->second);
  }
}

}  // namespace runneriq::gitlab::simulator
