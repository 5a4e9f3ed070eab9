#include "scheduler/sqlite/builds_numbers.hpp"

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

namespace runneriq::scheduler {
namespace {

using platform::Database;

struct Reservation {
  GitLabUrl gitlab;
  ProjectId project;
  int number = 0;
  Owner owner;
};

Result<std::vector<Reservation>> all_reservations(Database& database) {
  auto row = database.query(
      "SELECT gitlab, project, number, attempt, boot, runner_pid, runner_start FROM builds_numbers");
  if (!row) return fail(std::move(row.error()));
  std::vector<Reservation> reservations;
  while (true) {
    const auto more = row->step();
    if (!more) return fail(more.error());
    if (!*more) return reservations;
    const ProcessIdentity runner{row->text(4), row->integer(5), static_cast<std::uint64_t>(row->integer(6))};
    reservations.push_back({GitLabUrl{row->text(0)}, ProjectId{row->integer(1)},
                            static_cast<int>(row->integer(2)), Owner{runner, AttemptId{row->text(3)}}});
  }
}

int smallest_not_in(const std::set<int>& taken) {
  int number = 0;
  while (taken.contains(number)) ++number;
  return number;
}

Result<void> put(Database& database, const Reservation& reservation) {
  const ProcessIdentity& runner = reservation.owner.runner;
  return database.execute("INSERT INTO builds_numbers VALUES (?, ?, ?, ?, ?, ?, ?)",
                          reservation.gitlab.value(), reservation.project.value(), reservation.number,
                          reservation.owner.attempt.value(), runner.boot_id, runner.pid, runner.start_ticks);
}

}  // namespace

Result<int> reserve_builds_number(Database& database, const GitLabUrl& gitlab, ProjectId project,
                                  const Owner& owner, const LifeProbe& life) {
  const auto reservations = all_reservations(database);
  if (!reservations) return fail(reservations.error());
  std::set<int> taken;
  for (const Reservation& other : *reservations) {
    // The folders of two GitLabs are the same: their projects may have the same number.
    const bool same_project = other.project == project;
    if (other.owner.attempt == owner.attempt && other.gitlab == gitlab && same_project) return other.number;
    if (life.process_lives(other.owner.runner) && life.attempt_lives(other.owner.attempt)) {
      if (same_project) taken.insert(other.number);
    } else if (auto released = release_builds_numbers(database, other.owner.attempt); !released) {
      return fail(released.error());
    }
  }
  const int number = smallest_not_in(taken);
  if (auto stored = put(database, {gitlab, project, number, owner}); !stored) return fail(stored.error());
  return number;
}

Result<void> release_builds_numbers(Database& database, const AttemptId& attempt) {
  return database.execute("DELETE FROM builds_numbers WHERE attempt = ?", attempt.value());
}

}  // namespace runneriq::scheduler
