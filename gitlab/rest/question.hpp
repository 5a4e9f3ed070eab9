// What may be asked of GitLab here: nothing that changes anything there but the tags of a runner, the start
// of a manual job, notes of merge requests and new issues.
#pragma once

#include "core/id.hpp"
#include "core/secret.hpp"
#include "gitlab/rest/address.hpp"
#include "gitlab/rest/call_budget.hpp"
#include "platform/http_client.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace runneriq::gitlab {

// GitLab takes access tokens in both forms, those of OAuth and what stands in front of some GitLabs in
// the second only.
enum class TokenForm { private_token, bearer };

class Question {
 public:
  // `path` begins with "/api/v4/", with its query.
  static Question get(std::string path) { return {std::move(path), {}, "GET"}; }
  // The last `bytes` of a text, also of a server that knows no ranges and sends all of it.
  static Question end_of(std::string path, std::size_t bytes) {
    Question question = get(std::move(path)).at_most(bytes);
    question.end_only_ = true;
    return question;
  }
  // `body` as gitlab/graphql.hpp makes it.
  static Question graphql(std::string body) { return {"/api/graphql", std::move(body), "POST"}; }
  // `body` as tags_body() makes it.
  static Question put_tags(RunnerId runner, std::string body) {
    return {"/api/v4/runners/" + std::to_string(runner.value()), std::move(body), "PUT", true};
  }
  static Question play(ProjectId project, JobId job) {
    return {"/api/v4/projects/" + std::to_string(project.value()) + "/jobs/" + std::to_string(job.value()) +
                "/play",
            {},
            "POST",
            true};
  }
  // `body` as note_body() makes it.
  static Question post_note(ProjectId project, MergeRequestIid merge_request, std::string body) {
    return {notes_path(project, merge_request), std::move(body), "POST", true};
  }
  static Question put_note(ProjectId project, MergeRequestIid merge_request, std::int64_t note,
                           std::string body) {
    return {notes_path(project, merge_request) + "/" + std::to_string(note), std::move(body), "PUT", true};
  }
  // `body` as issue_body() makes it.
  static Question post_issue(ProjectId project, std::string body) {
    return {"/api/v4/projects/" + std::to_string(project.value()) + "/issues", std::move(body), "POST", true};
  }
  // A text whose bytes go to the sink that `begin` makes for each attempt, from byte `from()` on where the
  // server knows ranges. At most `bytes` of an attempt arrive there; more is an error. It may take all the
  // time that the reading has.
  static Question stream(std::string path, std::size_t bytes, std::function<platform::BodySink()> begin,
                         std::function<std::size_t()> from) {
    Question question = get(std::move(path)).at_most(bytes);
    question.begin_sink_ = std::move(begin);
    question.from_ = std::move(from);
    return question;
  }

  // Of the answer's bytes; more is an error.
  [[nodiscard]] Question at_most(std::size_t bytes) && {
    largest_answer_ = bytes;
    return std::move(*this);
  }
  [[nodiscard]] Question charged(CallBudget::Charge charge) && {
    charge_ = charge;
    return std::move(*this);
  }
  [[nodiscard]] CallBudget::Charge charge() const { return charge_; }
  // To be sent once: whether it was done cannot be told from a lost answer.
  [[nodiscard]] bool changes_something() const { return changes_something_; }
  // Whether one call of it may take more time than others.
  [[nodiscard]] bool is_patient() const { return static_cast<bool>(begin_sink_); }
  [[nodiscard]] std::string title() const;  // "GET /api/v4/projects/7/jobs"
  [[nodiscard]] platform::HttpCall call(const ApiBase& base, const Secret& token, TokenForm form) const;

 private:
  Question(std::string path, std::string body, std::string method, bool changes_something = false)
      : path_(std::move(path)),
        body_(std::move(body)),
        method_(std::move(method)),
        changes_something_(changes_something) {}
  static std::string notes_path(ProjectId project, MergeRequestIid merge_request) {
    return "/api/v4/projects/" + std::to_string(project.value()) + "/merge_requests/" +
           std::to_string(merge_request.value()) + "/notes";
  }
  void ask_for_rest(platform::HttpCall& call) const;

  std::string path_;
  std::string body_;
  std::string method_;
  bool changes_something_;
  bool end_only_ = false;
  std::function<platform::BodySink()> begin_sink_;
  std::function<std::size_t()> from_;
  std::size_t largest_answer_ = platform::HttpCall{}.largest_reply;
  CallBudget::Charge charge_ = CallBudget::Charge::ordinary;
};

// Whether a call changes nothing: a GET of the REST API, or a GraphQL document of queries only.
bool only_reads(const platform::HttpCall& call, const ApiBase& base);
// Whether a call gives one runner other tags and does nothing else: PUT /api/v4/runners/:id with an
// object that holds `tag_list`, a list of texts, and no other member.
bool only_writes_tags(const platform::HttpCall& call, const ApiBase& base);
// Whether a call starts one manual job as it is: POST /api/v4/projects/:id/jobs/:job_id/play without a body,
// which could give the job other variables.
bool only_plays_job(const platform::HttpCall& call, const ApiBase& base);

// Whether a call writes or edits a note of a merge request, or creates an issue, and does nothing else: POST
// …/merge_requests/:iid/notes or PUT …/notes/:id with an object that holds `body`, a text, and no other
// member; POST /projects/:id/issues with `title`, and `description` and `labels`, all texts, and no others.
bool only_writes_discussions(const platform::HttpCall& call, const ApiBase& base);

// The bodies that only_writes_tags() and only_writes_discussions() let through. A label holds no comma.
std::string tags_body(std::span<const std::string> tags);
std::string note_body(std::string_view text);
std::string issue_body(std::string_view title, std::string_view description,
                       std::span<const std::string> labels);

// What a sender lets out.
enum class Permit { reads_only, reads_and_runner_tags, reads_and_plays, reads_and_discussions };
bool permits(Permit permit, const platform::HttpCall& call, const ApiBase& base);

}  // namespace runneriq::gitlab
