#include "gitlab/rest/question.hpp"

#include "core/joined.hpp"
#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

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
  const auto json = json_in(body);
  if (!json.is_object() || !json.contains("query") || !json["query"].is_string()) return false;
  const auto& document = json["query"].get_ref<const std::string&>();
  const std::size_t start = document.find_first_not_of(" \t\r\n");
  if (start == std::string::npos) return false;
  const std::string_view text = std::string_view(document).substr(start);
  return (text.starts_with("query") || text.starts_with("{")) && !holds_other_operations(text);
}

bool is_id(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Of a compressed text a range would be a piece that nobody can unpack.
void ask_for_end(platform::HttpCall& call) {
  call.excess = platform::Excess::beginning_dropped;
  call.headers.push_back({"Accept", "text/plain, */*;q=0.1"});
  call.headers.push_back({"Accept-Encoding", "identity"});
  call.headers.push_back({"Range", "bytes=-" + std::to_string(call.largest_reply)});
}

// An object whose members are all of different names; else null. Of a member that stands twice a parser keeps
// one, and GitLab might keep the other.
nlohmann::json plain_object(const std::string& body) {
  std::size_t members = 0;
  const auto count = [&](int depth, nlohmann::json::parse_event_t event, const nlohmann::json&) {
    if (event == nlohmann::json::parse_event_t::key && depth == 1) ++members;
    return true;
  };
  auto json = nlohmann::json::parse(body, count, false);
  return json.is_object() && json.size() == members ? json : nlohmann::json();
}

bool holds_tags_alone(const std::string& body) {
  const auto json = plain_object(body);
  if (json.size() != 1 || !json.contains("tag_list")) return false;
  const auto& tags = json["tag_list"];
  return tags.is_array() && std::ranges::all_of(tags, [](const auto& tag) { return tag.is_string(); });
}

bool is_filled_text(const nlohmann::json& object, std::string_view key) {
  const auto place = object.find(key);
  return place != object.end() && place->is_string() && !place->get_ref<const std::string&>().empty();
}

bool holds_note_alone(const std::string& body) {
  const auto json = plain_object(body);
  return json.size() == 1 && is_filled_text(json, "body");
}

bool holds_issue_alone(const std::string& body) {
  const auto json = plain_object(body);
  if (!is_filled_text(json, "title")) return false;
  return std::ranges::all_of(json.items(), [](const auto& item) {
    const bool known = item.key() == "title" || item.key() == "description" || item.key() == "labels";
    return known && item.value().is_string();
  });
}

// What stands between slashes.
std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = std::min(path.find('/'), path.size());
    parts.push_back(path.substr(0, end));
    if (end == path.size()) return parts;
    path.remove_prefix(end + 1);
  }
}

// Whether each part is the one of the pattern, or a number where that has "#".
bool is_like(std::string_view path, std::string_view pattern) {
  const auto parts = parts_of(path);
  const auto wanted = parts_of(pattern);
  return std::ranges::equal(parts, wanted, [](std::string_view part, std::string_view want) {
    return want == "#" ? is_id(part) : part == want;
  });
}

}  // namespace

std::string Question::title() const {
  return method_ + " " + std::string(without_query(path_));
}

platform::HttpCall Question::call(const ApiBase& base, const Secret& token, TokenForm form) const {
  platform::HttpCall call;
  call.method = method_;
  call.url = base.address(path_);
  call.body = body_;
  call.largest_reply = largest_answer_;
  if (end_only_) {
    ask_for_end(call);
  } else if (begin_sink_) {
    ask_for_rest(call);
  } else {
    call.headers.push_back({"Accept", "application/json"});
  }
  if (!body_.empty()) call.headers.push_back({"Content-Type", "application/json"});
  if (token.empty()) return call;
  const bool bearer = form == TokenForm::bearer;
  call.secret_header = bearer ? "Authorization" : "PRIVATE-TOKEN";
  call.secret = bearer ? Secret("Bearer " + token.reveal()) : token;
  return call;
}

// Compressed the first time, when no range is asked for.
void Question::ask_for_rest(platform::HttpCall& call) const {
  call.headers.push_back({"Accept", "text/plain, */*;q=0.1"});
  call.body_sink = begin_sink_();
  const std::size_t from = from_();
  if (from == 0) return;
  call.headers.push_back({"Accept-Encoding", "identity"});
  call.headers.push_back({"Range", "bytes=" + std::to_string(from) + "-"});
}

bool only_reads(const platform::HttpCall& call, const ApiBase& base) {
  if (call.method == "GET") return call.body.empty() && call.url.starts_with(base.address("/api/v4/"));
  return call.method == "POST" && call.url == base.address("/api/graphql") && is_query(call.body);
}

bool only_writes_tags(const platform::HttpCall& call, const ApiBase& base) {
  const std::string place = base.address("/api/v4/runners/");
  if (call.method != "PUT" || !call.url.starts_with(place)) return false;
  return is_id(std::string_view(call.url).substr(place.size())) && holds_tags_alone(call.body);
}

bool only_plays_job(const platform::HttpCall& call, const ApiBase& base) {
  constexpr std::string_view kJobs = "/jobs/";
  constexpr std::string_view kPlay = "/play";
  const std::string place = base.address("/api/v4/projects/");
  if (call.method != "POST" || !call.body.empty()) return false;
  if (!call.url.starts_with(place) || !call.url.ends_with(kPlay)) return false;
  std::string_view ids = std::string_view(call.url).substr(place.size());
  ids.remove_suffix(std::min(kPlay.size(), ids.size()));
  const std::size_t between = ids.find(kJobs);
  return between != std::string_view::npos && is_id(ids.substr(0, between)) &&
         is_id(ids.substr(between + kJobs.size()));
}

bool only_writes_discussions(const platform::HttpCall& call, const ApiBase& base) {
  const std::string place = base.address("/api/v4/projects/");
  if (!call.url.starts_with(place)) return false;
  const std::string_view path = std::string_view(call.url).substr(place.size());
  if (call.method == "PUT") return is_like(path, "#/merge_requests/#/notes/#") && holds_note_alone(call.body);
  if (call.method != "POST") return false;
  return is_like(path, "#/issues") ? holds_issue_alone(call.body)
                                   : is_like(path, "#/merge_requests/#/notes") && holds_note_alone(call.body);
}

std::string tags_body(std::span<const std::string> tags) {
  nlohmann::json list = nlohmann::json::array();
  for (const std::string& tag : tags) list.push_back(tag);
  return json_line(nlohmann::json{{"tag_list", std::move(list)}});
}

std::string note_body(std::string_view text) {
  return json_line(nlohmann::json{{"body", text}});
}

std::string issue_body(std::string_view title, std::string_view description,
                       std::span<const std::string> labels) {
  nlohmann::json issue{{"title", title}, {"description", description}};
  if (!labels.empty()) issue["labels"] = joined(labels, ",");
  return json_line(issue);
}

bool permits(Permit permit, const platform::HttpCall& call, const ApiBase& base) {
  if (only_reads(call, base)) return true;
  if (permit == Permit::reads_and_runner_tags) return only_writes_tags(call, base);
  if (permit == Permit::reads_and_discussions) return only_writes_discussions(call, base);
  return permit == Permit::reads_and_plays && only_plays_job(call, base);
}

}  // namespace runneriq::gitlab
