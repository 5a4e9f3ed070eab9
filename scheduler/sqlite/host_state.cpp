#include "scheduler/sqlite/host_state.hpp"

#include "scheduler/sqlite/builds_numbers.hpp"
#include "scheduler/sqlite/outcomes.hpp"
#include "scheduler/sqlite/place.hpp"
#include "scheduler/sqlite/round.hpp"
#include "scheduler/sqlite/schema.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace runneriq::scheduler {
namespace {

using platform::Database;

bool has_place(const std::vector<Place>& places, const JobKey& key) {
  return std::ranges::find(places, key, &Place::key) != places.end();
}

// Reads the places, and the history unless the estimate is known already, and plays a round.
Result<Round> read_round(Database& database, Asking& asking, const LifeProbe& life) {
  const auto places = all_places(database);
  if (!places) return fail(places.error());
  if (!asking.expected && !has_place(*places, asking.request.key)) {
    const auto samples = duration_samples(database, asking.request.history);
    if (!samples) return fail(samples.error());
    asking.expected = estimate(*samples);
  }
  return play_round(*places, asking, life);
}

Result<void> write_round(Database& database, const Round& round, Time now) {
  for (const JobKey& key : round.gone) {
    if (auto removed = remove_place(database, key); !removed) return removed;
  }
  for (const Place& place : round.ended) {
    if (auto left = leave_place(database, place.key, place.attempt, now); !left) return left;
  }
  return put_place(database, round.own);
}

AnswerInTurn answer_of(Round round) {
  return {std::move(round.answer), round.slot_left_to_others};
}

// Keeps what `made` holds, or passes its error on.
template <class Value>
Result<void> keep(Result<Value> made, std::optional<Value>& kept) {
  if (!made) return fail(std::move(made.error()));
  kept = std::move(*made);
  return {};
}

Result<HostSnapshot> snapshot_of(Database& database, const HostStateSettings& settings, Time now) {
  const auto places = all_places(database);
  if (!places) return fail(places.error());
  const auto outcomes = database.number("SELECT count(*) FROM outcomes");
  if (!outcomes) return fail(outcomes.error());
  const auto undelivered = database.number("SELECT count(*) FROM outcomes WHERE delivered = 0");
  if (!undelivered) return fail(undelivered.error());
  const auto builds = database.number("SELECT count(*) FROM builds_numbers");
  if (!builds) return fail(builds.error());
  return HostSnapshot{living_queue(*places, settings.slots, now, settings.life), *outcomes, *undelivered,
                      *builds};
}

}  // namespace

Result<HostState> HostState::open(HostStateSettings settings) {
  auto file = platform::StateFile::open(host_file(), settings.path, settings.patience);
  if (!file) return fail(std::move(file.error()));
  return HostState{std::move(settings), std::move(*file)};
}

Result<Admission> HostState::ask(const AdmissionRequest& request, Time now) {
  auto answer = ask_in_turn(request, Turn::own_order, now);
  if (!answer) return fail(std::move(answer.error()));
  return std::move(answer->admission);
}

Result<AnswerInTurn> HostState::ask_in_turn(const AdmissionRequest& request, Turn turn, Time now) {
  Asking asking{.request = request,
                .runner = settings_.runner,
                .prepare = settings_.prepare,
                .expected = std::nullopt,
                .slots = settings_.slots,
                .now = now,
                .turn = turn};
  std::optional<Round> round;
  const auto play = [&](Database& database) {
    return keep(read_round(database, asking, settings_.life), round);
  };
  const auto looked = file_.look(play);
  if (looked && !round->own_changed) return answer_of(std::move(*round));
  auto settled = file_.change([&](Database& database) -> Result<void> {
    if (auto played = play(database); !played) return played;
    return round->own_changed ? write_round(database, *round, now) : Result<void>{};
  });
  if (!settled) return fail(std::move(settled.error()));
  return answer_of(std::move(*round));
}

Result<void> HostState::leave(const JobKey& key, const AttemptId& attempt, Time now) {
  return file_.change([&](Database& database) -> Result<void> {
    if (auto left = leave_place(database, key, attempt, now); !left) return left;
    return release_builds_numbers(database, attempt);
  });
}

Result<int> HostState::reserve(const GitLabUrl& gitlab, ProjectId project, const AttemptId& attempt) {
  const Owner owner{settings_.runner, attempt};
  std::optional<int> number;
  auto reserved = file_.change([&](Database& database) {
    return keep(reserve_builds_number(database, gitlab, project, owner, settings_.life), number);
  });
  if (!reserved) return fail(std::move(reserved.error()));
  return *number;
}

Result<void> HostState::record(const JobOutcome& outcome) {
  return file_.change([&](Database& database) { return record_outcome(database, outcome); });
}

Result<std::vector<JobOutcome>> HostState::undelivered(std::size_t most) {
  std::optional<std::vector<JobOutcome>> found;
  auto read =
      file_.look([&](Database& database) { return keep(undelivered_outcomes(database, most), found); });
  if (!read) return fail(std::move(read.error()));
  return std::move(*found);
}

Result<void> HostState::mark_delivered(std::span<const JobOutcome> outcomes) {
  return file_.change([&](Database& database) { return mark_outcomes_delivered(database, outcomes); });
}

Result<HostSnapshot> HostState::snapshot(Time now) {
  std::optional<HostSnapshot> seen;
  const auto work = [&](Database& database) { return keep(snapshot_of(database, settings_, now), seen); };
  if (auto looked = file_.look(work); !looked) {
    if (auto repaired = file_.change(work); !repaired) return fail(std::move(repaired.error()));
  }
  return std::move(*seen);
}

}  // namespace runneriq::scheduler
