// The state of a simulated GitLab and its rules, with time as data: no socket, no clock.
#pragma once

#include "core/result.hpp"
#include "gitlab/simulator/records.hpp"
#include "gitlab/simulator/scenario_parts.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::gitlab::simulator {

class World {
 public:
  explicit World(const Scenario& scenario);

  [[nodiscard]] Time now() const { return now_; }
  // Everything that happens up to `now`, in order; never back.
  void move_to(Time now);
  // When something happens next by itself.
  [[nodiscard]] std::optional<Time> next_event() const;

  [[nodiscard]] const std::map<RunnerId, RunnerRecord>& runners() const { return runners_; }
  [[nodiscard]] const std::map<ProjectId, ProjectRecord>& projects() const { return projects_; }
  [[nodiscard]] const std::map<PipelineId, PipelineRecord>& pipelines() const { return pipelines_; }
  [[nodiscard]] const std::map<JobId, JobRecord>& jobs() const { return jobs_; }
  [[nodiscard]] const std::map<UserId, UserRecord>& users() const { return users_; }
  [[nodiscard]] const std::vector<MergeRequestRecord>& merge_requests() const { return merge_requests_; }
  [[nodiscard]] const std::vector<IssueRecord>& issues() const { return issues_; }
  [[nodiscard]] std::vector<JobId> jobs_of(ProjectId project) const;  // ascending
  [[nodiscard]] const std::set<JobId>& pending() const { return pending_; }

  // The resource groups of a project that a job of it ever named, by name.
  [[nodiscard]] std::vector<std::string> resource_groups(ProjectId project) const;
  // Who waits for it, in the order in which they get it: process mode "unordered", by id.
  [[nodiscard]] std::vector<JobId> upcoming(ProjectId project, const std::string& group) const;
  [[nodiscard]] std::optional<JobId> holder(ProjectId project, const std::string& group) const;

  [[nodiscard]] const ProjectRecord* project_by_path(std::string_view path) const;
  // The newest pipeline of the merge request, of its own or of its branch; nullptr = none.
  [[nodiscard]] const PipelineRecord* head_pipeline(const MergeRequestRecord& merge_request) const;
  [[nodiscard]] const UserRecord* user_by_name(std::string_view name) const;
  [[nodiscard]] const RunnerRecord* runner_by_token(std::string_view token) const;
  [[nodiscard]] RunnerStatus status_of(const RunnerRecord& runner) const;
  [[nodiscard]] int running_on(RunnerId runner) const;
  [[nodiscard]] JobStatus status_of(const PipelineRecord& pipeline) const;
  // Whether a later attempt of the same job exists.
  [[nodiscard]] bool is_retried(const JobRecord& job) const;

  // Error: invalid_argument, for names (project, user, runner) that do not exist.
  Result<PipelineId> add_pipeline(const SimulatedPipeline& pipeline);
  Result<RunnerId> add_runner(const SimulatedRunner& runner);
  bool remove_runner(RunnerId runner);
  // Replaces the record of the same id and ticks its queue.
  void put_runner(RunnerRecord runner);
  void switch_machine(RunnerId runner, bool on);

  // X-GitLab-Last-Update: as long as it stays the same, asking again is in vain.
  [[nodiscard]] std::string queue_value(const RunnerRecord& runner) const;
  void contact(RunnerId runner, std::string_view system_id);
  // Gives the runner the next job by GitLab's order; nullptr when there is none for it.
  const JobRecord* take_job(RunnerId runner, std::string_view system_id);

  // What may be done to a job; false = its status does not allow it.
  bool play(JobId job, UserId by);
  bool cancel(JobId job);
  std::optional<JobId> retry(JobId job, UserId by);
  void finish(JobId job, JobStatus status, std::string_view failure_reason);
  void set_trace(JobId job, std::string trace);
  // How much of a log of so many bytes is there by now, for whoever reads it.
  std::size_t read_trace(JobId job, std::size_t bytes);
  [[nodiscard]] bool trace_ranges() const { return trace_ranges_; }
  void set_trace_ranges(bool known) { trace_ranges_ = known; }
  // For a job that the simulator plays, as long as it has not ended; its log and tests at any time.
  void set_end(JobId job, SimulatedEnd end);
  [[nodiscard]] SimulatedEnd planned_end(JobId job) const;

  MergeRequestRecord* merge_request(ProjectId project, MergeRequestIid iid);
  // Error: invalid_argument, for a project that does not exist and an iid that does.
  Result<void> put_merge_request(const SimulatedMergeRequest& merge_request);
  // Its author, body and kind count.
  NoteRecord& add_note(MergeRequestRecord& merge_request, NoteRecord note);
  void edit_note(const MergeRequestRecord& merge_request, NoteRecord& note, std::string body);
  IssueRecord& add_issue(IssueRecord issue);
  IssueRecord* issue(ProjectId project, std::int64_t iid);
  ProjectRecord* project(ProjectId project);
  UserId user_called(const std::string& name);  // a new one where there is none yet

  // Does it when its time has come, in order with all else that happens.
  void later(Time at, std::function<void()> deed);

  // Called with each note that is written or edited.
  enum class NoteChange { created, edited };
  using NoteObserver = std::function<void(const MergeRequestRecord&, const NoteRecord&, NoteChange)>;
  void on_note(NoteObserver observer) { note_observer_ = std::move(observer); }
  // Called at each change of a job's status, after it, while now() is its time.
  void on_change(std::function<void(const JobRecord&)> observer) { observer_ = std::move(observer); }

 private:
  struct Event {
    Time at;
    std::int64_t order = 0;  // of two at the same time, the one planned first
    JobId ends;              // 0 = a pipeline arrives
    std::size_t arrives = 0;
    std::int64_t deed = 0;  // 0 = none
    friend auto operator<=>(const Event&, const Event&) = default;
  };

  Result<RunnerRecord> record_of(const SimulatedRunner& runner, const std::string& description);
  RunnerId add_one_runner(RunnerRecord record);
  void add_project(const SimulatedProject& project);
  void add_merge_request(const SimulatedMergeRequest& merge_request);
  [[nodiscard]] Result<PipelineRecord> record_of(const SimulatedPipeline& pipeline);
  void add_attempts(PipelineRecord& pipeline, const SimulatedJob& job);
  JobRecord& add_job(PipelineRecord& pipeline, const SimulatedJob& job, const std::string& name);
  void settle(JobRecord& job, const SimulatedJob& as_told);
  [[nodiscard]] Result<RunnerId> runner_described(std::string_view description) const;

  void happen(const Event& event);
  void poll_machines();
  void poll(RunnerRecord& runner);
  [[nodiscard]] bool machines_have_a_reason() const;
  void start(JobRecord& job, const RunnerRecord& runner, std::string_view system_id);
  void plan_end(const JobRecord& job, const RunnerRecord& runner);
  void set_status(JobRecord& job, JobStatus status);
  void count_running(JobRecord& job, int change);
  // Into the queue of the runners, or of its resource group.
  void enqueue(JobRecord& job);
  void assign_resource(JobRecord& job);
  void release_resource(const JobRecord& job);
  [[nodiscard]] JobRecord* next_for(const RunnerRecord& runner);
  [[nodiscard]] JobStatus composite_status(const PipelineRecord& pipeline) const;

  Time now_;
  Time next_poll_;
  std::map<UserId, UserRecord> users_;
  std::map<RunnerId, RunnerRecord> runners_;
  std::map<ProjectId, ProjectRecord> projects_;
  std::vector<MergeRequestRecord> merge_requests_;
  std::vector<IssueRecord> issues_;
  std::map<PipelineId, PipelineRecord> pipelines_;
  mutable std::map<PipelineId, JobStatus> pipeline_status_;  // as far as asked for since the last change
  std::map<JobId, JobRecord> jobs_;
  std::map<ProjectId, std::vector<JobId>> jobs_of_;
  std::set<JobId> pending_;
  using Resource = std::pair<ProjectId, std::string>;
  std::map<Resource, std::optional<JobId>> resources_;  // who holds it
  std::map<Resource, std::set<JobId>> waiting_for_;
  std::map<RunnerId, int> running_on_;
  std::map<ProjectId, int> running_on_instance_runners_;
  std::vector<SimulatedPipeline> arrivals_;
  std::set<Event> events_;
  std::map<std::int64_t, std::function<void()>> deeds_;  // by Event::deed
  std::int64_t planned_ = 0;
  std::int64_t queue_ticks_ = 0;  // jobs that became pending: the other half of X-GitLab-Last-Update
  std::int64_t next_id_ = 1;      // of managers, notes, issues, merge requests
  std::int64_t last_job_ = 1000;
  std::int64_t last_pipeline_ = 500;
  bool trace_ranges_ = false;
  std::function<void(const JobRecord&)> observer_;
  NoteObserver note_observer_;
};

}  // namespace runneriq::gitlab::simulator
