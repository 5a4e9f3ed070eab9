// GitLab's rows as its REST API shows them. `base` is the address of this GitLab.
#pragma once

#include "gitlab/simulator/world.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace runneriq::gitlab::simulator {

struct View {
  const World& world;
  std::string base{};
};

std::string stamp(Time time);  // "2026-03-01T09:00:00.000Z"
nlohmann::json stamp_or_null(const std::optional<Time>& time);

nlohmann::json runner_row(const View& view, const RunnerRecord& runner);  // of lists: no tags
nlohmann::json runner_details(const View& view, const RunnerRecord& runner);
nlohmann::json manager_row(const View& view, const RunnerRecord& runner, const ManagerRecord& machine);
nlohmann::json project_row(const View& view, const ProjectRecord& project);
nlohmann::json user_row(const View& view, UserId user);
nlohmann::json pipeline_row(const View& view, const PipelineRecord& pipeline);
nlohmann::json pipeline_details(const View& view, const PipelineRecord& pipeline);
nlohmann::json job_row(const View& view, const JobRecord& job);
// Of a runner's job list: with the project, without tags and runner.
nlohmann::json runners_job_row(const View& view, const JobRecord& job);
nlohmann::json merge_request_row(const View& view, const MergeRequestRecord& merge_request);
// Of a single one: with its pipeline.
nlohmann::json merge_request_details(const View& view, const MergeRequestRecord& merge_request);
nlohmann::json note_row(const View& view, const NoteRecord& note);
nlohmann::json issue_row(const View& view, const IssueRecord& issue);

// Time spent running so far, and time spent pending; none before that began.
std::optional<Duration> ran(const JobRecord& job, Time now);
std::optional<Duration> queued(const JobRecord& job, Time now);

}  // namespace runneriq::gitlab::simulator
