#include "gitlab/rest/rest_pipelines.hpp"

#include "core/percent_encoding.hpp"
#include "core/printable.hpp"
#include "gitlab/json_reader.hpp"
#include "gitlab/pipeline_pages.hpp"
#include "gitlab/project.hpp"
#include "gitlab/rest/single_calls.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::gitlab {
namespace {

constexpr std::size_t kMostPassed = 1'000;  // pipelines that are looked through for the last green one
constexpr std::size_t kMostMergeRequests = 100;
constexpr std::string_view kPage = "per_page=100";

std::string project_path(ProjectId project) {
  return "/api/v4/projects/" + std::to_string(project.value());
}

std::string pipeline_path(ProjectId project, PipelineId pipeline) {
  return project_path(project) + "/pipelines/" + std::to_string(pipeline.value());
}

// As one part of a path. "." and ".." would lead elsewhere.
Result<std::string> path_part(std::string_view text) {
  if (text.empty() || text == "." || text == "..")
    return fail(Errc::not_found, quoted_text(text) + " names nothing in GitLab");
  return percent_encoded(text);
}

std::string title_of(PipelineId pipeline) {
  return "pipeline " + std::to_string(pipeline.value());
}

template <class Type>
Result<Type> parsed(const Answer& answer, Result<Type> (*parse)(std::string_view), const std::string& title) {
  Result<Type> value = answer.body ? parse(*answer.body) : Result<Type>(fail(answer.body.error()));
  if (!value) return fail(std::move(value.error()).within(title));
  return value;
}

bool is_green(const Pipeline& one, std::string_view ref, PipelineId before) {
  return one.id < before && one.status == "success" && (one.ref.empty() || one.ref == ref);
}

}  // namespace

struct RestPipelines::State {
  template <class Type>
  Result<Type> one(const std::string& path, Result<Type> (*parse)(std::string_view),
                   const std::string& title) {
    return parsed(calls.ask(Question::get(path)), parse, title);
  }
  SingleCalls calls;
};

RestPipelines::RestPipelines(RestSettings settings, platform::HttpTransport& transport)
    : state_(new State{.calls = {std::move(settings), transport}}) {}
RestPipelines::~RestPipelines() = default;

Result<ProjectPage> RestPipelines::project(std::string_view id_or_path) {
  const auto part = path_part(id_or_path);
  if (!part) return fail(part.error());
  return state_->one("/api/v4/projects/" + *part, parse_project_page, "project " + quoted_text(id_or_path));
}

Result<Pipeline> RestPipelines::pipeline(ProjectId project, PipelineId pipeline) {
  auto read = state_->one(pipeline_path(project, pipeline), parse_pipeline_page, title_of(pipeline));
  if (!read) return read;
  if (read->id != pipeline) return fail(Errc::corrupt, title_of(pipeline) + ": GitLab answered with another");
  if (read->project == ProjectId{}) read->project = project;
  return read;
}

Result<std::vector<PipelineJob>> RestPipelines::jobs(ProjectId project, PipelineId pipeline) {
  auto listed = state_->calls.list<PipelineJob>(
      {.path = pipeline_path(project, pipeline) + "/jobs?include_retried=true&" + std::string(kPage),
       .parse = parse_pipeline_jobs,
       .done = {},
       .enough = [](const auto& so_far) { return so_far.size() >= kMostPipelineJobs; }});
  if (!listed.items) return fail(std::move(listed.items.error()).within("jobs of " + title_of(pipeline)));
  for (PipelineJob& job : *listed.items) job.pipeline = pipeline;
  return in_order_of_attempts(*std::move(listed.items));
}

Result<PipelineJob> RestPipelines::job(ProjectId project, JobId job) {
  const std::string title = "job " + std::to_string(job.value());
  auto read =
      state_->one(project_path(project) + "/jobs/" + std::to_string(job.value()), parse_pipeline_job, title);
  if (read && read->id != job) return fail(Errc::corrupt, title + ": GitLab answered with another");
  return read;
}

// There is no way to ask for those before an id: the newest come first.
Result<std::optional<Pipeline>> RestPipelines::last_green(ProjectId project, std::string_view ref,
                                                          PipelineId before) {
  const auto fits = [&](const Pipeline& one) { return is_green(one, ref, before); };
  auto listed = state_->calls.list<Pipeline>(
      {.path = project_path(project) + "/pipelines?ref=" + percent_encoded(ref) +
               "&status=success&order_by=id&sort=desc&" + std::string(kPage),
       .parse = parse_pipelines,
       .done = {},
       .enough = [&](const auto& so_far) {
         return so_far.size() >= kMostPassed || std::ranges::any_of(so_far, fits);
       }});
  if (!listed.items)
    return fail(std::move(listed.items.error()).within("last green pipeline of " + quoted_text(ref)));
  std::erase_if(*listed.items, [&](const Pipeline& one) { return !fits(one); });
  const auto newest = std::ranges::max_element(*listed.items, {}, &Pipeline::id);
  if (newest == listed.items->end()) return std::optional<Pipeline>{};
  if (newest->project == ProjectId{}) newest->project = project;
  return std::optional{*newest};
}

// From where the two parted: what came to the other side meanwhile is no change of this one.
Result<Comparison> RestPipelines::compare(ProjectId project, std::string_view from, std::string_view to) {
  return state_->one(project_path(project) + "/repository/compare?from=" + percent_encoded(from) +
                         "&to=" + percent_encoded(to) + "&straight=false",
                     parse_comparison, "changes between " + quoted_text(from) + " and " + quoted_text(to));
}

Result<MergeRequestPage> RestPipelines::merge_request(ProjectId project, MergeRequestIid iid) {
  const std::string number = std::to_string(iid.value());
  auto read = state_->one(project_path(project) + "/merge_requests/" + number, parse_merge_request_page,
                          "merge request !" + number);
  if (read && read->iid != iid)
    return fail(Errc::corrupt, "merge request !" + number + ": GitLab answered with another");
  return read;
}

// None: it is closed, merged or gone.
Result<std::optional<MergeRequestPage>> RestPipelines::open_one(ProjectId project, MergeRequestIid iid) {
  using None = std::optional<MergeRequestPage>;
  auto read = merge_request(project, iid);
  if (!read && read.error().code != Errc::not_found) return fail(std::move(read.error()));
  return read && read->state == "opened" ? None{*std::move(read)} : None{};
}

Result<std::optional<MergeRequestPage>> RestPipelines::merge_request_of(ProjectId project,
                                                                        const Pipeline& pipeline) {
  using None = std::optional<MergeRequestPage>;
  if (has_no_merge_request(pipeline)) return None{};
  const auto iid = merge_request_of_ref(pipeline.ref);
  if (!iid || pipeline.source != "merge_request_event") return merge_request_of_branch(project, pipeline);
  auto open = open_one(project, *iid);
  if (open && *open && !is_pipeline_of(**open, pipeline)) return None{};
  return open;
}

// Lists do not tell the head pipeline.
Result<std::optional<MergeRequestPage>> RestPipelines::merge_request_of_branch(ProjectId project,
                                                                               const Pipeline& pipeline) {
  using None = std::optional<MergeRequestPage>;
  const auto commit = path_part(pipeline.sha);
  if (!commit) return None{};
  auto listed = state_->calls.list<MergeRequestPage>(
      {.path =
           project_path(project) + "/repository/commits/" + *commit + "/merge_requests?" + std::string(kPage),
       .parse = parse_merge_request_pages,
       .done = {},
       .enough = [](const auto& so_far) { return so_far.size() >= kMostMergeRequests; }});
  if (listed.items) {
    const auto found = open_one_with_head(*std::move(listed.items), pipeline);
    return found ? open_one(project, found->iid) : None{};
  }
  if (listed.items.error().code == Errc::not_found) return None{};
  return fail(std::move(listed.items.error()).within("merge request of " + title_of(pipeline.id)));
}

Result<std::vector<std::string>> RestPipelines::masked_values(ProjectId project) {
  auto listed = state_->calls.list<ProjectVariable>(
      {.path = project_path(project) + "/variables?" + std::string(kPage),
       .parse = parse_project_variables,
       .done = {},
       .enough = [](const auto& so_far) { return so_far.size() >= kMostVariables; }});
  if (listed.status == 403) return std::vector<std::string>{};
  if (!listed.items)
    return fail(
        std::move(listed.items.error()).within("variables of project " + std::to_string(project.value())));
  std::vector<std::string> values;
  for (ProjectVariable& variable : *listed.items) {
    if (!variable.masked_value.empty()) values.push_back(std::move(variable.masked_value));
  }
  return as_set(std::move(values));
}

// `sha` is the name of old for `content_ref`, and all versions know it.
Result<CiCheck> RestPipelines::ci_check(ProjectId project, std::string_view sha) {
  return state_->one(project_path(project) + "/ci/lint?sha=" + percent_encoded(sha) + "&dry_run=false",
                     parse_ci_check, "the CI configuration of project " + std::to_string(project.value()));
}

const CallCount& RestPipelines::count() const {
  return state_->calls.count();
}

}  // namespace runneriq::gitlab
