#include "scheduler/sqlite/admission_state.hpp"

#include "platform/sqlite_columns.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

namespace runneriq::scheduler {
namespace {

using platform::Database;
using platform::Statement;

constexpr std::int64_t kApplicationId = 0x52495141;  // "RIQA"

// One row per attempt that waits or has a slot. Times and durations are in milliseconds, times since
// 1970 in UTC.
constexpr std::array kFirstSchema{std::string_view{R"(CREATE TABLE bookings (
    gitlab TEXT NOT NULL, job INTEGER NOT NULL, attempt TEXT NOT NULL,
    host TEXT NOT NULL, slots INTEGER NOT NULL, runner INTEGER NOT NULL,
    history_gitlab TEXT NOT NULL, project INTEGER NOT NULL, name TEXT NOT NULL, stage TEXT NOT NULL,
    score REAL NOT NULL, class INTEGER NOT NULL, queued INTEGER NOT NULL, max_hold INTEGER NOT NULL,
    arrived INTEGER NOT NULL, started INTEGER,
    PRIMARY KEY (job, attempt, gitlab)) STRICT, WITHOUT ROWID)"}};

Result<void> make_first_schema(Database& database) {
  return platform::make_tables(database, kFirstSchema, kApplicationId);
}

constexpr std::array<platform::SchemaStep, 1> kSteps{make_first_schema};

constexpr platform::StateFileKind kAdmissionFile{
    .application_id = kApplicationId,
    .steps = kSteps,
    .folder_mode = 0700,
    .user = "the user that runneriq runs as",
    .program = "runneriq",
    .lost_by_new_start = "jobs that wait have to ask again, which they do by themselves",
};

Result<Booking> booking_in(const Statement& row) {
  const std::int64_t job_class = row.integer(11);
  if (job_class < 0 || job_class > static_cast<std::int64_t>(JobClass::low)) {
    return fail(Errc::corrupt, "a row of the table of bookings has no meaning");
  }
  return Booking{
      .host = row.text(3),
      .slots = static_cast<int>(row.integer(4)),
      .runner = RunnerId{row.integer(5)},
      .request = {.key = {GitLabUrl{row.text(0)}, JobId{row.integer(1)}},
                  .attempt = AttemptId{row.text(2)},
                  .history = {GitLabUrl{row.text(6)}, ProjectId{row.integer(7)}, row.text(8), row.text(9)},
                  .score = row.real(10),
                  .job_class = static_cast<JobClass>(job_class),
                  .queued_in_gitlab = platform::duration_in(row, 12),
                  .max_hold = platform::duration_in(row, 13)},
      .arrived = platform::time_in(row, 14),
      .started = platform::optional_time_in(row, 15)};
}

Result<void> put(Database& database, const Booking& booking) {
  const AdmissionRequest& request = booking.request;
  return database.execute(
      "INSERT OR REPLACE INTO bookings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      request.key.gitlab.value(), request.key.job.value(), request.attempt.value(), booking.host,
      booking.slots, booking.runner.value(), request.history.gitlab.value(), request.history.project.value(),
      request.history.job_name, request.history.stage, request.score, static_cast<int>(request.job_class),
      platform::column_of(request.queued_in_gitlab), platform::column_of(request.max_hold),
      platform::column_of(booking.arrived), platform::column_of(booking.started));
}

Result<void> remove(Database& database, const AdmissionKey& key) {
  return database.execute("DELETE FROM bookings WHERE job = ? AND attempt = ? AND gitlab = ?",
                          key.job.job.value(), key.attempt.value(), key.job.gitlab.value());
}

struct Net {
  bool was_there = false;
  const std::optional<Booking>* last = nullptr;
};

// Of several changes of a key only the last counts.
std::map<AdmissionKey, Net> net_of(std::span<const BookChange> changes) {
  std::map<AdmissionKey, Net> net;
  for (const BookChange& change : changes) {
    const auto [place, first] = net.try_emplace(change.key);
    if (first) place->second.was_there = change.before.has_value();
    place->second.last = &change.after;
  }
  return net;
}

Result<void> write(Database& database, const std::map<AdmissionKey, Net>& net) {
  for (const auto& [key, change] : net) {
    if (!*change.last && !change.was_there) continue;
    auto done = *change.last ? put(database, **change.last) : remove(database, key);
    if (!done) return done;
  }
  return {};
}

}  // namespace

Result<AdmissionState> AdmissionState::open(AdmissionStateSettings settings) {
  auto file = platform::StateFile::open(kAdmissionFile, std::move(settings.path), settings.patience);
  if (!file) return fail(std::move(file.error()));
  return AdmissionState{std::move(*file)};
}

Result<std::vector<Booking>> AdmissionState::load() {
  std::vector<Booking> bookings;
  auto loaded = file_.change([&](Database& database) -> Result<void> {
    bookings.clear();
    auto row = database.query(
        "SELECT gitlab, job, attempt, host, slots, runner, history_gitlab, project, name, stage, score,"
        " class, queued, max_hold, arrived, started FROM bookings");
    if (!row) return fail(std::move(row.error()));
    while (true) {
      const auto more = row->step();
      if (!more) return fail(more.error());
      if (!*more) return {};
      auto booking = booking_in(*row);
      if (!booking) return fail(std::move(booking.error()));
      bookings.push_back(std::move(*booking));
    }
  });
  if (!loaded) return fail(std::move(loaded.error()));
  return bookings;
}

Result<void> AdmissionState::commit(std::span<const BookChange> changes) {
  const auto net = net_of(changes);
  if (net.empty()) return {};
  return file_.change([&](Database& database) { return write(database, net); });
}

}  // namespace runneriq::scheduler
