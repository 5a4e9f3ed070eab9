#include "gitlab/job_response.hpp"

#include "gitlab/project.hpp"
#include "gitlab/screened_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <variant>

namespace runneriq::gitlab {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostServices = 20;
constexpr std::size_t kMostEntries = 100;           // of an entrypoint or a command
constexpr std::size_t kMostListText = 1024 * 1024;  // of all entrypoints and commands together
constexpr std::size_t kDeepest = 1000;
constexpr std::int64_t kLongestSeconds = 315'360'000;  // ten years
constexpr std::string_view kMergeRequestKeys = "CI_MERGE_REQUEST_";

// CI_RUNNER_ID tells where GitLab's own variables end: see gitlab_variable().
constexpr std::array<std::string_view, 11> kKeptVariables{
    "CI_JOB_MANUAL",          "CI_PROJECT_ID",           "CI_COMMIT_REF_PROTECTED",
    "CI_DEFAULT_BRANCH",      "CI_SERVER_URL",           "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "CI_MERGE_REQUEST_TITLE", "CI_MERGE_REQUEST_LABELS", "CI_RUNNER_ID",
    "RUNNERIQ_PRIORITY",      "RUNNERIQ_DEADLINE"};

// A value that is no container; null, objects and arrays in its place read as missing.
using Scalar = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

std::string text_of(Scalar&& value) {
  auto* const text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string{} : std::move(*text);
}

// GitLab's ids; 0 when missing.
std::int64_t id_of(const Scalar& value) {
  const auto* const number = std::get_if<std::int64_t>(&value);
  return number == nullptr ? 0 : std::max<std::int64_t>(*number, 0);
}

std::optional<double> seconds_of(const Scalar& value) {
  double seconds = -1;
  if (const auto* const whole = std::get_if<std::int64_t>(&value)) seconds = static_cast<double>(*whole);
  if (const auto* const number = std::get_if<double>(&value)) seconds = *number;
  if (seconds < 0 || seconds > static_cast<double>(kLongestSeconds)) return std::nullopt;
  return seconds;
}

std::optional<std::chrono::milliseconds> queue_time_of(const Scalar& value) {
  const auto seconds = seconds_of(value);
  if (!seconds) return std::nullopt;
  return std::chrono::milliseconds{std::llround(*seconds * 1000)};
}

// Go writes 0 for "not said".
std::optional<std::chrono::seconds> timeout_of(const Scalar& value) {
  const auto seconds = seconds_of(value);
  if (!seconds || *seconds < 1) return std::nullopt;
  return std::chrono::seconds{std::llround(std::floor(*seconds))};
}

std::optional<bool> switch_of(const Scalar& value) {
  const auto* const choice = std::get_if<bool>(&value);
  return choice == nullptr ? std::nullopt : std::optional{*choice};
}

// What is being read: the job, and the parts of it that are not complete yet.
struct Draft {
  JobResponse job;
  JobVariable variable;
  std::size_t list_text = 0;
  std::optional<std::string> trouble;

  void note(std::string what) {
    if (!trouble) trouble = std::move(what);
  }
};

// The containers on the way to the fields; what they hold is in the tables below.
enum class Place {
  nowhere,
  root,
  job_info,
  git_info,
  runner_info,
  image,
  image_entrypoint,
  services,
  service,
  service_entrypoint,
  service_command,
  variables,
  variable,
};

struct Field {
  Place place;
  std::string_view key;
  void (*take)(Draft&, Scalar&&);  // a Scalar of the wrong kind resets the field
};

constexpr std::array kFields{
    Field{Place::root, "id", [](Draft& d, Scalar&& v) { d.job.id = JobId{id_of(v)}; }},
    Field{Place::job_info, "name", [](Draft& d, Scalar&& v) { d.job.name = text_of(std::move(v)); }},
    Field{Place::job_info, "stage", [](Draft& d, Scalar&& v) { d.job.stage = text_of(std::move(v)); }},
    Field{Place::job_info, "project_id", [](Draft& d, Scalar&& v) { d.job.project = ProjectId{id_of(v)}; }},
    Field{Place::job_info, "project_full_path",
          [](Draft& d, Scalar&& v) { d.job.project_path = text_of(std::move(v)); }},
    Field{Place::job_info, "pipeline_id",
          [](Draft& d, Scalar&& v) { d.job.pipeline = PipelineId{id_of(v)}; }},
    Field{Place::job_info, "time_in_queue_seconds",
          [](Draft& d, Scalar&& v) { d.job.queued = queue_time_of(v); }},
    Field{Place::git_info, "ref", [](Draft& d, Scalar&& v) { d.job.ref = text_of(std::move(v)); }},
    Field{Place::git_info, "ref_type",
          [](Draft& d, Scalar&& v) {
            d.job.ref_type = text_of(std::move(v)) == "tag" ? RefType::tag : RefType::branch;
          }},
    Field{Place::git_info, "protected", [](Draft& d, Scalar&& v) { d.job.ref_protected = switch_of(v); }},
    Field{Place::runner_info, "timeout", [](Draft& d, Scalar&& v) { d.job.timeout = timeout_of(v); }},
    Field{Place::image, "name", [](Draft& d, Scalar&& v) { d.job.image = text_of(std::move(v)); }},
    Field{Place::service, "name",
          [](Draft& d, Scalar&& v) { d.job.services.back().name = text_of(std::move(v)); }},
    Field{Place::service, "alias",
          [](Draft& d, Scalar&& v) { d.job.services.back().alias = text_of(std::move(v)); }},
    Field{Place::variable, "key", [](Draft& d, Scalar&& v) { d.variable.key = text_of(std::move(v)); }},
    Field{Place::variable, "value", [](Draft& d, Scalar&& v) { d.variable.value = text_of(std::move(v)); }},
};

enum class Shape { object, array };

struct Branch {
  Place parent;
  std::string_view key;  // "" for the entries of an array
  Shape shape;
  Place place;
};

constexpr std::array kBranches{
    Branch{Place::root, "job_info", Shape::object, Place::job_info},
    Branch{Place::root, "git_info", Shape::object, Place::git_info},
    Branch{Place::root, "runner_info", Shape::object, Place::runner_info},
    Branch{Place::root, "image", Shape::object, Place::image},
    Branch{Place::image, "entrypoint", Shape::array, Place::image_entrypoint},
    Branch{Place::root, "services", Shape::array, Place::services},
    Branch{Place::services, "", Shape::object, Place::service},
    Branch{Place::service, "entrypoint", Shape::array, Place::service_entrypoint},
    Branch{Place::service, "command", Shape::array, Place::service_command},
    Branch{Place::root, "variables", Shape::array, Place::variables},
    Branch{Place::variables, "", Shape::object, Place::variable},
};

bool is_kept(std::string_view key) {
  return std::find(kKeptVariables.begin(), kKeptVariables.end(), key) != kKeptVariables.end();
}

const JobVariable* find_variable(const JobResponse& job, std::string_view key) {
  const auto found = std::find_if(job.variables.begin(), job.variables.end(),
                                  [&](const JobVariable& variable) { return variable.key == key; });
  return found == job.variables.end() ? nullptr : &*found;
}

// The first occurrence counts, also one without a usable value: a later one is never GitLab's.
void keep_variable(Draft& draft) {
  JobVariable& variable = draft.variable;
  if (is_kept(variable.key) && find_variable(draft.job, variable.key) == nullptr) {
    draft.job.variables.push_back(std::move(variable));
  }
}

std::vector<std::string>* list_at(JobResponse& job, Place place) {
  switch (place) {
    case Place::image_entrypoint:
      return &job.image_entrypoint;
    case Place::service_entrypoint:
      return &job.services.back().entrypoint;
    case Place::service_command:
      return &job.services.back().command;
    default:
      return nullptr;
  }
}

void append(Draft& draft, std::vector<std::string>& list, std::string text) {
  if (list.size() >= kMostEntries || draft.list_text + text.size() > kMostListText) {
    draft.note("an entrypoint or a command of the job is too long: only its beginning was read");
    return;
  }
  draft.list_text += text.size();
  list.push_back(std::move(text));
}

// As in a parsed document, the last of several equal keys counts: it begins anew. Variables
// do not, since the first of them are GitLab's.
void begin_anew(Draft& draft, Place place) {
  for (const Field& field : kFields) {
    if (field.place == place) field.take(draft, {});
  }
  if (place == Place::image) draft.job.image_entrypoint.clear();
  if (place == Place::services) draft.job.services.clear();
  if (auto* const list = list_at(draft.job, place)) list->clear();
}

// Receives the parser's events and keeps what the tables name.
class Reader final : public nlohmann::json_sax<Json> {
 public:
  explicit Reader(Draft& draft) : draft_(draft) {}

  bool null() override { return take({}); }
  bool boolean(bool value) override { return take(value); }
  bool number_integer(number_integer_t value) override { return take(std::int64_t{value}); }
  bool number_unsigned(number_unsigned_t value) override {
    constexpr auto most = static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max());
    return value <= most ? take(static_cast<std::int64_t>(value)) : take({});
  }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return take(value); }
  bool string(string_t& value) override { return take(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return take({}); }

  bool key(string_t& name) override {
    key_ = std::move(name);
    const Branch* const branch = find_branch();
    if (branch != nullptr) begin_anew(draft_, branch->place);
    return true;
  }
  bool start_object(std::size_t /*elements*/) override { return enter(Shape::object); }
  bool start_array(std::size_t /*elements*/) override { return enter(Shape::array); }
  bool end_object() override {
    if (places_.back() == Place::variable) keep_variable(draft_);
    return leave();
  }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*why*/) override {
    return false;
  }

 private:
  [[nodiscard]] Place here() const { return places_.empty() ? Place::nowhere : places_.back(); }

  [[nodiscard]] const Branch* find_branch() const {
    const auto found = std::find_if(kBranches.begin(), kBranches.end(), [&](const Branch& branch) {
      return branch.parent == here() && branch.key == key_;
    });
    return found == kBranches.end() ? nullptr : &*found;
  }

  bool take(Scalar&& value) {
    if (places_.empty()) return refuse_root();
    if (auto* const list = list_at(draft_.job, here())) {
      if (std::holds_alternative<std::string>(value)) append(draft_, *list, text_of(std::move(value)));
      return true;
    }
    const auto field = std::find_if(kFields.begin(), kFields.end(), [&](const Field& candidate) {
      return candidate.place == here() && candidate.key == key_;
    });
    if (field != kFields.end()) field->take(draft_, std::move(value));
    return true;
  }

  bool enter(Shape shape) {
    if (places_.empty()) {
      if (shape == Shape::array) return refuse_root();
      places_.push_back(Place::root);
      return true;
    }
    if (places_.size() >= kDeepest) {
      draft_.note("the job response is nested deeper than " + std::to_string(kDeepest) + " levels");
      return false;
    }
    places_.push_back(place_of_child(shape));
    key_.clear();
    return true;
  }

  Place place_of_child(Shape shape) {
    const Branch* const branch = find_branch();
    if (branch == nullptr || branch->shape != shape) {
      take({});  // a container in the place of a scalar
      return Place::nowhere;
    }
    if (branch->place == Place::service) return begin_service();
    if (branch->place == Place::variable) draft_.variable = {};
    return branch->place;
  }

  Place begin_service() {
    if (draft_.job.services.size() >= kMostServices) {
      draft_.note("the job has more than " + std::to_string(kMostServices) +
                  " services: the others were not read");
      return Place::nowhere;
    }
    draft_.job.services.emplace_back();
    return Place::service;
  }

  bool leave() {
    places_.pop_back();
    key_.clear();  // what follows in an array has no key; in an object it gets one
    return true;
  }

  bool refuse_root() {
    draft_.note("the job response is no JSON object");
    return false;
  }

  Draft& draft_;
  std::vector<Place> places_;  // from the root to here
  std::string key_;            // of the next value; "" in arrays
};

std::string describe_end(const ScreenedJson& source) {
  const std::string at = "byte " + std::to_string(source.offset());
  if (source.cut_short()) return "the job response has neither text nor numbers for 64 KiB before " + at;
  if (source.at_end()) return "the job response is cut off or no valid JSON at its end, " + at;
  return "the job response is no valid JSON at " + at;
}

void read(std::string_view json, Draft& draft) {
  ScreenedJson source{json};
  Reader reader{draft};
  const bool complete = Json::sax_parse(ScreenedJson::Iterator{source}, ScreenedJson::Iterator{}, &reader);
  if (!complete) draft.note(describe_end(source));
}

// Before GitLab 18.3 git_info does not say whether the ref is protected.
void fall_back_on_variable(JobResponse& job) {
  const std::string_view text = gitlab_variable(job, "CI_COMMIT_REF_PROTECTED");
  if (!job.ref_protected && (text == "true" || text == "false")) job.ref_protected = text == "true";
}

}  // namespace

ParsedJobResponse parse_job_response(std::string_view json) {
  Draft draft;
  if (json.empty()) {
    draft.note("the job response is empty");
  } else {
    read(json, draft);
  }
  fall_back_on_variable(draft.job);
  return {std::move(draft.job), std::move(draft.trouble)};
}

bool is_merge_request_ref(std::string_view ref) {
  return merge_request_of_ref(ref).has_value();
}

std::string_view gitlab_variable(const JobResponse& job, std::string_view key) {
  const JobVariable* const variable = find_variable(job, key);
  if (variable == nullptr) return {};
  // `variables` keeps the order of the file, so that addresses tell what stands before what.
  const auto stands_before = [&](const JobVariable* fence) { return fence != nullptr && variable < fence; };
  if (key == "CI_JOB_MANUAL" && !stands_before(find_variable(job, "CI_PROJECT_ID"))) return {};
  if (key.starts_with(kMergeRequestKeys)) {
    if (!is_merge_request_ref(job.ref)) return {};
    // GitLab sets the labels only where there are any, and always before the runner's variables.
    const JobVariable* const runner = find_variable(job, "CI_RUNNER_ID");
    if (runner != nullptr && !stands_before(runner)) return {};
  }
  return variable->value;
}

}  // namespace runneriq::gitlab
