// The checkpoint of an audit trail, in a file of its own beside the state file: one line
// "runneriq-audit-checkpoint 1 <seq> <digest>".
#pragma once

#include "scheduler/audit.hpp"

#include <optional>
#include <string>

namespace runneriq::scheduler {

class CheckpointFile {
 public:
  explicit CheckpointFile(std::string path) : path_(std::move(path)) {}

  // None when there is no file. Error: corrupt when it is no checkpoint, with the remedy.
  [[nodiscard]] Result<std::optional<Checkpoint>> read() const;

  // In one step, mode 0600.
  [[nodiscard]] Result<void> replace(const Checkpoint& checkpoint) const;

  // Renames the checkpoint of a trail that is gone to <path>.lost-<seq> and returns the new name.
  [[nodiscard]] Result<std::string> set_aside(const Checkpoint& checkpoint) const;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace runneriq::scheduler
