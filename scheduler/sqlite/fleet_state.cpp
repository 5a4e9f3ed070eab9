#include "scheduler/sqlite/fleet_state.hpp"

#include "core/printable.hpp"
#include "scheduler/sqlite/finished_jobs.hpp"
#include "scheduler/sqlite/fleet_schema.hpp"
#include "scheduler/sqlite/kept_decisions.hpp"
#include "scheduler/sqlite/known_runners.hpp"
#include "scheduler/sqlite/scored_jobs.hpp"

namespace runneriq::scheduler {
namespace {

using platform::Database;

Result<Recollection> read_recollection(Database& database, const GitLabNumbers& gitlabs, Time now) {
  auto runners = known_runners(database, gitlabs, now);
  if (!runners) return fail(std::move(runners.error()));
  auto scores = score_histories(database, gitlabs, now);
  if (!scores) return fail(std::move(scores.error()));
  auto shares = reliability(database, gitlabs, now);
  if (!shares) return fail(std::move(shares.error()));
  return Recollection{std::move(*runners), std::move(*scores), std::move(*shares)};
}

Result<std::vector<JobHistory>> read_histories(Database& database, const GitLabNumbers& gitlabs,
                                               std::span<const HistoryKey> keys, Time since) {
  std::vector<JobHistory> histories;
  histories.reserve(keys.size());
  for (const HistoryKey& key : keys) {
    auto history = job_history(database, gitlabs, key, since);
    if (!history) return fail(std::move(history.error()));
    histories.push_back(std::move(*history));
  }
  return histories;
}

Result<void> write_observation(Database& database, GitLabNumbers& gitlabs, const Observation& observation,
                               Time now) {
  if (auto done = remember_runners(database, gitlabs, observation.seen, observation.runners); !done)
    return done;
  if (auto done = remember_finished(database, gitlabs, observation.finished); !done) return done;
  if (auto done = remember_scored(database, gitlabs, observation.scored, now); !done) return done;
  return remember_samples(database, gitlabs, observation.samples, now);
}

Result<void> prune(Database& database, Time now) {
  if (auto done = forget_old_runners(database, now); !done) return done;
  for (const auto forget :
       {forget_old_finished, forget_old_scored, forget_old_samples, forget_old_decisions}) {
    if (auto done = forget(database, now, kPrunedPerCall); !done) return done;
  }
  return {};
}

Result<void> put_all(Database& database, std::span<const KeptDecision> decisions) {
  auto gitlabs = GitLabNumbers::read(database);
  if (!gitlabs) return fail(std::move(gitlabs.error()));
  for (const KeptDecision& decision : decisions) {
    if (auto put = put_decision(database, *gitlabs, decision); !put) return put;
  }
  return {};
}

}  // namespace

Result<FleetState> FleetState::open(FleetStateSettings settings) {
  auto file = platform::StateFile::open(fleet_file(), std::move(settings.path), settings.patience);
  if (!file) return fail(std::move(file.error()));
  return FleetState{std::move(*file)};
}

// Without a lock where it can be; a file that was damaged or replaced is repaired on the other way.
Result<void> FleetState::look(const View& view) {
  const auto work = [&](Database& database) -> Result<void> {
    const auto gitlabs = GitLabNumbers::read(database);
    if (!gitlabs) return fail(gitlabs.error());
    return view(database, *gitlabs);
  };
  if (file_.look(work)) return {};
  return file_.change(work);
}

Result<Recollection> FleetState::recall(Time now) {
  now_ = now;
  Recollection recollection;
  auto looked = look([&](Database& database, const GitLabNumbers& gitlabs) {
    return read_recollection(database, gitlabs, now).map([&](Recollection read) {
      recollection = std::move(read);
    });
  });
  if (!looked) return fail(std::move(looked.error()));
  return recollection;
}

Result<std::vector<JobHistory>> FleetState::histories(std::span<const HistoryKey> keys) {
  const Time since = now_ ? *now_ - kFinishedKept : Time{};
  std::vector<JobHistory> histories;
  auto looked = look([&](Database& database, const GitLabNumbers& gitlabs) {
    return read_histories(database, gitlabs, keys, since).map([&](std::vector<JobHistory> read) {
      histories = std::move(read);
    });
  });
  if (!looked) return fail(std::move(looked.error()));
  return histories;
}

Result<std::vector<HeardJob>> FleetState::finished_after(std::int64_t number, Time since, std::size_t most) {
  std::vector<HeardJob> heard;
  auto looked = look([&](Database& database, const GitLabNumbers& gitlabs) {
    return scheduler::finished_after(database, gitlabs, number, since, most)
        .map([&](std::vector<HeardJob> read) { heard = std::move(read); });
  });
  if (!looked) return fail(std::move(looked.error()));
  return heard;
}

Result<void> FleetState::remember(const Observation& observation, Time now) {
  now_ = now;
  return file_.change([&](Database& database) -> Result<void> {
    auto gitlabs = GitLabNumbers::read(database);
    if (!gitlabs) return fail(std::move(gitlabs.error()));
    if (auto written = write_observation(database, *gitlabs, observation, now); !written) return written;
    return prune(database, now);
  });
}

Result<void> FleetState::keep(std::span<const KeptDecision> decisions) {
  if (decisions.empty()) return {};
  return file_.change([&](Database& database) { return put_all(database, decisions); });
}

Result<KeptDecision> FleetState::decision(const GitLabUrl& gitlab, JobId job) {
  std::optional<KeptDecision> found;
  auto looked = look([&](Database& database, const GitLabNumbers& gitlabs) {
    return find_decision(database, gitlabs, gitlab, job).map([&](std::optional<KeptDecision> read) {
      found = std::move(read);
    });
  });
  if (!looked) return fail(std::move(looked.error()));
  if (found) return std::move(*found);
  const std::string where = gitlab.value().empty() ? "" : " of " + printable(gitlab.value());
  return fail(Errc::not_found, "no decision about job " + std::to_string(job.value()) + where +
                                   " is kept: decisions of the last 7 days are");
}

}  // namespace runneriq::scheduler
