// Issues of projects.
#include "core/lower_case.hpp"
#include "gitlab/simulator/entities.hpp"
#include "gitlab/simulator/visit.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

View view_of(const Visit& visit) {
  return {visit.world, visit.call.base};
}

std::string lowered(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return lower_case(c); });
  return lower;
}

// Every word of `search` stands in the title or the description, or in those of them that `in` names.
bool is_found(const Call& call, const IssueRecord& issue) {
  const std::string within = call.text("in").value_or("title,description");
  std::string text;
  if (within.find("title") != std::string::npos) text += issue.title + "\n";
  if (within.find("description") != std::string::npos) text += issue.description;
  text = lowered(text);
  const std::vector<std::string> words = split(lowered(call.text("search").value_or("")), ' ');
  return std::all_of(words.begin(), words.end(),
                     [&](const std::string& word) { return text.find(word) != std::string::npos; });
}

bool fits(const Visit& visit, const IssueRecord& issue) {
  const Call& call = visit.call;
  const auto is = [&](std::string_view key, const std::string& value) {
    return call.text(key).value_or(value) == value;
  };
  const std::vector<std::string> labels = split(call.text("labels").value_or(""), ',');
  const bool labelled = std::all_of(labels.begin(), labels.end(), [&](const std::string& label) {
    return std::find(issue.labels.begin(), issue.labels.end(), label) != issue.labels.end();
  });
  return is("author_id", std::to_string(issue.author.value())) &&
         is("author_username", visit.world.users().at(issue.author).name) &&
         (call.text("state").value_or("all") == "all" || is("state", issue.state)) && labelled &&
         is_found(call, issue);
}

ServedReply issues(Visit& visit) {
  const auto project = project_in(visit, kGuest);
  if (!project) return refusal(project.error());
  std::vector<const IssueRecord*> rows;
  for (const IssueRecord& one : visit.world.issues()) {
    if (one.project == (*project)->id && fits(visit, one)) rows.push_back(&one);
  }
  if (visit.call.text("sort") != "asc") std::reverse(rows.begin(), rows.end());
  return offset_page(visit.call, rows.size(),
                     [&](std::size_t at) { return issue_row(view_of(visit), *rows[at]); });
}

std::vector<std::string> labels_in(const json& body) {
  const auto place = body.find("labels");
  if (place == body.end()) return {};
  if (place->is_string()) return split(place->get<std::string>(), ',');
  std::vector<std::string> labels;
  for (const json& label : *place) {
    if (label.is_string()) labels.push_back(label.get<std::string>());
  }
  return labels;
}

ServedReply add_issue(Visit& visit) {
  const auto project = project_in(visit, kGuest);
  if (!project) return refusal(project.error());
  const auto body = body_of(visit.call);
  if (!body) return refusal(body.error());
  auto title = required_text(*body, "title");
  if (!title) return refusal(title.error());
  const json description = body->value("description", json());
  IssueRecord issue{.project = (*project)->id,
                    .title = *std::move(title),
                    .description = description.is_string() ? description.get<std::string>() : "",
                    .labels = labels_in(*body),
                    .confidential = body->value("confidential", json()) == json(true),
                    .author = visit.caller->user};
  return json_reply(201, issue_row(view_of(visit), visit.world.add_issue(std::move(issue))));
}

ServedReply change_issue(Visit& visit) {
  const auto project = project_in(visit, kReporter);
  if (!project) return refusal(project.error());
  IssueRecord* const issue = visit.world.issue((*project)->id, number_in(visit, 1));
  if (issue == nullptr) return refusal(404, "404 Issue Not Found");
  const auto body = body_of(visit.call);
  if (!body) return refusal(body.error());
  const json event = body->value("state_event", json());
  if (event == "close") issue->state = "closed";
  if (event == "reopen") issue->state = "opened";
  return json_reply(200, issue_row(view_of(visit), *issue));
}

constexpr std::array kRoutes{
    Route{"GET", "/api/v4/projects/:id/issues", Needs::read, issues},
    Route{"POST", "/api/v4/projects/:id/issues", Needs::write, add_issue},
    Route{"PUT", "/api/v4/projects/:id/issues/:iid", Needs::write, change_issue},
};

}  // namespace

std::span<const Route> issue_routes() {
  return kRoutes;
}

}  // namespace runneriq::gitlab::simulator
