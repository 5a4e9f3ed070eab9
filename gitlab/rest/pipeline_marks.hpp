// What pipelines and their configuration say to RunnerIQ: when a pipeline began, and the RUNNERIQ_ variables
// of it and of its jobs. Jobs' own variables are in no reply of GitLab: they are read from the configuration
// of the pipeline's commit, as GitLab merges it.
#pragma once

#include "gitlab/ci_config.hpp"
#include "gitlab/job.hpp"
#include "gitlab/pipeline_replies.hpp"
#include "gitlab/project.hpp"
#include "gitlab/rest/cached.hpp"
#include "gitlab/rest/sender.hpp"

#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::gitlab {

// Makes a configuration of its text; none = jobs' own variables are not looked for.
using CiReader = std::function<Result<CiConfig>(std::string_view)>;

class PipelineMarks {
 public:
  explicit PipelineMarks(CiReader read_ci) : read_ci_(std::move(read_ci)) {}

  // Asks for what is not known of the pipelines of `jobs`, the newest first: 2 calls for each of 10
  // pipelines.
  void ask_pipelines(std::span<const Job> jobs, Sender& sender, Time now);
  // Then for 4 configurations at most, those that are not known first; each is good for an hour.
  void ask_configurations(std::span<const Job> jobs, Sender& sender, Time now);
  // What belongs to no pipeline of `jobs` is forgotten.
  void forget_others(std::span<const Job> jobs);

  // Null while something that could mark the job may still be learned.
  [[nodiscard]] const PipelineFacts* facts(const Job& job) const;
  // Of the pipeline, else of the job.
  [[nodiscard]] OurVariables variables(const Job& job) const;
  // One sentence for each kind of thing that GitLab does not show to the token in the project.
  void report(const Project& project, std::vector<std::string>& notes) const;

 private:
  struct Pipeline {
    ProjectId project = {};
    Cached<PipelineFacts> facts;  // never changes
    Cached<OurVariables> variables;
  };
  using ByJob = std::map<std::string, OurVariables, std::less<>>;
  using Commit = std::pair<ProjectId, std::string>;

  void ask_pipeline(PipelineId id, Pipeline& pipeline, Sender& sender, Time now);
  void ask_configuration(const Commit& commit, Sender& sender, Time now);
  void take_configuration(const Commit& commit, const Answer& answer, Time now);
  [[nodiscard]] Result<ByJob> variables_in(const std::string& reply) const;
  [[nodiscard]] const Pipeline* pipeline_of(const Job& job) const;
  [[nodiscard]] const OurVariables* own_variables(const Job& job) const;

  CiReader read_ci_;
  std::map<PipelineId, Pipeline> pipelines_;
  std::map<Commit, Cached<ByJob>> configurations_;
};

}  // namespace runneriq::gitlab
