#include "cli/status_document.hpp"

#include "cli/job_document.hpp"
#include "cli/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

namespace runneriq::cli {
namespace {

using nlohmann::json;

int whole_at(const json& object, const char* key) {
  return static_cast<int>(integer_at(object, key));
}

std::string state_of(const json& runner) {
  if (flag_at(runner, "paused")) return "paused";
  if (flag_at(runner, "takes_jobs")) {
    return whole_at(runner, "active_jobs") < whole_at(runner, "max_jobs") ? "free" : "full";
  }
  return flag_at(runner, "online") ? "silent" : text_at(runner, "status");
}

void count(json& counts, const std::string& what) {
  counts[what] = counts.value(what, 0) + 1;
}

json runners_at_a_glance(const json& runners) {
  json by_state = json::object();
  for (const json& runner : runners) count(by_state, state_of(runner));
  return {{"total", runners.size()}, {"by_state", by_state}};
}

// Of the runners that take jobs.
json slots_at_a_glance(const json& runners) {
  int total = 0, busy = 0;
  for (const json& runner : runners) {
    if (!flag_at(runner, "takes_jobs")) continue;
    total += whole_at(runner, "max_jobs");
    busy += std::min(whole_at(runner, "active_jobs"), whole_at(runner, "max_jobs"));
  }
  return {{"total", total}, {"busy", busy}};
}

json pending_at_a_glance(const json& jobs) {
  json by_class{{"CRITICAL", 0}, {"HIGH", 0}, {"MEDIUM", 0}, {"LOW", 0}};
  for (const json& job : jobs) count(by_class, text_at(job, "class"));
  return {{"total", jobs.size()}, {"by_class", by_class}};
}

json oldest_of(const json& jobs) {
  const auto oldest =
      std::ranges::max_element(jobs, {}, [](const json& job) { return number_at(job, "queued_seconds"); });
  if (oldest == jobs.end()) return nullptr;
  return {{"job_id", (*oldest)["id"]},   {"gitlab", (*oldest)["gitlab"]},
          {"name", (*oldest)["name"]},   {"project", (*oldest)["project"]},
          {"class", (*oldest)["class"]}, {"queued_seconds", (*oldest)["queued_seconds"]}};
}

json place_in_queue(std::size_t position, const json& job, const json& assignment) {
  json place{{"position", position}, {"job_id", job["id"]}};
  for (const char* fact : {"gitlab", "project_id", "project", "pipeline_id", "name", "stage", "ref", "class",
                           "score", "queued_seconds", "expected_seconds"}) {
    place[fact] = job[fact];
  }
  for (const char* fact : {"expected_start", "waits_for_slot", "decision", "runner_id", "runner"}) {
    if (const auto found = assignment.find(fact); found != assignment.end()) place[fact] = *found;
  }
  return place;
}

json places(const json& tick) {
  const json& jobs = list_at(tick["analyzer"], "jobs");
  const json& assignments = list_at(tick["assigner"], "assignments");
  json queue = json::array();
  for (std::size_t at = 0; at < jobs.size(); ++at) {
    queue.push_back(
        place_in_queue(at + 1, jobs[at], at < assignments.size() ? assignments[at] : json::object()));
  }
  return queue;
}

json running_on_host(const scheduler::RunningJob& job, Time now) {
  return {{"job_id", job.key.job.value()},
          {"gitlab", job.key.gitlab.value()},
          {"running_seconds", seconds_of(std::max(now - job.started, Duration::zero()))},
          {"expected_seconds", seconds_of(job.expected.median)}};
}

json held_on_host(const scheduler::HostQueue& host, const scheduler::HeldJob& job, std::size_t position,
                  Time now) {
  const Duration waited = job.queued_in_gitlab + std::max(now - job.arrived, Duration::zero());
  return {{"position", position},
          {"job_id", job.key.job.value()},
          {"gitlab", job.key.gitlab.value()},
          {"name", job.job_name},
          {"class", scheduler::to_text(scheduler::escalated(job.job_class, waited))},
          {"score", job.score},
          {"waited_seconds", seconds_of(waited)},
          {"expected_start", time_or_null(scheduler::expected_start(host, position, now))},
          {"hold_until", to_text(job.hold_until)}};
}

json host_document(const scheduler::HostQueue& host, Time now) {
  json running = json::array(), held = json::array();
  for (const scheduler::RunningJob& job : host.running) running.push_back(running_on_host(job, now));
  for (const scheduler::HeldJob& job : scheduler::in_order(host.held, now)) {
    held.push_back(held_on_host(host, job, held.size() + 1, now));
  }
  return {{"slots", host.slots}, {"running", running}, {"held", held}};
}

}  // namespace

json status_document(const json& tick) {
  const json& runners = list_at(tick["monitor"], "runners");
  const json& jobs = list_at(tick["analyzer"], "jobs");
  return {{"now", tick["now"]},
          {"run", tick["run"]},
          {"mode", tick["mode"]},
          {"runners", runners_at_a_glance(runners)},
          {"slots", slots_at_a_glance(runners)},
          {"pending", pending_at_a_glance(jobs)},
          {"oldest", oldest_of(jobs)},
          {"split", tick["assigner"]["split"]},
          {"changes", tick["monitor"]["changes"]},
          {"stuck_jobs", tick["monitor"]["stuck_jobs"]},
          {"flags", tick["analyzer"]["flags"]},
          {"degraded", tick["degraded"]},
          {"api", tick["api"]}};
}

json queue_document(const json& tick, const std::optional<scheduler::HostQueue>& host, Time now) {
  return {{"now", tick["now"]},
          {"queue", places(tick)},
          {"host", host ? host_document(*host, now) : json(nullptr)},
          {"degraded", tick["degraded"]}};
}

}  // namespace runneriq::cli
