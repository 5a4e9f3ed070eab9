// What may be asked of GitLab here: nothing that changes anything there but the tags of a runner, and the
// start of a manual job.
#pragma once

#include "core/id.hpp"
#include "core/secret.hpp"
#include "gitlab/rest/address.hpp"
#include "gitlab/rest/call_budget.hpp"
#include "platform/http_client.hpp"

#include <span>
#include <string>

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
  [[nodiscard]] std::string title() const;  // "GET /api/v4/projects/7/jobs"
  [[nodiscard]] platform::HttpCall call(const ApiBase& base, const Secret& token, TokenForm form) const;

 private:
  Question(std::string path, std::string body, std::string method, bool changes_something = false)
      : path_(std::move(path)),
        body_(std::move(body)),
        method_(std::move(method)),
        changes_something_(changes_something) {}

  std::string path_;
  std::string body_;
  std::string method_;
  bool changes_something_;
  bool end_only_ = false;
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

// The body that only_writes_tags() lets through.
std::string tags_body(std::span<const std::string> tags);

// What a sender lets out.
enum class Permit { reads_only, reads_and_runner_tags, reads_and_plays };
bool permits(Permit permit, const platform::HttpCall& call, const ApiBase& base);

}  // namespace runneriq::gitlab
