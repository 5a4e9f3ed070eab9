#include "platform/state_file.hpp"

#include "platform/file_lock.hpp"
#include "platform/files.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::platform {
namespace {

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<FileLock> acquire(const std::string& path, std::uint32_t folder_mode, Duration patience) {
  auto lock = FileLock::acquire(path, patience);
  if (lock || lock.error().code != Errc::not_found) return lock;
  if (auto made = make_folders(folder_of(path), folder_mode); !made) return fail(made.error());
  return FileLock::acquire(path, patience);
}

std::string remedy_of(Errc code, const StateFileKind& kind, const std::string& path) {
  switch (code) {
    case Errc::timed_out:
      return "find who holds it with 'fuser " + path + " " + path + "-lock'";
    case Errc::permission:
      return "make its folder and its files writable for " + std::string(kind.user);
    case Errc::newer_schema:
      return "upgrade " + std::string(kind.program) + ", or move the file aside";
    case Errc::conflict:
      return "move it aside, or choose another path for the state file";
    case Errc::corrupt:
      return "move it aside, then a new one is started";
    default:
      return "check free space, quota and health of its file system";
  }
}

// FULL: a commit is on disk when it returns. A short log keeps the start of the next process
// short, which reads the log when no other has the file open.
Result<void> configure(Database& database) {
  if (auto set = database.execute("PRAGMA synchronous = FULL"); !set) return set;
  return database.execute("PRAGMA wal_autocheckpoint = 128");
}

std::string without_prefix(std::string text, const std::string& prefix) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

}  // namespace

Result<StateFile> StateFile::open(const StateFileKind& kind, std::string path, Duration patience) {
  StateFile file{kind, std::move(path), patience};
  const auto connected = file.connect_to_current();
  if (connected) return file;
  if (connected.error().code == Errc::timed_out) return fail(file.explained(connected.error()));
  if (auto made = file.change([](Database&) { return Result<void>{}; }); !made) return fail(made.error());
  return file;
}

Result<void> StateFile::change(const Work& work) {
  auto lock = acquire(path_ + "-lock", kind_->folder_mode, patience_);
  if (!lock) return fail(explained(std::move(lock.error())));
  const Duration left = std::max(Duration::zero(), patience_ - lock->waited());
  auto done = write(work, left);
  if (!done && done.error().code == Errc::corrupt) {
    done = start_anew();
    if (done) done = write(work, left);
  }
  if (!done) return fail(explained(std::move(done.error())));
  return done;
}

Result<void> StateFile::look(const Work& work) {
  if (!database_ || database_->has_moved()) return fail(Errc::conflict, path_ + ": the file was replaced");
  database_->wait_at_most(Duration::zero());
  auto view = Transaction::begin(*database_, Transaction::Kind::reading);
  if (!view) return fail(std::move(view.error()));
  return work(*database_);
}

// The way of nearly every process: the file is there and needs nothing, so no lock is needed.
Result<void> StateFile::connect_to_current() {
  auto database = Database::open(path_, Database::Missing::is_error);
  if (!database) return fail(std::move(database.error()));
  database->wait_at_most(patience_);
  const auto state = schema_state(*database, *kind_);
  if (!state) return fail(state.error());
  if (*state != SchemaState::current) return fail(Errc::not_found, path_ + ": no current schema");
  database_ = std::move(*database);
  return configure(*database_);
}

// Under the lock. A later version may have changed the schema since we connected.
Result<void> StateFile::connect(Duration patience) {
  if (!database_ || database_->has_moved()) {
    database_.reset();
    auto database = Database::open(path_, Database::Missing::make);
    if (!database) return fail(std::move(database.error()));
    database->wait_at_most(patience);
    if (auto set = configure(*database); !set) return set;
    database_ = std::move(*database);
  }
  database_->wait_at_most(patience);
  const auto state = schema_state(*database_, *kind_);
  if (!state) return fail(state.error());
  return *state == SchemaState::current ? Result<void>{} : bring_schema_up_to_date(*database_, *kind_);
}

Result<void> StateFile::write(const Work& work, Duration patience) {
  if (auto connected = connect(patience); !connected) return connected;
  auto transaction = Transaction::begin(*database_, Transaction::Kind::writing);
  if (!transaction) return fail(std::move(transaction.error()));
  if (auto done = work(*database_); !done) return done;
  return transaction->commit();
}

// Under the lock, so that one process does it; the others find that their file has moved.
Result<void> StateFile::start_anew() {
  database_.reset();
  const auto aside = set_aside(path_);
  if (!aside) return fail(aside.error());
  notices_.push_back("state file " + path_ + " was damaged and is now " + *aside +
                     ": a new one is started, and " + std::string(kind_->lost_by_new_start));
  return {};
}

Error StateFile::explained(Error error) const {
  const std::string reason = without_prefix(std::move(error.message), path_ + ": ");
  return {error.code, "state file " + path_ + " cannot be used (" + reason +
                          "): " + remedy_of(error.code, *kind_, path_)};
}

}  // namespace runneriq::platform
