#include "gitlab/rest/pipeline_marks.hpp"

#include "core/percent_encoding.hpp"
#include "gitlab/pipeline_pages.hpp"
#include "gitlab/rest/listing.hpp"

#include <algorithm>
#include <array>
#include <ranges>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

constexpr Duration kConfigurationLasts = 1h;
constexpr Duration kNeverChanges = 24h * 365;
constexpr std::size_t kMostPipelines = 10;
constexpr std::size_t kMostConfigurations = 4;
constexpr std::array<std::string_view, 2> kOfInterest{"RUNNERIQ_DEADLINE", "RUNNERIQ_PRIORITY"};

std::string address_of(ProjectId project) {
  return "/api/v4/projects/" + std::to_string(project.value());
}

template <class T>
void take(Cached<T>& cached, int status, Result<T> value, Time now) {
  if (value) return cached.keep(std::move(*value), now);
  if (status == 403 || status == 404) return cached.refuse(std::move(value.error()), now);
  cached.miss(std::move(value.error()), now);
}

template <class T>
bool is_settled(const Cached<T>& cached) {
  return cached.value() || cached.refused();
}

// "test 2/5" and "test: [linux, gcc]" stand under "test" in the configuration.
std::string_view name_in_configuration(std::string_view name) {
  if (const std::size_t matrix = name.find(": ["); matrix != std::string_view::npos && name.ends_with(']'))
    return name.substr(0, matrix);
  const std::size_t space = name.rfind(' ');
  if (space == std::string_view::npos) return name;
  const std::string_view part = name.substr(space + 1);
  const bool numbers = part.find_first_not_of("0123456789/") == std::string_view::npos &&
                       std::ranges::count(part, '/') == 1 && !part.starts_with('/') && !part.ends_with('/');
  return numbers ? name.substr(0, space) : name;
}

OurVariables variables_of(const CiConfig& config, const std::string& job) {
  OurVariables found;
  for (const std::string_view name : kOfInterest) {
    if (auto value = config.variable_of(job, name)) found.emplace(name, *std::move(value));
  }
  return found;
}

}  // namespace

// ---- asking -------------------------------------------------------------------------------

void PipelineMarks::ask_pipelines(std::span<const Job> jobs, Sender& sender, Time now) {
  std::map<PipelineId, ProjectId, std::greater<>> wanted;
  for (const Job& job : jobs) wanted.emplace(job.pipeline, job.project);
  std::size_t asked = 0;
  for (const auto& [id, project] : wanted) {
    Pipeline& pipeline = pipelines_[id];
    pipeline.project = project;
    const bool due = pipeline.facts.due(kNeverChanges, now) || pipeline.variables.due(kNeverChanges, now);
    if (!due || asked++ >= kMostPipelines) continue;
    ask_pipeline(id, pipeline, sender, now);
  }
}

void PipelineMarks::ask_pipeline(PipelineId id, Pipeline& pipeline, Sender& sender, Time now) {
  const std::string address = address_of(pipeline.project) + "/pipelines/" + std::to_string(id.value());
  if (pipeline.facts.due(kNeverChanges, now)) {
    read_one<PipelineFacts>(sender, Question::get(address), parse_pipeline,
                            [&known = pipeline.facts, now](int status, Result<PipelineFacts> facts) {
                              take(known, status, std::move(facts), now);
                            });
  }
  if (pipeline.variables.due(kNeverChanges, now)) {
    read_one<OurVariables>(sender, Question::get(address + "/variables"), parse_our_variables,
                           [&known = pipeline.variables, now](int status, Result<OurVariables> variables) {
                             take(known, status, std::move(variables), now);
                           });
  }
}

void PipelineMarks::ask_configurations(std::span<const Job> jobs, Sender& sender, Time now) {
  if (!read_ci_) return;
  std::vector<Commit> due;
  std::set<Commit> seen;
  for (const Job& job : jobs | std::views::reverse) {
    const Pipeline* const pipeline = pipeline_of(job);
    if (pipeline == nullptr || !pipeline->facts.value()) continue;
    const Commit commit{job.project, pipeline->facts.value()->sha};
    if (commit.second.empty() || !seen.insert(commit).second) continue;
    if (configurations_[commit].due(kConfigurationLasts, now)) due.push_back(commit);
  }
  // Else the hourly reading of new ones would leave no call for old ones.
  std::ranges::stable_partition(
      due, [this](const Commit& commit) { return !is_settled(configurations_[commit]); });
  due.resize(std::min(due.size(), kMostConfigurations));
  for (const Commit& commit : due) ask_configuration(commit, sender, now);
}

void PipelineMarks::ask_configuration(const Commit& commit, Sender& sender, Time now) {
  const std::string path =
      address_of(commit.first) + "/ci/lint?dry_run=false&content_ref=" + percent_encoded(commit.second);
  sender.ask(Question::get(path),
             [this, commit, now](const Answer& answer) { take_configuration(commit, answer, now); });
}

void PipelineMarks::take_configuration(const Commit& commit, const Answer& answer, Time now) {
  Result<ByJob> variables =
      answer.body ? variables_in(*answer.body) : Result<ByJob>(fail(answer.body.error()));
  take(configurations_[commit], answer.status, std::move(variables), now);
}

// One that cannot be read will not be readable later either: nobody is marked by it.
Result<PipelineMarks::ByJob> PipelineMarks::variables_in(const std::string& reply) const {
  const auto lint = parse_ci_check(reply);
  if (!lint) return fail(lint.error());
  ByJob variables;
  const auto config = read_ci_(lint->merged_yaml);
  if (!config) return variables;
  for (const CiJob& job : config->jobs()) {
    if (OurVariables own = variables_of(*config, job.name); !own.empty())
      variables[job.name] = std::move(own);
  }
  return variables;
}

void PipelineMarks::forget_others(std::span<const Job> jobs) {
  std::set<PipelineId> pipelines;
  std::set<Commit> commits;
  for (const Job& job : jobs) {
    pipelines.insert(job.pipeline);
    const Pipeline* const pipeline = pipeline_of(job);
    if (pipeline != nullptr && pipeline->facts.value())
      commits.emplace(job.project, pipeline->facts.value()->sha);
  }
  std::erase_if(pipelines_, [&](const auto& known) { return !pipelines.contains(known.first); });
  std::erase_if(configurations_, [&](const auto& known) { return !commits.contains(known.first); });
}

// ---- telling ------------------------------------------------------------------------------

const PipelineMarks::Pipeline* PipelineMarks::pipeline_of(const Job& job) const {
  const auto known = pipelines_.find(job.pipeline);
  return known == pipelines_.end() ? nullptr : &known->second;
}

const PipelineFacts* PipelineMarks::facts(const Job& job) const {
  const Pipeline* const pipeline = pipeline_of(job);
  if (pipeline == nullptr || !pipeline->facts.value() || !is_settled(pipeline->variables)) return nullptr;
  const PipelineFacts& facts = *pipeline->facts.value();
  if (!read_ci_ || facts.sha.empty()) return &facts;
  const auto configuration = configurations_.find({job.project, facts.sha});
  const bool known = configuration != configurations_.end() && is_settled(configuration->second);
  return known ? &facts : nullptr;
}

const OurVariables* PipelineMarks::own_variables(const Job& job) const {
  const Pipeline* const pipeline = pipeline_of(job);
  if (pipeline == nullptr || !pipeline->facts.value()) return nullptr;
  const auto configuration = configurations_.find({job.project, pipeline->facts.value()->sha});
  if (configuration == configurations_.end() || !configuration->second.value()) return nullptr;
  const ByJob& by_job = *configuration->second.value();
  auto own = by_job.find(job.name);
  if (own == by_job.end()) own = by_job.find(name_in_configuration(job.name));
  return own == by_job.end() ? nullptr : &own->second;
}

OurVariables PipelineMarks::variables(const Job& job) const {
  OurVariables all;
  const Pipeline* const pipeline = pipeline_of(job);
  if (pipeline != nullptr && pipeline->variables.value()) all = *pipeline->variables.value();
  if (const OurVariables* const own = own_variables(job)) all.insert(own->begin(), own->end());
  return all;
}

void PipelineMarks::report(const Project& project, std::vector<std::string>& notes) const {
  const std::string title =
      "project " + (project.path.empty() ? std::to_string(project.id.value()) : project.path);
  const bool no_variables = std::ranges::any_of(pipelines_, [&](const auto& known) {
    return known.second.project == project.id && known.second.variables.refused();
  });
  const bool no_configuration = std::ranges::any_of(configurations_, [&](const auto& known) {
    return known.first.first == project.id && known.second.refused();
  });
  if (no_variables) {
    notes.push_back(title + ": GitLab does not show the variables of its pipelines to the token, so " +
                    "RUNNERIQ_DEADLINE of a pipeline does not count there; the role Maintainer sees them");
  }
  if (no_configuration) {
    notes.push_back(title + ": GitLab does not show its CI configuration to the token, so " +
                    "RUNNERIQ_DEADLINE of a job does not count there");
  }
}

}  // namespace runneriq::gitlab
