#include "gitlab/pipeline_pages.hpp"

#include "core/lines.hpp"
#include "core/trimmed.hpp"
#include "gitlab/json_reader.hpp"
#include "gitlab/project.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

namespace runneriq::gitlab {
namespace {

using Json = nlohmann::json;

template <class Type>
Result<std::vector<Type>> list_of(std::string_view json, std::optional<Type> (*type_of)(const Json&)) {
  std::vector<Type> list;
  bool any = false;
  auto done = read_list(json, [&](const Json& element) {
    any = true;
    if (auto one = type_of(element)) list.push_back(*std::move(one));
  });
  if (!done) return fail(std::move(done.error()));
  if (any && list.empty())
    return fail(Errc::corrupt, "the list holds nothing of the kind that was asked for");
  return list;
}

template <class Type>
Result<Type> one_of(std::string_view json, std::optional<Type> (*type_of)(const Json&)) {
  Result<Json> object = read_object(json);
  if (!object) return fail(std::move(object.error()));
  std::optional<Type> one = type_of(*object);
  if (!one) return fail(Errc::corrupt, "the answer has no valid id");
  return *std::move(one);
}

std::optional<ProjectPage> project_of(const Json& object) {
  const ProjectId id{id_in(object, "id")};
  if (id == ProjectId{}) return std::nullopt;
  return ProjectPage{.id = id,
                     .path = text_in(object, "path_with_namespace"),
                     .default_branch = text_in(object, "default_branch"),
                     .page = page_in(object, "web_url")};
}

std::vector<std::string> texts_of(const Json& list) {
  std::vector<std::string> texts;
  if (!list.is_array()) return texts;
  for (const Json& text : list) {
    if (texts.size() == kMostTexts) break;
    if (text.is_string()) texts.push_back(bounded(text.get_ref<const std::string&>()));
  }
  return texts;
}

// One text, an error a line; newer versions may list them.
std::vector<std::string> yaml_errors_in(const Json& object) {
  const Json& errors = member(object, "yaml_errors");
  if (!errors.is_string()) return texts_of(errors);
  std::vector<std::string> texts;
  for (const std::string_view line : lines_of(errors.get_ref<const std::string&>())) {
    if (texts.size() == kMostTexts) break;
    if (!trimmed(line).empty()) texts.push_back(bounded(trimmed(line)));
  }
  return texts;
}

std::optional<Pipeline> pipeline_of(const Json& object) {
  const PipelineId id{id_in(object, "id")};
  if (id == PipelineId{}) return std::nullopt;
  return Pipeline{.id = id,
                  .project = ProjectId{id_in(object, "project_id")},
                  .sha = text_in(object, "sha"),
                  .before_sha = text_in(object, "before_sha"),
                  .ref = text_in(object, "ref"),
                  .source = text_in(object, "source"),
                  .status = text_in(object, "status"),
                  .tag = switch_in(object, "tag").value_or(false),
                  .page = page_in(object, "web_url"),
                  .created_at = time_in(object, "created_at"),
                  .yaml_errors = yaml_errors_in(object)};
}

std::optional<PipelineJob> job_of(const Json& object) {
  const JobId id{id_in(object, "id")};
  if (id == JobId{}) return std::nullopt;
  const Json& pipeline = member(object, "pipeline");
  PipelineJob job{.id = id,
                  .pipeline = PipelineId{id_in(pipeline, "id")},
                  .name = text_in(object, "name"),
                  .stage = text_in(object, "stage"),
                  .ref = text_in(object, "ref"),
                  .sha = text_in(pipeline, "sha"),
                  .status = text_in(object, "status"),
                  .allow_failure = switch_in(object, "allow_failure").value_or(false),
                  .page = page_in(object, "web_url"),
                  .started_at = time_in(object, "started_at"),
                  .finished_at = time_in(object, "finished_at")};
  if (job.sha.empty()) job.sha = text_in(member(object, "commit"), "id");
  if (job.status == "failed") job.failure_reason = text_in(object, "failure_reason");
  return job;
}

std::vector<std::string> labels_in(const Json& object) {
  std::vector<std::string> labels;
  const Json& list = member(object, "labels");
  if (!list.is_array()) return labels;
  for (const Json& label : list) {
    if (labels.size() == kMostTexts) break;
    std::string name =
        label.is_string() ? bounded(label.get_ref<const std::string&>()) : text_in(label, "name");
    if (!name.empty()) labels.push_back(std::move(name));
  }
  return labels;
}

// The project that it comes from is not told where it is gone.
bool is_from_fork(const Json& object) {
  const std::int64_t target = id_in(object, "target_project_id");
  return target != 0 && object.contains("source_project_id") && id_in(object, "source_project_id") != target;
}

std::optional<MergeRequestPage> merge_request_of(const Json& object) {
  const MergeRequestIid iid{id_in(object, "iid")};
  if (iid == MergeRequestIid{}) return std::nullopt;
  return MergeRequestPage{.iid = iid,
                          .state = text_in(object, "state"),
                          .labels = labels_in(object),
                          .sha = text_in(object, "sha"),
                          .source_branch = text_in(object, "source_branch"),
                          .target_branch = text_in(object, "target_branch"),
                          .head_pipeline = PipelineId{id_in(member(object, "head_pipeline"), "id")},
                          .page = page_in(object, "web_url"),
                          .from_fork = is_from_fork(object)};
}

// The screened reading cuts texts, and a part of a configuration would say what the whole does not. So the
// bytes are read as they are, and nothing else is kept of them; where they are no good JSON there is none.
std::string configuration_in(std::string_view json) {
  constexpr std::string_view kKey = "merged_yaml";
  constexpr std::size_t kMostBytes = 8 * kLargestConfiguration;  // an escape takes six bytes
  if (json.size() > kMostBytes) return {};
  const auto keep = [&](int depth, Json::parse_event_t event, const Json& parsed) {
    if (event == Json::parse_event_t::key) return depth == 1 && parsed == kKey;
    const bool begins =
        event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
    return !begins || depth == 0;
  };
  const Json object = Json::parse(json.begin(), json.end(), keep, /*allow_exceptions=*/false);
  const Json& merged = member(object, kKey);
  if (!merged.is_string()) return {};
  const auto& text = merged.get_ref<const std::string&>();
  return text.size() <= kLargestConfiguration ? text : std::string{};
}

std::optional<ProjectVariable> variable_of(const Json& object) {
  const std::string key = text_in(object, "key");
  if (key.empty()) return std::nullopt;
  ProjectVariable variable{.id = key + '\n' + text_in(object, "environment_scope")};
  const Json& value = member(object, "value");
  if (switch_in(object, "masked") == true && value.is_string())
    variable.masked_value = value.get<std::string>();
  return variable;
}

}  // namespace

Result<ProjectPage> parse_project_page(std::string_view json) {
  return one_of(json, project_of);
}

Result<Pipeline> parse_pipeline_page(std::string_view json) {
  return one_of(json, pipeline_of);
}

Result<std::vector<Pipeline>> parse_pipelines(std::string_view json) {
  return list_of(json, pipeline_of);
}

Result<std::vector<PipelineJob>> parse_pipeline_jobs(std::string_view json) {
  return list_of(json, job_of);
}

Result<PipelineJob> parse_pipeline_job(std::string_view json) {
  return one_of(json, job_of);
}

Result<MergeRequestPage> parse_merge_request_page(std::string_view json) {
  return one_of(json, merge_request_of);
}

Result<std::vector<MergeRequestPage>> parse_merge_request_pages(std::string_view json) {
  return list_of(json, merge_request_of);
}

Result<std::vector<ProjectVariable>> parse_project_variables(std::string_view json) {
  return list_of(json, variable_of);
}

Result<CiCheck> parse_ci_check(std::string_view json) {
  Result<Json> object = read_object(json);
  if (!object) return fail(std::move(object.error()));
  const auto valid = switch_in(*object, "valid");
  if (!valid) return fail(Errc::corrupt, "the answer does not say whether the configuration is valid");
  return CiCheck{.valid = *valid,
                 .errors = texts_of(member(*object, "errors")),
                 .warnings = texts_of(member(*object, "warnings")),
                 .merged_yaml = configuration_in(json)};
}

std::vector<PipelineJob> in_order_of_attempts(std::vector<PipelineJob> jobs) {
  std::ranges::sort(jobs, {}, &PipelineJob::id);
  if (jobs.size() > kMostPipelineJobs)
    jobs.erase(jobs.begin(), jobs.end() - static_cast<std::ptrdiff_t>(kMostPipelineJobs));
  std::map<std::string_view, JobId> latest;
  for (const PipelineJob& job : jobs) latest[job.name] = job.id;
  for (PipelineJob& job : jobs) job.retried = latest.at(job.name) != job.id;
  return jobs;
}

bool has_no_merge_request(const Pipeline& pipeline) {
  return pipeline.tag || pipeline.source == "parent_pipeline";
}

bool is_pipeline_of(const MergeRequestPage& merge_request, const Pipeline& pipeline) {
  if (merge_request.state != "opened" || has_no_merge_request(pipeline)) return false;
  if (pipeline.source != "merge_request_event" || merge_request_of_ref(pipeline.ref) != merge_request.iid)
    return false;
  if (!pipeline.ref.ends_with("/head")) return true;
  const bool is_told = merge_request.head_pipeline != PipelineId{};
  if (is_told && merge_request.head_pipeline == pipeline.id) return true;
  const bool is_untold = merge_request.sha.empty() && !is_told;
  return is_untold || (!merge_request.sha.empty() && merge_request.sha == pipeline.sha);
}

std::optional<MergeRequestPage> open_one_with_head(std::vector<MergeRequestPage> found,
                                                   const Pipeline& pipeline) {
  if (has_no_merge_request(pipeline) || pipeline.sha.empty() || pipeline.ref.empty()) return std::nullopt;
  std::erase_if(found, [&](const MergeRequestPage& one) {
    return one.state != "opened" || one.sha != pipeline.sha || one.from_fork ||
           one.source_branch != pipeline.ref;
  });
  const auto newest = std::ranges::max_element(found, {}, &MergeRequestPage::iid);
  return newest == found.end() ? std::nullopt : std::optional{*newest};
}

}  // namespace runneriq::gitlab
