#include "gitlab/simulator/world.hpp"

#include "core/printable.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace runneriq::gitlab::simulator {
namespace {

using std::chrono::hours;

// Ci::Runner::ONLINE_CONTACT_TIMEOUT and STALE_TIMEOUT.
constexpr Duration kOnline = hours{2};
constexpr Duration kStale = hours{24 * 7};

template <class Map, class Key>
auto* found(Map& map, const Key& key) {
  const auto place = map.find(key);
  return place == map.end() ? nullptr : &place->second;
}

template <class Map, class Rule>
auto* first_where(const Map& map, Rule rule) {
  const auto place = std::find_if(map.begin(), map.end(), [&](const auto& row) { return rule(row.second); });
  return place == map.end() ? nullptr : &place->second;
}

bool has_ended(JobStatus status) {
  return status == JobStatus::success || status == JobStatus::failed || status == JobStatus::canceled;
}

}  // namespace

std::vector<JobId> World::jobs_of(ProjectId project) const {
  const auto* const jobs = found(jobs_of_, project);
  return jobs == nullptr ? std::vector<JobId>{} : *jobs;
}

const ProjectRecord* World::project_by_path(std::string_view path) const {
  return first_where(projects_, [&](const ProjectRecord& project) { return project.path == path; });
}

const UserRecord* World::user_by_name(std::string_view name) const {
  return first_where(users_, [&](const UserRecord& user) { return user.name == name; });
}

const RunnerRecord* World::runner_by_token(std::string_view token) const {
  if (token.empty()) return nullptr;
  return first_where(runners_, [&](const RunnerRecord& runner) { return runner.token == token; });
}

RunnerStatus World::status_of(const RunnerRecord& runner) const {
  if (!runner.contacted_at) return RunnerStatus::never_contacted;
  const Duration silent = now_ - *runner.contacted_at;
  if (silent > kStale) return RunnerStatus::stale;
  return silent > kOnline ? RunnerStatus::offline : RunnerStatus::online;
}

int World::running_on(RunnerId runner) const {
  const int* const count = found(running_on_, runner);
  return count == nullptr ? 0 : *count;
}

bool World::is_retried(const JobRecord& job) const {
  const std::vector<JobId>& attempts = pipelines_.at(job.pipeline).jobs;
  return std::any_of(attempts.begin(), attempts.end(),
                     [&](JobId id) { return id > job.id && jobs_.at(id).name == job.name; });
}

JobStatus World::status_of(const PipelineRecord& pipeline) const {
  const auto known = pipeline_status_.find(pipeline.id);
  if (known != pipeline_status_.end()) return known->second;
  return pipeline_status_[pipeline.id] = composite_status(pipeline);
}

// The order is that of Gitlab::Ci::Status::Composite, for jobs that wait for no stage.
JobStatus World::composite_status(const PipelineRecord& pipeline) const {
  std::map<std::string, const JobRecord*> latest;
  for (const JobId id : pipeline.jobs) latest[jobs_.at(id).name] = &jobs_.at(id);
  std::set<JobStatus> seen;
  for (const auto& [name, job] : latest) {
    const bool forgiven = job->allow_failure && job->status == JobStatus::failed;
    seen.insert(forgiven ? JobStatus::success : job->status);
  }
  const bool going_on = seen.contains(JobStatus::pending) && seen.size() > 1 &&
                        (seen.contains(JobStatus::success) || seen.contains(JobStatus::failed));
  if (seen.contains(JobStatus::running) || going_on) return JobStatus::running;
  constexpr std::array order{JobStatus::waiting_for_resource,
                             JobStatus::pending,
                             JobStatus::canceling,
                             JobStatus::failed,
                             JobStatus::canceled,
                             JobStatus::success,
                             JobStatus::manual};
  const auto* const status =
      std::find_if(order.begin(), order.end(), [&](JobStatus one) { return seen.contains(one); });
  return status == order.end() ? JobStatus::created : *status;
}

bool World::remove_runner(RunnerId runner) {
  return runners_.erase(runner) > 0;
}

void World::put_runner(RunnerRecord runner) {
  ++runner.ticks;
  runners_.insert_or_assign(runner.id, std::move(runner));
}

void World::switch_machine(RunnerId runner, bool on) {
  RunnerRecord& record = runners_.at(runner);
  record.machine_on = on;
  if (on) {
    record.contacted_at = now_;
  } else {
    record.contacted_at = now_ - hours{24 * 3};
  }
}

void World::contact(RunnerId runner, std::string_view system_id) {
  RunnerRecord& record = runners_.at(runner);
  record.contacted_at = now_;
  if (system_id.empty()) return;
  for (ManagerRecord& machine : record.managers) {
    if (machine.system_id == system_id) {
      machine.contacted_at = now_;
      return;
    }
  }
  record.managers.push_back(
      {.id = next_id_++, .system_id = std::string(system_id), .created_at = now_, .contacted_at = now_});
}

void World::count_running(JobRecord& job, int change) {
  running_on_[job.runner] += change;
  const RunnerRecord* const runner = found(runners_, job.runner);
  if (change > 0) {
    job.on_instance_runner = runner != nullptr && runner->traits.type == RunnerType::instance;
  }
  if (job.on_instance_runner) running_on_instance_runners_[job.project] += change;
}

void World::set_status(JobRecord& job, JobStatus status) {
  const auto occupies = [](JobStatus one) {
    return one == JobStatus::running || one == JobStatus::canceling;
  };
  if (occupies(status) != occupies(job.status)) count_running(job, occupies(status) ? 1 : -1);
  if (job.status == JobStatus::pending) pending_.erase(job.id);
  if (job.status == JobStatus::waiting_for_resource) {
    waiting_for_[{job.project, job.resource_group}].erase(job.id);
  }
  job.status = status;
  pipeline_status_.erase(job.pipeline);
  if (status == JobStatus::pending) {
    pending_.insert(job.id);
    ++queue_ticks_;
  }
  pipelines_.at(job.pipeline).updated_at = now_;
  if (observer_) observer_(job);
  if (has_ended(status)) release_resource(job);
}

bool World::play(JobId id, UserId by) {
  JobRecord& job = jobs_.at(id);
  if (job.status != JobStatus::manual) return false;
  job.user = by;
  enqueue(job);
  return true;
}

bool World::cancel(JobId id) {
  JobRecord& job = jobs_.at(id);
  if (job.status == JobStatus::running && !job.played) {
    set_status(job, JobStatus::canceling);  // until its runner says that it has ended
    return true;
  }
  const bool cancelable = job.status == JobStatus::pending || job.status == JobStatus::running ||
                          job.status == JobStatus::manual || job.status == JobStatus::created ||
                          job.status == JobStatus::waiting_for_resource;
  if (cancelable) finish(id, JobStatus::canceled, {});
  return cancelable;
}

std::optional<JobId> World::retry(JobId id, UserId by) {
  const JobRecord& before = jobs_.at(id);
  if (!has_ended(before.status) || is_retried(before)) return std::nullopt;
  const SimulatedJob again{.name = before.name,
                           .stage = before.stage,
                           .tags = before.traits.tags,
                           .allow_failure = before.allow_failure,
                           .manual = before.manual,
                           .takes = before.takes,
                           .ends = before.ends_well ? "success" : "failed",
                           .failure_reason = before.planned_failure,
                           .resource_group = before.resource_group,
                           .trace = before.planned_trace,
                           .trace_step = before.trace_step,
                           .tests = before.tests};
  JobRecord& job = add_job(pipelines_.at(before.pipeline), again, before.name);
  job.user = by;
  settle(job, again);
  return job.id;
}

void World::finish(JobId id, JobStatus status, std::string_view failure_reason) {
  JobRecord& job = jobs_.at(id);
  job.finished_at = now_;
  if (status == JobStatus::failed) job.failure_reason = std::string(failure_reason);
  set_status(job, status);
}

void World::set_trace(JobId job, std::string trace) {
  jobs_.at(job).trace = std::move(trace);
}

// A log of more than one piece is never whole the first time.
std::size_t World::read_trace(JobId id, std::size_t bytes) {
  JobRecord& job = jobs_.at(id);
  ++job.trace_readings;
  if (job.trace_step == 0) return bytes;
  const auto pieces = static_cast<std::size_t>(job.trace_readings);
  return std::min(bytes, pieces * static_cast<std::size_t>(job.trace_step));
}

void World::set_end(JobId id, SimulatedEnd end) {
  JobRecord& job = jobs_.at(id);
  job.ends_well = end.ends != "failed";
  job.planned_failure = std::move(end.failure_reason);
  job.planned_trace = std::move(end.trace);
  job.tests = std::move(end.tests);
}

SimulatedEnd World::planned_end(JobId id) const {
  const JobRecord& job = jobs_.at(id);
  return {.ends = job.ends_well ? "success" : "failed",
          .failure_reason = job.planned_failure,
          .trace = job.planned_trace,
          .tests = job.tests};
}

MergeRequestRecord* World::merge_request(ProjectId project, MergeRequestIid iid) {
  const auto place = std::find_if(
      merge_requests_.begin(), merge_requests_.end(),
      [&](const MergeRequestRecord& one) { return one.project == project && one.facts.iid == iid; });
  return place == merge_requests_.end() ? nullptr : &*place;
}

const PipelineRecord* World::head_pipeline(const MergeRequestRecord& merge_request) const {
  const auto fits = [&](const PipelineRecord& one) {
    const bool own = one.merge_request == merge_request.facts.iid.value();
    const bool branch = !merge_request.fork && !one.is_tag && one.merge_request == 0 && !one.ref.empty() &&
                        one.ref == merge_request.source_branch;
    return one.project == merge_request.project && (own || branch);
  };
  const auto newest =
      std::find_if(pipelines_.rbegin(), pipelines_.rend(), [&](const auto& row) { return fits(row.second); });
  return newest == pipelines_.rend() ? nullptr : &newest->second;
}

Result<void> World::put_merge_request(const SimulatedMergeRequest& told) {
  const ProjectRecord* const project = project_by_path(told.project);
  if (project == nullptr) return fail(Errc::invalid_argument, "no project " + quoted_text(told.project));
  if (merge_request(project->id, MergeRequestIid{told.iid}) != nullptr)
    return fail(Errc::invalid_argument, "there is a merge request " + std::to_string(told.iid) + " already");
  add_merge_request(told);
  return {};
}

NoteRecord& World::add_note(MergeRequestRecord& merge_request, NoteRecord note) {
  note.id = next_id_++;
  note.created_at = note.updated_at = now_;
  merge_request.notes.push_back(std::move(note));
  if (note_observer_) note_observer_(merge_request, merge_request.notes.back(), NoteChange::created);
  return merge_request.notes.back();
}

void World::edit_note(const MergeRequestRecord& merge_request, NoteRecord& note, std::string body) {
  note.body = std::move(body);
  note.updated_at = now_;
  if (note_observer_) note_observer_(merge_request, note, NoteChange::edited);
}

ProjectRecord* World::project(ProjectId project) {
  return found(projects_, project);
}

IssueRecord* World::issue(ProjectId project, std::int64_t iid) {
  const auto place = std::find_if(issues_.begin(), issues_.end(), [&](const IssueRecord& one) {
    return one.project == project && one.iid == iid;
  });
  return place == issues_.end() ? nullptr : &*place;
}

IssueRecord& World::add_issue(IssueRecord issue) {
  issue.id = next_id_++;
  issue.iid = 1 + std::count_if(issues_.begin(), issues_.end(),
                                [&](const IssueRecord& one) { return one.project == issue.project; });
  issue.created_at = now_;
  issues_.push_back(std::move(issue));
  return issues_.back();
}

}  // namespace runneriq::gitlab::simulator
