// What may be asked of GitLab here: nothing that changes anything there.
#pragma once

#include "core/secret.hpp"
#include "gitlab/rest/address.hpp"
#include "gitlab/rest/call_budget.hpp"
#include "platform/http_client.hpp"

#include <string>

namespace runneriq::gitlab {

// GitLab takes access tokens in both forms, those of OAuth and what stands in front of some GitLabs in
// the second only.
enum class TokenForm { private_token, bearer };

class Question {
 public:
  // `path` begins with "/api/v4/", with its query.
  static Question get(std::string path) { return {std::move(path), {}}; }
  // `body` as gitlab/graphql.hpp makes it.
  static Question graphql(std::string body) { return {"/api/graphql", std::move(body)}; }

  [[nodiscard]] Question charged(CallBudget::Charge charge) && {
    charge_ = charge;
    return std::move(*this);
  }
  [[nodiscard]] CallBudget::Charge charge() const { return charge_; }
  [[nodiscard]] std::string title() const;  // "GET /api/v4/projects/7/jobs"
  [[nodiscard]] platform::HttpCall call(const ApiBase& base, const Secret& token, TokenForm form) const;

 private:
  Question(std::string path, std::string body) : path_(std::move(path)), body_(std::move(body)) {}

  std::string path_;
  std::string body_;  // "" = GET
  CallBudget::Charge charge_ = CallBudget::Charge::ordinary;
};

// Whether a call changes nothing: a GET of the REST API, or a GraphQL document of queries only.
bool only_reads(const platform::HttpCall& call, const ApiBase& base);

}  // namespace runneriq::gitlab
