#include "gitlab/webhook.hpp"

#include "core/lower_case.hpp"
#include "gitlab/json_reader.hpp"
#include "gitlab/project.hpp"
#include "gitlab/screened_json.hpp"
#include "gitlab/web_address.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace runneriq::gitlab {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kDeepest = 64;
constexpr std::size_t kMostValues = 1'000'000;  // of a pipeline with thousands of jobs

constexpr std::string_view kBuilds = "builds";

// Members of the whole that are objects, and are read.
constexpr std::array<std::string_view, 6> kRead = {"object_attributes", "project", "user",
                                                   "merge_request",     "commit",  "runner"};

// Builds of a hook only the texts and numbers at its top and in the objects that are read; the rest goes by
// without being kept, however large it is.
class Extract {
 public:
  bool null() { return put(nullptr); }
  bool boolean(bool value) { return put(value); }
  bool number_integer(Json::number_integer_t value) { return put(value); }
  bool number_unsigned(Json::number_unsigned_t value) { return put(value); }
  bool number_float(Json::number_float_t value, const std::string&) { return put(value); }
  bool string(std::string& value) { return put(std::move(value)); }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return enter(Json::value_t::object); }
  bool start_array(std::size_t) {
    complete_ = depth_ == 1 && top_ == kBuilds && whole_.contains("object_attributes") &&
                whole_.contains("object_kind") && whole_.contains("project");
    return !complete_ && enter(Json::value_t::array);
  }
  bool end_object() { return leave(); }
  bool end_array() { return leave(); }
  bool key(std::string& name) {
    if (depth_ == 1)
      top_ = std::move(name);
    else if (depth_ == 2 && kept_)
      inner_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) { return false; }

  [[nodiscard]] const Json& whole() const { return whole_; }
  // Whether it stopped because all that is read has been: the jobs, nearly all of a pipeline's hook, are
  // last.
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  bool put(Json value) {
    if (depth_ == 0 || !count()) return false;
    if (depth_ == 1) whole_[top_] = std::move(value);
    if (depth_ == 2 && kept_) whole_[top_][inner_] = std::move(value);
    return true;
  }
  bool enter(Json::value_t kind) {
    if (depth_ == 0 && kind != Json::value_t::object) return false;
    if (!count() || depth_ >= kDeepest) return false;
    if (depth_ == 1) {
      kept_ = kind == Json::value_t::object && std::ranges::find(kRead, top_) != kRead.end();
      whole_[top_] = kept_ ? Json::object() : Json();
    }
    ++depth_;
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }
  bool count() { return ++values_ <= kMostValues; }

  Json whole_ = Json::object();
  std::string top_, inner_;  // the keys at depth 1 and 2
  bool complete_ = false;
  bool kept_ = false;  // whether what stands at `top_` is read
  std::size_t depth_ = 0;
  std::size_t values_ = 0;
};

Result<Json> extract(std::string_view body) {
  ScreenedJson source{body};
  Extract extract;
  const bool whole = Json::sax_parse(ScreenedJson::Iterator{source}, ScreenedJson::Iterator{}, &extract);
  if (whole || extract.complete()) return extract.whole();
  return fail(Errc::corrupt,
              "the webhook is no JSON object of GitLab's size at byte " + std::to_string(source.offset()));
}

// What stands before the project's path in its address; "" when it does not end in its path.
std::string_view address_of_instance(const Json& project) {
  const Json& url = member(project, "web_url");
  const Json& path = member(project, "path_with_namespace");
  if (!url.is_string() || !path.is_string()) return {};
  const std::string_view whole = url.get_ref<const std::string&>();
  const std::string_view end = path.get_ref<const std::string&>();
  if (end.empty() || !whole.ends_with(end)) return {};
  return whole.substr(0, whole.size() - end.size());
}

std::string instance_of(const Json& hook, std::string_view told) {
  const auto address_in = [](std::string_view text) {
    const Result<std::string> address = parse_web_address(text);
    return address ? *address : std::string{};
  };
  std::string of_project = address_in(address_of_instance(member(hook, "project")));
  if (told.empty()) return of_project;
  std::string named = address_in(told);
  return !named.empty() && of_project.starts_with(named + "/") ? of_project : named;
}

ProjectId project_of(const Json& hook) {
  const std::int64_t id = id_in(hook, "project_id");
  return ProjectId{id != 0 ? id : id_in(member(hook, "project"), "id")};
}

// The ref tells it, too, should the member stand where nobody looks.
std::int64_t merge_request_in(const Json& hook, std::string_view ref) {
  const std::int64_t iid = id_in(member(hook, "merge_request"), "iid");
  return iid != 0 ? iid : merge_request_of_ref(ref).value_or(MergeRequestIid{}).value();
}

WebhookPipeline pipeline_facts_of(const Json& hook) {
  const Json& attributes = member(hook, "object_attributes");
  const Json& project = member(hook, "project");
  WebhookPipeline facts{.sha = text_in(attributes, "sha"),
                        .source = text_in(attributes, "source"),
                        .merge_request = merge_request_in(hook, text_in(attributes, "ref")),
                        .is_tag = switch_in(attributes, "tag").value_or(false),
                        .default_branch = text_in(project, "default_branch")};
  if (facts.sha.empty()) facts.sha = text_in(member(hook, "commit"), "id");
  return facts;
}

void read_pipeline(const Json& hook, Webhook& into) {
  const Json& attributes = member(hook, "object_attributes");
  into.pipeline = PipelineId{id_in(attributes, "id")};
  into.status = job_status(text_in(attributes, "status"));
  into.name = text_in(attributes, "name");
  into.ref = text_in(attributes, "ref");
  into.created_at = time_in(attributes, "created_at");
  into.finished_at = time_in(attributes, "finished_at");
  into.pipeline_facts = pipeline_facts_of(hook);
}

WebhookJob job_facts_of(const Json& hook, JobStatus status) {
  const Json& project = member(hook, "project");
  WebhookJob job{.default_branch = text_in(project, "default_branch"),
                 .project_url = page_in(project, "web_url"),
                 .sha = text_in(hook, "sha"),
                 .stage = text_in(hook, "build_stage"),
                 .is_tag = switch_in(hook, "tag").value_or(false),
                 .allow_failure = switch_in(hook, "build_allow_failure").value_or(false),
                 .runner = RunnerId{id_in(member(hook, "runner"), "id")},
                 .runner_description = text_in(member(hook, "runner"), "description"),
                 .user_name = text_in(member(hook, "user"), "username"),
                 .retries = count_in(hook, "retries_count").value_or(0)};
  if (job.sha.empty()) job.sha = text_in(member(hook, "commit"), "sha");
  if (status == JobStatus::failed) job.failure_reason = text_in(hook, "build_failure_reason");
  return job;
}

// "commit.id" is the pipeline's, where "pipeline_id" is missing.
void read_job(const Json& hook, Webhook& into) {
  const std::int64_t pipeline = id_in(hook, "pipeline_id");
  into.pipeline = PipelineId{pipeline != 0 ? pipeline : id_in(member(hook, "commit"), "id")};
  into.job = JobId{id_in(hook, "build_id")};
  into.status = job_status(text_in(hook, "build_status"));
  into.name = text_in(hook, "build_name");
  into.ref = text_in(hook, "ref");
  into.created_at = time_in(hook, "build_created_at");
  into.finished_at = time_in(hook, "build_finished_at");
  into.job_facts = job_facts_of(hook, into.status);
}

void read_note(const Json& hook, Webhook& into) {
  const Json& attributes = member(hook, "object_attributes");
  const Json& user = member(hook, "user");
  const Json& body = member(attributes, "note");
  into.created_at = time_in(attributes, "created_at");
  into.note = WebhookNote{.body = body.is_string() ? body.get<std::string>() : std::string{},
                          .merge_request = id_in(member(hook, "merge_request"), "iid"),
                          .author = UserId{id_in(user, "id")},
                          .author_name = text_in(user, "username"),
                          .id = id_in(attributes, "id"),
                          .noteable_type = text_in(attributes, "noteable_type"),
                          .action = text_in(attributes, "action"),
                          .is_system = switch_in(attributes, "system").value_or(false),
                          .is_internal = switch_in(attributes, "internal").value_or(false),
                          .by_bot = is_name_of_bot(text_in(user, "username"))};
  if (text_in(hook, "event_type") == "confidential_note") into.note->is_internal = true;
}

// "bot" in "project_7_bot_4ffca2", when the name begins with `owner`.
std::string_view behind_number(std::string_view name, std::string_view owner) {
  if (!name.starts_with(owner)) return {};
  name.remove_prefix(owner.size());
  const std::size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
  return digits == 0 ? std::string_view{} : name.substr(digits);
}

struct Row {
  std::string_view object_kind;
  WebhookKind kind;
  void (*read)(const Json& hook, Webhook& into);
};
constexpr std::array<Row, 3> kRows = {{{"pipeline", WebhookKind::pipeline, read_pipeline},
                                       {"build", WebhookKind::job, read_job},
                                       {"note", WebhookKind::note, read_note}}};

// GitLab's own users.
constexpr std::array<std::string_view, 11> kBots = {
    "alert-bot", "automation-bot", "ghost",        "gitlab-admin-bot", "gitlab-bot",       "gitlabduo",
    "llm-bot",   "migration-bot",  "security-bot", "support-bot",      "visual-review-bot"};

}  // namespace

bool is_name_of_bot(std::string_view user_name) {
  std::string name(user_name);
  std::ranges::transform(name, name.begin(), [](char c) { return lower_case(c); });
  for (const std::string_view owner : {"project_", "group_"}) {
    const std::string_view rest = behind_number(name, owner);
    if (rest == "_bot" || rest.starts_with("_bot_")) return true;
  }
  return name.starts_with("service_account_") || std::ranges::find(kBots, name) != kBots.end();
}

std::string_view to_text(WebhookKind kind) {
  switch (kind) {
    case WebhookKind::pipeline:
      return "pipeline";
    case WebhookKind::job:
      return "job";
    case WebhookKind::note:
      return "note";
    case WebhookKind::other:
      break;
  }
  return "other";
}

Result<Webhook> parse_webhook(std::string_view body, std::string_view instance) {
  const auto hook = extract(body);
  if (!hook) return fail(hook.error());
  Webhook parsed{.instance = instance_of(*hook, instance),
                 .project = project_of(*hook),
                 .project_path = text_in(member(*hook, "project"), "path_with_namespace")};
  const auto row = std::ranges::find(kRows, text_in(*hook, "object_kind"), &Row::object_kind);
  if (row == kRows.end()) return parsed;
  parsed.kind = row->kind;
  row->read(*hook, parsed);
  return parsed;
}

}  // namespace runneriq::gitlab
