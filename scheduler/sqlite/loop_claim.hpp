// Who may loop on a state file: one program at a time.
#pragma once

#include "core/result.hpp"
#include "platform/file_lock.hpp"

#include <string>
#include <utility>

namespace runneriq::scheduler {

// Held until it is destroyed or the process ends, however it ends.
class LoopClaim {
 public:
  // Locks <state_path>-loop, in which the process id of the holder stands; makes the folder (0700).
  // Error: conflict with who holds it; else permission or unavailable.
  static Result<LoopClaim> take(const std::string& state_path);

 private:
  explicit LoopClaim(platform::FileLock lock) : lock_(std::move(lock)) {}
  platform::FileLock lock_;
};

}  // namespace runneriq::scheduler
