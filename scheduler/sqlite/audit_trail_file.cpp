#include "scheduler/sqlite/audit_trail_file.hpp"

#include "platform/sqlite_columns.hpp"
#include "platform/sqlite_rows.hpp"
#include "scheduler/sqlite/fleet_schema.hpp"

#include <algorithm>
#include <limits>

namespace runneriq::scheduler {
namespace {

using platform::Database;
using platform::Statement;

constexpr int kReadAtOnce = 500;

AuditRecord record_in(const Statement& row) {
  return {.seq = row.integer(0),
          .entry = {.at = platform::time_in(row, 1),
                    .actor = row.text(2),
                    .trust = row.text(3),
                    .event = row.text(4),
                    .document = row.text(5)},
          .previous = row.text(6),
          .digest = row.text(7)};
}

Result<std::vector<AuditRecord>> records(Result<Statement> query) {
  std::vector<AuditRecord> found;
  auto read =
      platform::each_row(std::move(query), [&](const Statement& row) { found.push_back(record_in(row)); });
  if (!read) return fail(std::move(read.error()));
  return found;
}

Result<std::vector<AuditRecord>> records_from(Database& database, std::int64_t first) {
  return records(database.query(
      "SELECT seq, at, actor, trust, event, document, previous, digest FROM audit WHERE seq >= ?"
      " ORDER BY seq LIMIT ?",
      first, kReadAtOnce));
}

// None or one.
Result<std::vector<AuditRecord>> last_record(Database& database) {
  return records(
      database.query("SELECT seq, at, actor, trust, event, document, previous, digest FROM audit ORDER BY "
                     "seq DESC LIMIT 1"));
}

Result<void> insert(Database& database, const AuditRecord& record) {
  return database.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", record.seq,
                          platform::column_of(record.entry.at), record.entry.actor, record.entry.trust,
                          record.entry.event, record.entry.document, record.previous, record.digest);
}

Result<Checkpoint> append_to(Database& database, const AuditEntry& entry, const Digest& digest) {
  const auto last = last_record(database);
  if (!last) return fail(last.error());
  const AuditRecord record = chained(entry, last->empty() ? nullptr : &last->front(), digest);
  if (auto inserted = insert(database, record); !inserted) return fail(inserted.error());
  return Checkpoint{record.seq, record.digest};
}

bool is_due(const Checkpoint& end) {
  return end.seq == 1 || end.seq % kRecordsPerCheckpoint == 0;
}

Result<bool> holds(Database& database, const Checkpoint& checkpoint) {
  const auto found = database.number("SELECT count(*) FROM audit WHERE seq = ? AND digest = ?",
                                     checkpoint.seq, checkpoint.digest);
  if (!found) return fail(found.error());
  return *found == 1;
}

}  // namespace

Result<AuditTrailFile> AuditTrailFile::open(AuditTrailSettings settings) {
  auto file = platform::StateFile::open(fleet_file(), settings.path, settings.patience);
  if (!file) return fail(std::move(file.error()));
  AuditTrailFile trail{std::move(settings), std::move(*file)};
  if (auto noted = trail.note_lost_trail(); !noted) return fail(std::move(noted.error()));
  return trail;
}

AuditTrailFile::AuditTrailFile(AuditTrailSettings settings, platform::StateFile file)
    : digest_(std::move(settings.digest)),
      checkpoint_(settings.path + ".checkpoint"),
      file_(std::move(file)) {}

AuditTrailFile::AuditTrailFile(AuditTrailFile&& other) noexcept
    : digest_(std::move(other.digest_)),
      checkpoint_(std::move(other.checkpoint_)),
      file_(std::move(other.file_)),
      unmarked_(std::exchange(other.unmarked_, std::nullopt)),
      notices_(std::move(other.notices_)) {}

// Nobody is there to hear of a failure: verify() then compares with the checkpoint before.
AuditTrailFile::~AuditTrailFile() {
  if (unmarked_) write_checkpoint();
}

Result<void> AuditTrailFile::append(const AuditEntry& entry) {
  return append_all({&entry, 1});
}

Result<void> AuditTrailFile::append_all(std::span<const AuditEntry> entries) {
  if (entries.empty()) return {};
  std::vector<Checkpoint> written;
  auto appended = file_.change([&](Database& database) -> Result<void> {
    written.clear();
    for (const AuditEntry& entry : entries) {
      auto end = append_to(database, entry, digest_);
      if (!end) return fail(std::move(end.error()));
      written.push_back(std::move(*end));
    }
    return {};
  });
  if (!appended) return appended;
  unmarked_ = written.back();
  if (std::any_of(written.begin(), written.end(), is_due)) write_checkpoint();
  return {};
}

Result<void> AuditTrailFile::read(const std::function<bool(const AuditRecord&)>& take) {
  std::int64_t first = std::numeric_limits<std::int64_t>::min();
  while (true) {
    std::vector<AuditRecord> found;
    auto looked = look([&](Database& database) {
      return records_from(database, first).map([&](std::vector<AuditRecord> some) {
        found = std::move(some);
      });
    });
    if (!looked || found.empty()) return looked;
    for (const AuditRecord& record : found) {
      if (!take(record)) return {};
    }
    if (found.back().seq == std::numeric_limits<std::int64_t>::max()) return {};
    first = found.back().seq + 1;
  }
}

// The checkpoint is read first: whoever appends meanwhile makes the trail longer, never shorter.
Result<AuditVerdict> AuditTrailFile::verify() {
  auto checkpoint = checkpoint_.read();
  if (!checkpoint) return fail(std::move(checkpoint.error()));
  AuditCheck check{digest_, std::move(*checkpoint)};
  auto checked = read([&](const AuditRecord& record) { return check.next(record); });
  if (!checked) return fail(std::move(checked.error()));
  return check.verdict();
}

std::vector<std::string> AuditTrailFile::notices() const {
  std::vector<std::string> all = file_.notices();
  all.insert(all.end(), notices_.begin(), notices_.end());
  return all;
}

Result<void> AuditTrailFile::look(const platform::StateFile::Work& work) {
  if (file_.look(work)) return {};
  return file_.change(work);
}

Result<void> AuditTrailFile::note_lost_trail() {
  const auto before = checkpoint_.read();
  if (!before) {
    notices_.push_back(before.error().message);
    return {};
  }
  if (!*before) return {};
  std::int64_t records = 0;
  auto counted = look([&](Database& database) -> Result<void> {
    return database.number("SELECT EXISTS (SELECT 1 FROM audit)").map([&](std::int64_t any) {
      records = any;
    });
  });
  if (counted && records == 0) {
    notices_.push_back("the audit trail begins anew: the one before, which ended at or after record " +
                       std::to_string((*before)->seq) + " (digest " + (*before)->digest + "), is gone");
  }
  return counted;
}

// Under the lock, so that an older checkpoint never replaces a newer one.
void AuditTrailFile::write_checkpoint() {
  const Checkpoint end = *std::exchange(unmarked_, std::nullopt);
  auto written = file_.change([&](Database& database) { return replace_checkpoint(database, end); });
  if (!written) notice("no checkpoint of the audit trail is written: " + written.error().message);
}

Result<void> AuditTrailFile::replace_checkpoint(Database& database, const Checkpoint& end) {
  const auto before = checkpoint_.read();
  if (!before) return fail(before.error());
  if (!*before) return checkpoint_.replace(end);
  const auto held = holds(database, **before);
  if (!held) return fail(held.error());
  if (*held) return (*before)->seq < end.seq ? checkpoint_.replace(end) : Result<void>{};
  if (end.seq == 1) return begin_new_checkpoints(**before, end);
  return fail(Errc::conflict, "the trail does not hold what " + checkpoint_.path() +
                                  " knows; see what 'runneriq audit verify' says of it");
}

Result<void> AuditTrailFile::begin_new_checkpoints(const Checkpoint& lost, const Checkpoint& end) {
  const auto aside = checkpoint_.set_aside(lost);
  if (!aside) return fail(aside.error());
  notice("the audit trail has begun anew; the checkpoint of the one before, at record " +
         std::to_string(lost.seq) + ", is now " + *aside);
  return checkpoint_.replace(end);
}

// Each sentence once: what is wrong stays wrong for many records.
void AuditTrailFile::notice(std::string sentence) {
  if (std::ranges::find(notices_, sentence) == notices_.end()) notices_.push_back(std::move(sentence));
}

}  // namespace runneriq::scheduler
