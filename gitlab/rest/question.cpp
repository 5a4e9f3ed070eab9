#include "gitlab/rest/question.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace runneriq::gitlab {
namespace {

// The words of a GraphQL document outside of its strings that name the kind of an operation.
bool holds_other_operations(std::string_view document) {
  std::string outside;
  bool inside = false;
  for (std::size_t at = 0; at < document.size(); ++at) {
    if (inside && document[at] == '\\') {
      ++at;
    } else if (document[at] == '"') {
      inside = !inside;
    } else if (!inside) {
      outside += document[at];
    }
  }
  return inside || outside.find("mutation") != std::string::npos ||
         outside.find("subscription") != std::string::npos;
}

bool is_query(const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("query") || !json["query"].is_string()) return false;
  const auto& document = json["query"].get_ref<const std::string&>();
  const std::size_t start = document.find_first_not_of(" \t\r\n");
  if (start == std::string::npos) return false;
  const std::string_view text = std::string_view(document).substr(start);
  return (text.starts_with("query") || text.starts_with("{")) && !holds_other_operations(text);
}

}  // namespace

std::string Question::title() const {
  return (body_.empty() ? "GET " : "POST ") + std::string(without_query(path_));
}

platform::HttpCall Question::call(const ApiBase& base, const Secret& token, TokenForm form) const {
  platform::HttpCall call;
  call.method = body_.empty() ? "GET" : "POST";
  call.url = base.address(path_);
  call.body = body_;
  call.headers.push_back({"Accept", "application/json"});
  if (!body_.empty()) call.headers.push_back({"Content-Type", "application/json"});
  if (token.empty()) return call;
  const bool bearer = form == TokenForm::bearer;
  call.secret_header = bearer ? "Authorization" : "PRIVATE-TOKEN";
  call.secret = bearer ? Secret("Bearer " + token.reveal()) : token;
  return call;
}

bool only_reads(const platform::HttpCall& call, const ApiBase& base) {
  if (call.method == "GET") return call.body.empty() && call.url.starts_with(base.address("/api/v4/"));
  return call.method == "POST" && call.url == base.address("/api/graphql") && is_query(call.body);
}

}  // namespace runneriq::gitlab
