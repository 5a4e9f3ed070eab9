#include "gitlab/rest/project_jobs.hpp"

#include "gitlab/replies.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

constexpr Duration kFinishedLast = 2min;
constexpr std::size_t kMostFinished = 300;  // at one look
constexpr std::size_t kMostEnded = 1000;    // remembered

// GitLab pages jobs by keyset in this order only (CursorBasedKeyset, Ci::Build).
constexpr std::string_view kByKeyset = "&pagination=keyset";
constexpr std::string_view kNewestFirst = "&order_by=id&sort=desc&per_page=100";

bool has_ended(const Job& job) {
  return job.status == JobStatus::success || job.status == JobStatus::failed;
}

bool is_in(const std::vector<Job>& by_id, JobId job) {
  return std::ranges::binary_search(by_id, job, {}, &Job::id);
}

}  // namespace

std::string ProjectJobs::path(std::string_view scopes, Time now) const {
  return "/api/v4/projects/" + std::to_string(project_.value()) + "/jobs?" + std::string(scopes) +
         std::string(keyset_refused_.holds(now) ? "" : kByKeyset) + std::string(kNewestFirst);
}

void ProjectJobs::ask_open_jobs(Sender& sender, Time now) {
  running_trouble_.reset();
  if (several_refused_.holds(now)) return ask_pending_jobs(sender, now);
  constexpr std::string_view kOpen =
      "scope%5B%5D=pending&scope%5B%5D=running&scope%5B%5D=waiting_for_resource";
  read_jobs(sender, now, kOpen, [this, &sender, now](Listed<Job> listed) {
    const bool doubtful =
        listed.items && standing_ == Standing::only_one &&
        std::ranges::find(*listed.items, JobStatus::pending, &Job::status) == listed.items->end() &&
        !doubted_.holds(now);
    if (!doubtful && (listed.items || listed.status != 400)) return take_open(std::move(listed), now);
    (doubtful ? doubted_ : several_refused_).remember(now);
    ask_pending_jobs(sender, now);
  });
}

// For what takes one scope at a time.
void ProjectJobs::ask_pending_jobs(Sender& sender, Time now) {
  read_jobs(sender, now, "scope%5B%5D=pending", [this, &sender, now](const Listed<Job>& waiting) {
    if (!waiting.items) return take_open(waiting, now);
    if (!waiting.items->empty()) several_refused_.remember(now);
    read_jobs(sender, now, "scope%5B%5D=running", [this, waiting, now](Listed<Job> running) {
      if (!running.items) running_trouble_ = running.items.error();
      Listed<Job> all = waiting;
      if (running.items) std::ranges::move(*running.items, std::back_inserter(*all.items));
      take_open(std::move(all), now);
    });
  });
}

void ProjectJobs::read_jobs(Sender& sender, Time now, std::string_view scopes, JobsDone done, Enough enough) {
  const auto take = [this, &sender, now, scopes, done = std::move(done), enough](Listed<Job> listed) {
    // GitLab's word for lists that it does not page by keyset.
    const bool refused = !listed.items && listed.status == 405 && !keyset_refused_.holds(now);
    if (!refused) return done(std::move(listed));
    keyset_refused_.remember(now);
    read_jobs(sender, now, scopes, done, enough);
  };
  read_pages<Job>(sender, {.path = path(scopes, now),
                           .parse = [id = project_](std::string_view json) { return parse_jobs(json, id); },
                           .done = take,
                           .enough = enough});
}

void ProjectJobs::take_open(Listed<Job> listed, Time now) {
  if (!listed.items) {
    const bool refused = listed.status == 403 || listed.status == 404;
    return refused ? open_.refuse(listed.items.error(), now) : open_.miss(listed.items.error(), now);
  }
  std::ranges::sort(*listed.items, {}, &Job::id);
  OpenJobs open;
  for (Job& job : *listed.items) {
    if (job.status == JobStatus::pending)
      open.pending.push_back(std::move(job));
    else if (job.status == JobStatus::running)
      open.running.push_back(std::move(job));
    else if (job.status == JobStatus::waiting_for_resource)
      open.waiting.push_back(std::move(job));
  }
  await_vanished(open);
  open_.keep(std::move(open), now);
}

void ProjectJobs::await_vanished(const OpenJobs& now_open) {
  for (const auto* jobs : {&pending(), &running(), &waiting()}) {
    for (const Job& job : *jobs) {
      const bool open = is_in(now_open.pending, job.id) || is_in(now_open.running, job.id) ||
                        is_in(now_open.waiting, job.id);
      if (!open && !ended_ids_.contains(job.id)) awaited_.insert(job.id);
    }
  }
}

bool ProjectJobs::finished_jobs_due(Time now) const {
  return !open_.refused() && (!awaited_.empty() || newest_.due(kFinishedLast, now));
}

// Jobs end in another order than they were made, so it looks back as far as a job is missed.
JobId ProjectJobs::oldest_wanted() const {
  const JobId newest = newest_.value().value_or(JobId{});
  return awaited_.empty() ? newest : std::min(newest, *awaited_.begin());
}

void ProjectJobs::ask_finished_jobs(Sender& sender, Time now) {
  const bool first_look = !newest_.value();
  const auto enough = [first_look, back_to = oldest_wanted()](const std::vector<Job>& jobs) {
    return first_look || jobs.empty() || jobs.size() >= kMostFinished || jobs.back().id <= back_to;
  };
  read_jobs(
      sender, now,
      several_refused_.holds(now) ? "scope%5B%5D=success" : "scope%5B%5D=success&scope%5B%5D=failed",
      [this, now](Listed<Job> listed) { take_finished(std::move(listed), now); }, enough);
}

void ProjectJobs::take_finished(Listed<Job> listed, Time now) {
  if (!listed.items) return newest_.miss(std::move(listed.items.error()), now);
  // Not every GitLab heeds the scopes.
  std::erase_if(*listed.items, [](const Job& job) { return !has_ended(job); });
  std::ranges::sort(*listed.items, {}, &Job::id);
  JobId newest = newest_.value().value_or(JobId{});
  for (Job& job : *listed.items) {
    newest = std::max(newest, job.id);
    if (ended_ids_.contains(job.id)) continue;
    remember(job);
    just_finished_.push_back(std::move(job));
  }
  awaited_.clear();
  newest_.keep(newest, now);
}

void ProjectJobs::remember(const Job& job) {
  Job short_one;
  short_one.id = job.id;
  short_one.project = job.project;
  short_one.pipeline = job.pipeline;
  short_one.name = job.name;
  ended_.push_back(std::move(short_one));
  ended_ids_.insert(job.id);
  if (ended_.size() <= kMostEnded) return;
  ended_ids_.erase(ended_.front().id);
  ended_.erase(ended_.begin());
}

const std::vector<Job>& ProjectJobs::pending() const {
  static const std::vector<Job> kNone;
  return open_.value() ? open_.value()->pending : kNone;
}

const std::vector<Job>& ProjectJobs::running() const {
  static const std::vector<Job> kNone;
  return open_.value() ? open_.value()->running : kNone;
}

const std::vector<Job>& ProjectJobs::waiting() const {
  static const std::vector<Job> kNone;
  return open_.value() ? open_.value()->waiting : kNone;
}

bool ProjectJobs::is_open(JobId job) const {
  return !ended_ids_.contains(job) && (is_in(pending(), job) || is_in(running(), job));
}

void ProjectJobs::report(const std::string& title, FleetReading& reading) const {
  const auto still_open = [this](const Job& job) { return !ended_ids_.contains(job.id); };
  std::vector<Job> queue;
  std::ranges::copy_if(pending(), std::back_inserter(queue), still_open);
  mark_retries(queue, ended_);
  const Duration since = std::max(reading.read_at - open_.read_at().value_or(reading.read_at), Duration{0});
  if (since > Duration{0} && open_.value()) reading.jobs_age[project_] = since;
  for (Job& job : queue) {
    if (job.queued) *job.queued += since;  // GitLab's figure is of the moment of its answer
  }
  std::ranges::move(queue, std::back_inserter(reading.pending));
  std::ranges::copy_if(running(), std::back_inserter(reading.running), still_open);
  std::ranges::copy(just_finished_, std::back_inserter(reading.finished));
  if (auto stale = open_.stale("jobs of " + title, reading.read_at)) {
    stale->essential = !open_.refused() || standing_ == Standing::only_one;
    reading.stale.push_back(std::move(*stale));
  }
  if (running_trouble_)
    reading.stale.push_back({.what = "running jobs of " + title,
                             .why = running_trouble_->message,
                             .age = std::nullopt,
                             .code = running_trouble_->code});
  if (auto stale = newest_.stale("finished jobs of " + title, reading.read_at)) {
    stale->essential = false;
    reading.stale.push_back(std::move(*stale));
  }
}

}  // namespace runneriq::gitlab
