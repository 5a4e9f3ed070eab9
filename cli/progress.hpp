// Tells a person who waits at a terminal what for, once it takes longer than they expect.
#pragma once

#include "cli/session.hpp"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace runneriq::cli {

inline constexpr Duration kPatience = std::chrono::seconds{2};

// Prints `what` from a thread of its own when it still lives after `patience`; nothing where nobody
// watches.
class Progress {
 public:
  Progress(Output& out, std::string what, Duration patience = kPatience);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable_any over_;
  std::jthread thread_;  // last: it uses the others, and ends first
};

}  // namespace runneriq::cli
