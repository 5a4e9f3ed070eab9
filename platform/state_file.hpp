// A state file as all its tables share it: opened, locked, repaired by a new start.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"
#include "platform/sqlite.hpp"
#include "platform/state_file_kind.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace runneriq::platform {

// Beside the file at `path` stand SQLite's <path>-wal and <path>-shm, and <path>-lock, which
// every writer locks first: SQLite's own lock is polled, the kernel's is waited for.
//
// A damaged file is moved aside and a new one started, once, by whoever meets it first; what
// was done about it can be read in notices(). Messages of errors are one sentence with the
// path and the remedy.
class StateFile {
 public:
  // Makes the folder (in the kind's mode) and the file (0600) if they are missing. `patience` bounds what
  // each later call waits for other processes, locks of all kinds together.
  // Errors: timed_out, permission, unavailable, newer_schema, conflict.
  static Result<StateFile> open(const StateFileKind& kind, std::string path, Duration patience);

  using Work = std::function<Result<void>(Database&)>;

  // Runs `work` as the only writer and commits durably; nothing is written to disk when
  // `work` wrote nothing. `work` may run twice (when the file turns out to be damaged), and
  // what it wrote is gone when it fails.
  [[nodiscard]] Result<void> change(const Work& work);

  // Runs `work` on one consistent view, without any lock. Errors: conflict when the file was
  // replaced under us, else as SQLite has them; change() is the way to go on in both cases.
  [[nodiscard]] Result<void> look(const Work& work);

  [[nodiscard]] const std::vector<std::string>& notices() const { return notices_; }

 private:
  StateFile(const StateFileKind& kind, std::string path, Duration patience)
      : kind_(&kind), path_(std::move(path)), patience_(patience) {}

  Result<void> connect_to_current();
  Result<void> connect(Duration patience);
  Result<void> write(const Work& work, Duration patience);
  Result<void> start_anew();
  Error explained(Error error) const;

  const StateFileKind* kind_;
  std::string path_;
  Duration patience_;
  std::optional<Database> database_;
  std::vector<std::string> notices_;
};

}  // namespace runneriq::platform
