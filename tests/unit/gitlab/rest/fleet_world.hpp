// A small GitLab for tests of its client: a group with runners, projects and jobs, answered as the
// REST and GraphQL APIs do, page by page.
#pragma once

#include "core/json_text.hpp"
#include "core/time.hpp"
#include "gitlab/rest/rest_fleet.hpp"
#include "tests/support/scripted_transport.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab {

using nlohmann::json;
using platform::HttpCall;
using platform::HttpReply;

inline const std::string kUrl = "https://gitlab.example.com";
inline const std::string kApi = kUrl + "/api/v4/";

inline HttpReply reply(int status, std::string body, std::vector<platform::HttpHeader> headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

// The value of `key` in a query; "" when it is not there.
inline std::string query_value(const std::string& url, const std::string& key) {
  const std::size_t query = url.find('?');
  for (std::size_t at = query; at != std::string::npos; at = url.find('&', at + 1)) {
    if (url.compare(at + 1, key.size() + 1, key + "=") != 0) continue;
    const std::size_t start = at + 2 + key.size();
    return url.substr(start, url.find('&', start) - start);
  }
  return "";
}

class FleetWorld {
 public:
  struct WorldProject {
    std::string path;
    std::map<std::int64_t, json> jobs;  // by id
    std::vector<std::string> protected_branches{"main"};
    std::map<std::int64_t, int> members{{1, 40}};
    std::map<std::int64_t, json> merge_requests;
    std::set<std::int64_t> manual;
  };

  Time clock{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};
  platform::ScriptedTransport transport{clock};
  std::map<std::int64_t, json> runners;
  std::map<std::int64_t, WorldProject> projects;
  std::size_t page_size = 100;
  bool graphql_allowed = true;
  bool strips_paging = false;  // a proxy takes the headers of paging away
  std::string date;            // the Date header of pages; "" = none
  std::vector<Time> waits;
  FleetOptions fleet{.name = {}, .url = kUrl, .project = {}, .group = "acme", .ca_file = {}};
  ClientOptions client;

  FleetWorld() {
    transport.route(kApi + "groups/acme/runners", [this](const HttpCall& call) { return runner_page(call); });
    transport.route(kApi + "groups/acme/projects",
                    [this](const HttpCall& call) { return project_page(call); });
    transport.route(kApi + "runners?type=project_type",
                    [this](const HttpCall& call) { return page(runners_of("project_type"), call); });
    transport.route(kApi + "runners/", [this](const HttpCall& call) { return runner(call); });
    transport.route(kUrl + "/api/graphql", [this](const HttpCall& call) { return graphql(call); });
  }

  void add_runners(int count) {
    for (int at = 0; at < count; ++at) {
      const auto id = static_cast<std::int64_t>(runners.size()) + 1;
      runners[id] = {{"id", id},        {"description", "docker-" + std::to_string(id)},
                     {"paused", false}, {"runner_type", "group_type"},
                     {"online", true},  {"status", "online"}};
    }
  }
  void add_project(std::int64_t id, std::string path) {
    projects[id].path = std::move(path);
    transport.route(kApi + "projects/" + std::to_string(id) + "/",
                    [this, id](const HttpCall& call) { return of_project(projects[id], call); });
  }
  json& add_job(std::int64_t project, std::int64_t id, std::string status, std::string name = "unit") {
    json& job = projects[project].jobs[id];
    job = {{"id", id},
           {"name", std::move(name)},
           {"stage", "test"},
           {"status", std::move(status)},
           {"ref", "main"},
           {"tag", false},
           {"tag_list", json::array({"docker"})},
           {"user", {{"id", 1}}},
           {"pipeline", {{"id", id / 10}, {"source", "push"}, {"project_id", project}}}};
    return job;
  }

  RestSettings settings() {
    return {.fleet = fleet,
            .client = client,
            .poll_interval = std::chrono::seconds{30},
            .token = Secret{"glpat-very-secret"},
            .now = [this] { return clock; },
            .jitter = [] { return 0.0; },
            .wait_until =
                [this](Time when) {
                  waits.push_back(when);
                  if (!transport.stopped) clock = std::max(clock, when);
                }};
  }

 protected:
  // One page of `items` by number, with the next one's address.
  HttpReply page(const std::vector<json>& items, const HttpCall& call) const {
    const std::string given = query_value(call.url, "page");
    const std::size_t number = given.empty() ? 1 : std::stoul(given);
    const std::size_t first = (number - 1) * page_size;
    json list = json::array();
    for (std::size_t at = first; at < std::min(items.size(), first + page_size); ++at)
      list.push_back(items[at]);
    HttpReply answer = reply(200, json_line(list));
    if (!date.empty()) answer.headers.push_back({"date", date});
    if (strips_paging) return answer;
    answer.headers.push_back({"x-page", std::to_string(number)});
    if (first + page_size >= items.size()) answer.headers.push_back({"x-next-page", ""});
    if (first + page_size >= items.size()) return answer;
    std::string next = call.url.substr(0, call.url.find("&page="));
    next += "&page=" + std::to_string(number + 1);
    answer.headers.push_back({"link", "<" + next + ">; rel=\"next\", <" + call.url + ">; rel=\"first\""});
    return answer;
  }

  std::vector<json> runners_of(std::string_view type) const {
    std::vector<json> list;
    for (const auto& [id, runner] : runners) {
      if (runner["runner_type"] == type) list.push_back(runner);
    }
    return list;
  }

  HttpReply runner_page(const HttpCall& call) const { return page(runners_of("group_type"), call); }

  HttpReply project_page(const HttpCall& call) const {
    std::vector<json> list;
    for (const auto& [id, project] : projects) {
      list.push_back({{"id", id}, {"path_with_namespace", project.path}, {"default_branch", "main"}});
    }
    return page(list, call);
  }

  HttpReply runner(const HttpCall& call) const {
    const auto found = runners.find(std::stoll(call.url.substr((kApi + "runners/").size())));
    if (found == runners.end()) return reply(404, R"({"message":"404 Not found"})");
    json details = found->second;
    details["tag_list"] = {"docker"};
    details["run_untagged"] = true;
    details["access_level"] = "not_protected";
    details["contacted_at"] = runneriq::to_text(clock);
    return reply(200, json_line(details));
  }

  HttpReply graphql(const HttpCall& call) const {
    if (!graphql_allowed) return reply(200, R"({"errors":[{"message":"not allowed"}]})");
    const json body = json_in(call.body);
    const auto& query = body["query"].get_ref<const std::string&>();
    return query.find("manualJob") != std::string::npos ? manual_jobs(body) : runner_details(body);
  }

  HttpReply runner_details(const json& body) const {
    const auto& variables = body["variables"];
    const json after = variables.contains("after") ? variables["after"] : json();
    const std::int64_t start = after.is_string() ? std::stoll(after.get<std::string>()) : 0;
    json nodes = json::array();
    std::int64_t last = 0;
    for (const auto& [id, runner] : runners) {
      if (id <= start || nodes.size() == 100) continue;
      last = id;
      nodes.push_back({{"id", "gid://gitlab/Ci::Runner/" + std::to_string(id)},
                       {"description", runner["description"]},
                       {"runnerType", runner["runner_type"] == "group_type" ? "GROUP_TYPE" : "PROJECT_TYPE"},
                       {"status", "ONLINE"},
                       {"paused", false},
                       {"contactedAt", runneriq::to_text(clock)},
                       {"tagList", {"docker"}},
                       {"runUntagged", true},
                       {"accessLevel", "NOT_PROTECTED"},
                       {"jobCount", 1}});
    }
    const bool more = last != 0 && runners.upper_bound(last) != runners.end();
    const json connection{{"nodes", nodes},
                          {"pageInfo", {{"hasNextPage", more}, {"endCursor", std::to_string(last)}}}};
    return reply(200, json_line(json{{"data", {{"group", {{"runners", connection}}}}}}));
  }

  HttpReply manual_jobs(const json& body) const {
    json nodes = json::array();
    for (const auto& [id, project] : projects) {
      if (project.path != body["variables"]["path"]) continue;
      for (const auto& [job_id, job] : project.jobs) {
        if (job["status"] != "pending") continue;
        nodes.push_back({{"id", "gid://gitlab/Ci::Build/" + std::to_string(job_id)},
                         {"manualJob", project.manual.contains(job_id)}});
      }
    }
    return reply(200, json_line(json{{"data", {{"project", {{"jobs", {{"nodes", nodes}}}}}}}}));
  }

  HttpReply of_project(const WorldProject& project, const HttpCall& call) const {
    const auto asks = [&call](std::string_view what) { return call.url.find(what) != std::string::npos; };
    if (asks("/jobs?")) return jobs_page(project, call);
    std::vector<json> list;
    if (asks("/protected_branches")) {
      for (const auto& name : project.protected_branches) list.push_back({{"name", name}});
    } else if (asks("/members/all")) {
      for (const auto& [id, level] : project.members) list.push_back({{"id", id}, {"access_level", level}});
    } else if (asks("/merge_requests")) {
      for (const auto& [iid, request] : project.merge_requests) list.push_back(request);
    }
    return page(list, call);
  }

  HttpReply jobs_page(const WorldProject& project, const HttpCall& call) const {
    std::vector<json> list;
    for (auto job = project.jobs.rbegin(); job != project.jobs.rend(); ++job) {
      const std::string scope = "scope%5B%5D=" + job->second["status"].get<std::string>() + "&";
      if (call.url.find(scope) != std::string::npos) list.push_back(job->second);
    }
    return page(list, call);
  }
};

}  // namespace runneriq::gitlab
