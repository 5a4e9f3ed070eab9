#include "gitlab/rest/resource_groups.hpp"

#include "core/percent_encoding.hpp"
#include "gitlab/replies.hpp"
#include "gitlab/rest/address.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

constexpr Duration kListLasts = 10min;
constexpr Duration kQueueLasts = 20s;   // less than a usual poll
constexpr Duration kLeast = 5s;         // between two questions about one group, whatever has ended
constexpr std::size_t kMostGroups = 3;  // of one reading
constexpr int kMostPages = 5;

bool is_refusal(int status) {
  return status == 403 || status == 404;
}

}  // namespace

void ResourceGroups::attend(const ProjectJobs& jobs, Time now) {
  std::set<JobId> waiters;
  for (const Job& job : jobs.waiting()) waiters.insert(job.id);
  const bool more = !std::ranges::includes(waiters_, waiters);
  waiters_ = std::move(waiters);
  if (waiters_.empty()) queues_.clear();
  std::erase_if(queues_, [&](const auto& known) {
    const auto& queue = known.second.value();
    if (!queue || now - *known.second.read_at() < kLeast) return false;
    const bool ended = queue->holder && !jobs.is_open(*queue->holder);
    return ended || (more && !concerns_us(known.second));
  });
}

bool ResourceGroups::concerns_us(const Cached<Queue>& queue) const {
  if (!queue.value()) return false;
  return std::ranges::any_of(queue.value()->upcoming, [this](JobId job) { return waiters_.contains(job); });
}

bool ResourceGroups::is_explained(JobId waiter) const {
  return std::ranges::any_of(queues_, [waiter](const auto& known) {
    return known.second.value() && known.second.value()->upcoming.contains(waiter);
  });
}

bool ResourceGroups::some_unexplained() const {
  return !std::ranges::all_of(waiters_, [this](JobId waiter) { return is_explained(waiter); });
}

// Those that jobs of ours wait in first; then, while a job's group is not known, those that were not
// asked for longest.
std::vector<std::string> ResourceGroups::due_groups(Time now) const {
  if (!list_.value()) return {};
  const bool search = some_unexplained();
  std::vector<std::tuple<bool, Time, std::string>> due;
  for (const std::string& key : *list_.value()) {
    const auto known = queues_.find(key);
    const bool ours = known != queues_.end() && concerns_us(known->second);
    if (!ours && !search) continue;
    if (known != queues_.end() && !known->second.due(kQueueLasts, now)) continue;
    const auto read_at = known == queues_.end() ? std::nullopt : known->second.read_at();
    due.emplace_back(!ours, read_at.value_or(Time::min()), key);
  }
  std::ranges::sort(due);
  std::vector<std::string> keys;
  for (auto& [other, read_at, key] : due) keys.push_back(std::move(key));
  return keys;
}

bool ResourceGroups::due(Time now) const {
  if (waiters_.empty() || untold_.holds(now)) return false;
  const Duration lifetime = some_unexplained() ? kQueueLasts : kListLasts;
  return list_.due(lifetime, now) || !due_groups(now).empty();
}

void ResourceGroups::ask(Sender& sender, Time now) {
  if (!list_.due(some_unexplained() ? kQueueLasts : kListLasts, now)) return ask_groups(sender, now);
  const auto done = [this, &sender, now](Listed<std::string> listed) {
    take_list(std::move(listed), now);
    ask_groups(sender, now);
  };
  read_pages<std::string>(sender, {.path = address("?per_page=100"),
                                   .parse = parse_resource_groups,
                                   .done = done,
                                   .most_pages = kMostPages});
}

void ResourceGroups::take_list(Listed<std::string> listed, Time now) {
  if (listed.items) {
    list_.keep(std::move(*listed.items), now);
    std::erase_if(queues_, [this](const auto& known) {
      return std::ranges::find(*list_.value(), known.first) == list_.value()->end();
    });
  } else if (is_refusal(listed.status)) {
    list_.refuse(std::move(listed.items.error()), now);
  } else {
    list_.miss(std::move(listed.items.error()), now);
  }
}

void ResourceGroups::ask_groups(Sender& sender, Time now) {
  std::vector<std::string> keys = due_groups(now);
  keys.resize(std::min(keys.size(), kMostGroups));
  for (const std::string& key : keys) ask_upcoming(key, sender, now);
}

void ResourceGroups::ask_upcoming(const std::string& key, Sender& sender, Time now) {
  const auto done = [this, key, &sender, now](const Listed<Job>& listed) {
    if (!listed.items) return queues_[key].miss(listed.items.error(), now);
    Queue queue;
    for (const Job& job : *listed.items) queue.upcoming.insert(job.id);
    ask_holder(key, std::move(queue), sender, now);
  };
  read_pages<Job>(sender, {.path = address("/" + percent_encoded(key) + "/upcoming_jobs?per_page=100"),
                           .parse = [id = project_](std::string_view json) { return parse_jobs(json, id); },
                           .done = done,
                           .most_pages = kMostPages});
}

void ResourceGroups::ask_holder(const std::string& key, Queue queue, Sender& sender, Time now) {
  const bool ours = std::ranges::any_of(queue.upcoming, [this](JobId job) { return waiters_.contains(job); });
  if (!ours) return queues_[key].keep(std::move(queue), now);
  const auto done = [this, key, queue, now](int status, const Result<std::optional<JobId>>& holder) {
    if (!holder && status == 404) untold_.remember(now);
    if (!holder) return queues_[key].miss(holder.error(), now);
    untold_.has_worked();
    queues_[key].keep({.upcoming = queue.upcoming, .holder = *holder}, now);
  };
  read_one<std::optional<JobId>>(sender, Question::get(address("/" + percent_encoded(key) + "/current_job")),
                                 parse_current_job, done);
}

std::string ResourceGroups::address(const std::string& below) const {
  return "/api/v4/projects/" + std::to_string(project_.value()) + "/resource_groups" + below;
}

void ResourceGroups::report(const std::string& title, const ProjectJobs& jobs, FleetReading& reading) const {
  if (waiters_.empty()) return;
  for (const Job& waiter : jobs.waiting()) {
    for (const auto& [key, known] : queues_) {
      const auto& queue = known.value();
      if (!queue || !queue->upcoming.contains(waiter.id) || !queue->holder) continue;
      if (!jobs.is_open(*queue->holder)) continue;
      reading.held_resources.push_back({.waiter = waiter, .resource_group = key, .holder = *queue->holder});
      break;
    }
  }
  if (untold_.holds(reading.read_at)) return;  // nobody can mend that here
  const std::string what = "resource groups of " + title;
  std::optional<Stale> stale = list_.stale(what, reading.read_at);
  for (const auto& [key, known] : queues_) {
    if (!stale) stale = known.stale(what, reading.read_at);
  }
  if (!stale) return;
  stale->essential = false;
  reading.stale.push_back(std::move(*stale));
}

}  // namespace runneriq::gitlab
