#include "gitlab/rest/project_list.hpp"

#include "core/percent_encoding.hpp"
#include "gitlab/json_reader.hpp"
#include "gitlab/replies.hpp"
#include "gitlab/rest/trouble.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

constexpr Duration kProjectsLast = 10min;
constexpr int kMostPages = 50;

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Projects that were only shared with the group have runners of their own.
std::string list_path(const FleetOptions& fleet) {
  if (fleet.group.empty()) {
    return "/api/v4/"
           "projects?membership=true&archived=false&pagination=keyset&order_by=id&sort=asc&per_page=100";
  }
  return "/api/v4/groups/" + percent_encoded(fleet.group) +
         "/projects?include_subgroups=true&with_shared=false&archived=false&order_by=id&sort=asc&per_page="
         "100";
}

Result<std::string> parse_group_path(std::string_view json) {
  const auto group = read_object(json);
  if (!group) return fail(group.error());
  std::string path = text_in(*group, "full_path");
  if (path.empty()) return fail(Errc::corrupt, "a group without full_path");
  return path;
}

}  // namespace

void ProjectList::ask(Sender& sender, Time now) {
  if (fleet_.project.empty() && !fleet_.group.empty()) ask_group_path(sender, now);
  if (!std::exchange(doubted_, false) && !list_.due(kProjectsLast, now)) return;
  if (fleet_.project.empty()) {
    read_pages<Project>(sender,
                        {.path = list_path(fleet_),
                         .parse = parse_projects,
                         .done = [this, now](Listed<Project> l) { take(l.status, std::move(l.items), now); },
                         .most_pages = kMostPages,
                         .may_end_empty = true});
    return;
  }
  read_one<Project>(sender, Question::get("/api/v4/projects/" + percent_encoded(fleet_.project)),
                    parse_project, [this, now](int status, const Result<Project>& project) {
                      if (!project) return take(status, fail(project.error()), now);
                      if (project->id == ProjectId{}) {
                        return take(status, fail(Errc::corrupt, "the answer is no project"), now);
                      }
                      take(status, std::vector<Project>{*project}, now);
                    });
}

void ProjectList::ask_group_path(Sender& sender, Time now) {
  if (!is_number(fleet_.group) || !group_path_.due(kProjectsLast, now)) return;
  read_one<std::string>(sender, Question::get("/api/v4/groups/" + fleet_.group + "?with_projects=false"),
                        parse_group_path, [this, now](int, const Result<std::string>& path) {
                          if (path) return group_path_.keep(*path, now);
                          group_path_.miss(path.error(), now);
                        });
}

void ProjectList::take(int status, Result<std::vector<Project>> projects, Time now) {
  status_ = status;
  if (!projects) {
    assume();
    return list_.miss(std::move(projects.error()), now);
  }
  if (fleet_.project.empty())
    std::erase_if(*projects, [](const Project& project) { return project.archived; });
  std::ranges::sort(*projects, {}, &Project::id);
  // An empty page ends this list without a word, and would take projects away for ten minutes.
  if (lacks_known(*projects) && !std::exchange(shrunk_, true))
    return list_.miss({Errc::corrupt, "some are missing now; asked once more"}, now);
  shrunk_ = false;
  list_.keep(std::move(*projects), now);
}

bool ProjectList::lacks_known(const std::vector<Project>& projects) const {
  return list_.value() && !std::ranges::includes(projects, *list_.value(), {}, &Project::id, &Project::id);
}

// Its number is enough to ask for its jobs.
void ProjectList::assume() {
  std::int64_t number = 0;
  const std::string& text = fleet_.project;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number <= 0) return;
  Project project;
  project.id = ProjectId{number};
  assumed_.assign(1, std::move(project));
}

const std::vector<Project>& ProjectList::projects() const {
  return list_.value() ? *list_.value() : assumed_;
}

std::optional<RunnerOwner> ProjectList::owner() const {
  if (!fleet_.project.empty()) {
    if (!is_number(fleet_.project)) return RunnerOwner{RunnerOwner::Kind::project, fleet_.project};
    if (projects().empty() || projects().front().path.empty()) return std::nullopt;
    return RunnerOwner{RunnerOwner::Kind::project, projects().front().path};
  }
  if (fleet_.group.empty()) return RunnerOwner{};
  if (!is_number(fleet_.group)) return RunnerOwner{RunnerOwner::Kind::group, fleet_.group};
  if (!group_path_.value()) return std::nullopt;
  return RunnerOwner{RunnerOwner::Kind::group, *group_path_.value()};
}

void ProjectList::report(FleetReading& reading) const {
  reading.projects = projects();
  if (auto stale = list_.stale("the list of projects", reading.read_at)) {
    if (!list_.value()) stale->why = with_remedy({status_, *list_.trouble()}, fleet_.url).message;
    reading.stale.push_back(std::move(*stale));
  }
}

}  // namespace runneriq::gitlab
