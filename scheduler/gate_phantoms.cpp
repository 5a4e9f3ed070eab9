#include "scheduler/gate_phantoms.hpp"

#include "scheduler/gate_words.hpp"

#include <algorithm>

namespace runneriq::scheduler {
namespace {

const PendingJob* pending(const FleetSnapshot& fleet, const JobKey& key) {
  const auto found = std::find_if(fleet.jobs.begin(), fleet.jobs.end(),
                                  [&](const PendingJob& job) { return job.key == key; });
  return found == fleet.jobs.end() ? nullptr : &*found;
}

bool is_idle_under_cut(const GatedRunner& runner) {
  return runner.cut && runner.has_free_slot && takes_jobs(*runner.runner);
}

// Since when it is free; now, when that is new or the clock was set back.
Time free_since(const RunnerKey& runner, Time now, GateMemory& memory) {
  Time& since = memory.free_since.try_emplace(runner, now).first->second;
  since = std::min(since, now);
  return since;
}

void remember_pair(const FleetSnapshot& fleet, const GatedRunner& runner, Duration idle, GateMemory& memory,
                   std::vector<std::string>& sentences) {
  const PendingJob* const cause = runner.gate->cause ? pending(fleet, *runner.gate->cause) : nullptr;
  if (cause == nullptr) return;
  if (!memory.phantoms.insert({runner.runner->key, cause->key}).second) return;
  sentences.push_back(words_of_phantom(*runner.runner, *cause, idle));
}

}  // namespace

void forget_the_gone(const FleetSnapshot& fleet, GateMemory& memory) {
  std::set<RunnerKey> runners;
  for (const FleetRunner& runner : fleet.runners) runners.insert(runner.key);
  const auto is_gone = [&](const RunnerKey& runner) { return !runners.contains(runner); };
  std::erase_if(memory.free_since, [&](const auto& entry) { return is_gone(entry.first); });
  std::erase_if(memory.open, is_gone);
  if (memory.phantoms.empty()) return;
  std::set<JobKey> jobs;
  for (const PendingJob& job : fleet.jobs) jobs.insert(job.key);
  std::erase_if(memory.phantoms,
                [&](const auto& pair) { return is_gone(pair.first) || !jobs.contains(pair.second); });
}

Idle find_idle(const GateInput& input, const GateFleet& fleet, const GateOptions& options,
               GateMemory& memory) {
  Idle idle{.open_now = fleet.nobody(), .sentences = {}};
  std::map<RunnerKey, Time> still_free;
  for (std::size_t row = 0; row < fleet.size(); ++row) {
    const GatedRunner& runner = fleet.at(row);
    if (!is_idle_under_cut(runner)) continue;
    const Time since = free_since(runner.runner->key, input.fleet.now, memory);
    still_free.emplace(runner.runner->key, since);
    const Duration free_for = input.fleet.now - since;
    if (free_for < options.phantom_after) continue;
    idle.open_now.add(row);
    remember_pair(input.fleet, runner, free_for, memory, idle.sentences);
  }
  memory.free_since = std::move(still_free);
  return idle;
}

Phantoms phantoms_by_job(const GateFleet& fleet, const GateMemory& memory) {
  Phantoms phantoms;
  if (memory.phantoms.empty()) return phantoms;
  std::map<RunnerKey, std::size_t> rows;
  for (std::size_t row = 0; row < fleet.size(); ++row) rows.emplace(fleet.at(row).runner->key, row);
  for (const auto& [runner, job] : memory.phantoms) {
    const auto row = rows.find(runner);
    if (row != rows.end()) phantoms.try_emplace(job, fleet.nobody()).first->second.add(row->second);
  }
  return phantoms;
}

}  // namespace runneriq::scheduler
