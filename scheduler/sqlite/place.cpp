#include "scheduler/sqlite/place.hpp"

#include "platform/sqlite_columns.hpp"

#include <utility>

namespace runneriq::scheduler {
namespace {

using platform::Database;
using platform::Statement;

template <class Enum>
bool within(std::int64_t number, Enum last) {
  return number >= 0 && number <= static_cast<std::int64_t>(last);
}

// In the order of the columns below.
Result<Place> place_in(const Statement& row) {
  if (!within(row.integer(8), PlaceState::left) || !within(row.integer(15), JobClass::low) ||
      !within(row.integer(19), EstimateBasis::none)) {
    return fail(Errc::corrupt, "a row of the table of places has no meaning");
  }
  const std::string boot = row.text(3);
  return Place{
      .key = {GitLabUrl{row.text(0)}, JobId{row.integer(1)}},
      .attempt = AttemptId{row.text(2)},
      .runner = {boot, row.integer(4), static_cast<std::uint64_t>(row.integer(5))},
      .prepare = {boot, row.integer(6), static_cast<std::uint64_t>(row.integer(7))},
      .state = static_cast<PlaceState>(row.integer(8)),
      .arrived = platform::time_in(row, 9),
      .hold_until = platform::time_in(row, 10),
      .admitted_at = platform::optional_time_in(row, 11),
      .left_at = platform::optional_time_in(row, 12),
      .job_name = row.text(13),
      .score = row.real(14),
      .job_class = static_cast<JobClass>(row.integer(15)),
      .queued_in_gitlab = platform::duration_in(row, 16),
      .expected = {platform::duration_in(row, 17), platform::duration_in(row, 18),
                   static_cast<EstimateBasis>(row.integer(19))},
  };
}

}  // namespace

Result<std::vector<Place>> all_places(Database& database) {
  auto row = database.query(
      "SELECT gitlab, job, attempt, boot, runner_pid, runner_start, prepare_pid, prepare_start, state,"
      " arrived, hold_until, admitted_at, left_at, name, score, class, queued, expected, expected_p90,"
      " expected_basis FROM places");
  if (!row) return fail(std::move(row.error()));
  std::vector<Place> places;
  while (true) {
    const auto more = row->step();
    if (!more) return fail(more.error());
    if (!*more) return places;
    auto place = place_in(*row);
    if (!place) return fail(std::move(place.error()));
    places.push_back(std::move(*place));
  }
}

Result<void> put_place(Database& database, const Place& place) {
  return database.execute(
      "REPLACE INTO places (gitlab, job, attempt, boot, runner_pid, runner_start, prepare_pid,"
      " prepare_start, state, arrived, hold_until, admitted_at, left_at, name, score, class, queued,"
      " expected, expected_p90, expected_basis) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
      place.key.gitlab.value(), place.key.job.value(), place.attempt.value(), place.runner.boot_id,
      place.runner.pid, place.runner.start_ticks, place.prepare.pid, place.prepare.start_ticks,
      static_cast<int>(place.state), platform::column_of(place.arrived),
      platform::column_of(place.hold_until), platform::column_of(place.admitted_at),
      platform::column_of(place.left_at), place.job_name, place.score, static_cast<int>(place.job_class),
      platform::column_of(place.queued_in_gitlab), platform::column_of(place.expected.median),
      platform::column_of(place.expected.p90), static_cast<int>(place.expected.basis));
}

Result<void> remove_place(Database& database, const JobKey& key) {
  return database.execute("DELETE FROM places WHERE gitlab = ? AND job = ?", key.gitlab.value(),
                          key.job.value());
}

Result<void> leave_place(Database& database, const JobKey& key, const AttemptId& attempt, Time now) {
  return database.execute(
      "UPDATE places SET state = ?, left_at = ? WHERE gitlab = ? AND job = ? AND attempt = ? AND state <> ?",
      static_cast<int>(PlaceState::left), platform::column_of(now), key.gitlab.value(), key.job.value(),
      attempt.value(), static_cast<int>(PlaceState::left));
}

}  // namespace runneriq::scheduler
