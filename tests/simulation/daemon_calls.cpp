// What a daemon sees of GitLab and sends to it, with faults and mutants.
#include "core/tag_names.hpp"
#include "tests/simulation/daemon.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::scheduler::sim {
namespace {

using namespace std::chrono_literals;
using Kind = gitlab::WriteOutcome::Kind;

std::string name(RunnerId runner) {
  return "runner " + std::to_string(runner.value());
}

gitlab::WriteOutcome outcome(Kind kind, Errc code, std::string why) {
  return {.kind = kind, .after = {}, .error = {code, std::move(why)}};
}

std::vector<std::string> list(const TagSet& tags) {
  return {tags.begin(), tags.end()};
}

}  // namespace

// What the monitor would give.
FleetSnapshot Daemon::snapshot() const {
  FleetSnapshot fleet;
  fleet.now = now().wall;
  fleet.histories.push_back({.estimate = estimate({}), .fleet_average = {}, .by_runner = {}});
  for (const auto& [id, runner] : world_.runners) {
    if (runner.gone) continue;
    FleetRunner row;
    row.key = {GitLabUrl{std::string(kGitLab)}, id};
    row.description = "docker-" + std::to_string(id.value());
    row.traits.tags =
        list(mutant_ == Mutant::no_sweep ? united(runner.users, *runner.rest.begin()) : runner.tags);
    row.traits.run_untagged = runner.run_untagged;
    row.traits.type = gitlab::RunnerType::instance;
    row.status = runner.online ? gitlab::RunnerStatus::online : gitlab::RunnerStatus::offline;
    row.recent_contact = runner.online;
    row.paused = runner.paused;
    row.active_jobs = world_.busy(id);
    row.max_jobs = runner.slots;
    fleet.runners.push_back(std::move(row));
  }
  if (mutant_ == Mutant::ghost_runner_covers_all_pools) {
    FleetRunner ghost = fleet.runners.front();
    ghost.key.runner = RunnerId{999};
    ghost.traits.tags = list(united(with_all_lanes({}), {"docker", "gpu"}));
    ghost.status = gitlab::RunnerStatus::online;
    fleet.runners.push_back(std::move(ghost));
  }
  for (const SimJob& job : world_.jobs) {
    const JobKey key{GitLabUrl{std::string(kGitLab)}, job.id};
    const auto history = fleet.histories.size();
    fleet.histories.push_back(
        {.estimate = {.median = job.length, .p90 = job.length, .basis = EstimateBasis::job},
         .fleet_average = {},
         .by_runner = {}});
    if (job.runner) {
      fleet.running.push_back({.key = key,
                               .runner = RunnerKey{GitLabUrl{std::string(kGitLab)}, *job.runner},
                               .running = world_.now - (job.ends - job.length),
                               .history = history});
      continue;
    }
    PendingJob row;
    row.key = key;
    row.project = ProjectId{1};
    row.facts.name = "job";
    row.facts.ref = row.facts.default_branch = "main";
    row.facts.ref_protected = true;
    row.facts.wish = std::string(to_text(job.wish));
    row.traits = job.traits;
    row.queued = world_.now - job.created;
    row.history = history;
    fleet.jobs.push_back(std::move(row));
  }
  return fleet;
}

std::vector<Result<gitlab::RunnerTags>> Daemon::read(std::span<const RunnerId> runners, Time) {
  std::vector<Result<gitlab::RunnerTags>> all;
  for (const RunnerId id : runners) {
    Result<gitlab::RunnerTags> answer = fail(Errc::unavailable, "503");
    effect("GET of " + name(id), [&] {
      const auto found = world_.runners.find(id);
      if (!world_.token_is_valid) {
        answer = fail(Errc::permission, "401");
      } else if (take_arm({Fault::get_fails})) {
        return;
      } else if (found == world_.runners.end() || found->second.gone) {
        answer = fail(Errc::not_found, "404");
      } else {
        SimRunner& runner = found->second;
        gets_[id] = {runner.tags, runner.version, steps_};
        runner.looked = runner.version;
        first_gets_.try_emplace(id, gets_[id]);
        TagSet told = mutant_ == Mutant::cached_get ? first_gets_[id].tags : runner.tags;
        const auto believed = believed_.find(id);
        if (believed != believed_.end()) told = believed->second;
        answer = gitlab::RunnerTags{.runner = id, .tags = list(told), .run_untagged = runner.run_untagged};
      }
    });
    all.push_back(std::move(answer));
  }
  return all;
}

gitlab::TagWrite Daemon::mutated(gitlab::TagWrite write) {
  if (mutant_ == Mutant::marker_stripped) std::erase(write.tags, std::string(kSteeredTag));
  if (mutant_ == Mutant::drops_users_tag) std::erase(write.tags, std::string("docker"));
  if (mutant_ == Mutant::touches_managed) std::erase(write.tags, std::string(kManagedTag));
  return write;
}

std::vector<gitlab::WriteOutcome> Daemon::write(std::span<const gitlab::TagWrite> writes, Time deadline) {
  std::vector<gitlab::WriteOutcome> all;
  for (const gitlab::TagWrite& wanted : writes) {
    const gitlab::TagWrite write = mutated(wanted);
    const bool opens = std::ranges::find(write.tags, kSteeredTag) == write.tags.end();
    if (mutant_ == Mutant::cuts_before_opens && opens) {
      postponed_.push_back(write);
      believed_[write.runner] = set_of(write.tags);
      all.push_back(
          {.kind = Kind::applied, .after = {.runner = write.runner, .tags = write.tags}, .error = {}});
      continue;
    }
    all.push_back(send(write, deadline));
    if (mutant_ == Mutant::verification_lies) believed_[write.runner] = set_of(write.tags);
    if (mutant_ == Mutant::cuts_fleet_wide && !opens) {
      for (const auto& [id, runner] : world_.runners) {
        if (!is_managed(runner.tags)) continue;
        gets_[id] = {runner.tags, runner.version, steps_};
        TagSet tags = runner.tags;
        for (const std::string& lane : all_lanes()) {
          if (std::ranges::find(write.tags, lane) == write.tags.end()) tags.erase(lane);
        }
        tags.insert(std::string(kSteeredTag));
        if (tags != runner.tags) (void)send({.runner = id, .tags = list(tags)}, deadline);
      }
    }
  }
  const bool cuts = std::ranges::any_of(writes, [](const gitlab::TagWrite& write) {
    return std::ranges::find(write.tags, kSteeredTag) != write.tags.end();
  });
  if (cuts) {
    for (const gitlab::TagWrite& write : std::exchange(postponed_, {})) {
      believed_.erase(write.runner);
      (void)send(write, deadline);
    }
  }
  return all;
}

gitlab::WriteOutcome Daemon::send(const gitlab::TagWrite& write, Time deadline) {
  gitlab::WriteOutcome answer = outcome(Kind::refused, Errc::timed_out, "no time was left");
  std::optional<Arm> dies;
  effect("PUT of " + name(write.runner), [&] {
    if (now().wall >= deadline) return;
    const Get& get = gets_[write.runner];
    Put put{.daemon = number_,
            .runner = write.runner,
            .tags = set_of(write.tags),
            .read = get.tags,
            .version = get.version,
            .arrives = world_.now};
    judge(put, get.step == steps_);
    dies = take_arm({Fault::crash_and_late});
    if (dies) {
      put.arrives = world_.now + std::chrono::seconds{dies->number};
      world_.late.push_back(put);
      return;
    }
    answer = answered(put);
  });
  if (dies) throw Crash{};
  return answer;
}

gitlab::WriteOutcome Daemon::answered(const Put& put) {
  if (!world_.token_is_valid) return outcome(Kind::refused, Errc::permission, "401");
  if (world_.runners.at(put.runner).gone) return outcome(Kind::refused, Errc::not_found, "404");
  const auto arm = take_arm({Fault::reply_lost, Fault::comes_late, Fault::is_lost, Fault::is_refused});
  if (!arm) {
    world_.arrive(put, false);
    const SimRunner& runner = world_.runners.at(put.runner);
    return {.kind = Kind::applied,
            .after = {.runner = put.runner, .tags = list(runner.tags), .run_untagged = runner.run_untagged},
            .error = {}};
  }
  world_.note("the call goes wrong");
  if (arm->fault == Fault::is_refused) return outcome(Kind::refused, Errc::invalid_argument, "422");
  if (arm->fault == Fault::reply_lost) world_.arrive(put, false);
  if (arm->fault == Fault::comes_late) {
    ++world_.counts.late;
    Put later = put;
    later.arrives = world_.now + std::chrono::seconds{arm->number};
    world_.late.push_back(std::move(later));
  }
  return outcome(Kind::unknown, Errc::timed_out, "no answer");
}

}  // namespace runneriq::scheduler::sim
