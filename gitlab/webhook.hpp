// What GitLab says by webhook: hints of what may have changed, and news to alert by; never facts to decide
// by.
#pragma once

#include "core/id.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "gitlab/job.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace runneriq::gitlab {

enum class WebhookKind { pipeline, job, note, other };

std::string_view to_text(WebhookKind kind);

// A comment. Of a merge request unless `merge_request` is 0.
struct WebhookNote {
  std::string body{};              // as written: at most 64 KiB
  std::int64_t merge_request = 0;  // its iid
  UserId author = {};
  std::string author_name{};  // the user name
  std::int64_t id = 0;
  std::string noteable_type{};  // "MergeRequest", "Issue", "Commit", "Snippet", …
  std::string action{};      // "create", "update"; "" = not told, by older versions, which tell of new ones
  bool is_system = false;    // what GitLab wrote of a change
  bool is_internal = false;  // for members only
  // By the user of an access token, a service account or GitLab itself, as far as the name tells; GitLab says
  // no more.
  bool by_bot = false;
};

// What a pipeline hook tells of a pipeline beside what all hooks do.
struct WebhookPipeline {
  std::string sha{};
  std::string source{};            // "push", "merge_request_event", …
  std::int64_t merge_request = 0;  // its iid; 0 = the pipeline is of none
  bool is_tag = false;
  std::string default_branch{};  // of the project
};

// What a job hook tells of a job beside what all hooks do: enough to alert by without a reading. A job hook
// does not tell the pipeline's source; the ref shows whether it is a merge request's.
struct WebhookJob {
  std::string default_branch{};  // of the project; "" = not told, as below
  std::string project_url{};     // page of the project, http or https
  std::string sha{};             // the pipeline's commit; of merged results and trains the one made for them
  std::string stage{};
  bool is_tag = false;
  bool allow_failure = false;
  std::string failure_reason{};  // "" unless failed
  RunnerId runner = {};
  std::string runner_description{};
  std::string user_name{};
  int retries = 0;  // attempts before this one
};

// Of what a hook holds only what is in here is kept: never the variables of a pipeline, which may be
// secrets. What is missing or of another kind keeps its default.
struct Webhook {
  WebhookKind kind = WebhookKind::other;
  std::string instance{};  // the GitLab's base address; "" = not told
  ProjectId project = {};
  std::string project_path{};  // full path; "" = not told
  PipelineId pipeline = {};
  JobId job = {};
  JobStatus status = JobStatus::unknown;  // of the job or the pipeline
  std::string name{};                     // of the job or the pipeline
  std::string ref{};
  std::optional<Time> created_at{};
  std::optional<Time> finished_at{};
  std::optional<WebhookNote> note{};                // of a note hook
  std::optional<WebhookJob> job_facts{};            // of a job hook
  std::optional<WebhookPipeline> pipeline_facts{};  // of a pipeline hook
};

// Whether a user name is one that GitLab gives to bots: "project_7_bot_4ffca233d8298ea1", "group_7_bot",
// "service_account_…", "alert-bot".
bool is_name_of_bot(std::string_view user_name);

// `instance` is the X-Gitlab-Instance header, "" where there was none; it lacks the path of a GitLab below
// one, which the project's address has. Error: corrupt for what is no JSON
// object, or is deeper or has more values than any of GitLab's; never for what we do not know. What
// follows the list of a pipeline's jobs is not looked at.
Result<Webhook> parse_webhook(std::string_view body, std::string_view instance);

}  // namespace runneriq::gitlab
