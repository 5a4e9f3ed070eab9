// The audit trail in the fleet's state file, with its checkpoint beside it.
#pragma once

#include "platform/state_file.hpp"
#include "scheduler/audit.hpp"
#include "scheduler/sqlite/checkpoint_file.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::scheduler {

struct AuditTrailSettings {
  std::string path = "/var/lib/runneriq/state.db";
  Duration patience = std::chrono::seconds{5};  // longest wait of a call for other processes
  Digest digest;                                // SHA-256 in hexadecimal
};

inline constexpr std::int64_t kRecordsPerCheckpoint = 100;

// For one thread of one process; several processes may append to one trail. The checkpoint,
// <path>.checkpoint, is replaced with every 100th record and at the end, as long as the trail still
// holds what the checkpoint before it knew: what was cut off or changed stays visible to verify().
//
// When the trail is empty but there is a checkpoint (the state file was damaged or removed), a new
// trail begins: notices() says so, with where the old one ended; the caller's first record should
// say it too. That append moves the old checkpoint to <path>.checkpoint.lost-<seq>.
class AuditTrailFile {
 public:
  // Errors: as StateFile has them.
  static Result<AuditTrailFile> open(AuditTrailSettings settings);
  AuditTrailFile(AuditTrailFile&& other) noexcept;
  AuditTrailFile& operator=(AuditTrailFile&& other) = delete;
  ~AuditTrailFile();

  // On disk when it returns.
  [[nodiscard]] Result<void> append(const AuditEntry& entry);
  // All of them in one commit, or none.
  [[nodiscard]] Result<void> append_all(std::span<const AuditEntry> entries);

  // All records in order, until `take` returns false. Holds no lock while `take` works.
  [[nodiscard]] Result<void> read(const std::function<bool(const AuditRecord&)>& take);

  // Checks the whole trail against the checkpoint. Error: corrupt when the checkpoint is none.
  [[nodiscard]] Result<AuditVerdict> verify();

  // What is wrong with the files and what was done about it, as sentences for the log and the trail.
  [[nodiscard]] std::vector<std::string> notices() const;

 private:
  AuditTrailFile(AuditTrailSettings settings, platform::StateFile file);

  Result<void> look(const platform::StateFile::Work& work);
  Result<void> note_lost_trail();
  void write_checkpoint();
  Result<void> replace_checkpoint(platform::Database& database, const Checkpoint& end);
  Result<void> begin_new_checkpoints(const Checkpoint& lost, const Checkpoint& end);
  void notice(std::string sentence);

  Digest digest_;
  CheckpointFile checkpoint_;
  platform::StateFile file_;
  std::optional<Checkpoint> unmarked_;  // the last record that we wrote and no checkpoint of ours covers
  std::vector<std::string> notices_;
};

}  // namespace runneriq::scheduler
