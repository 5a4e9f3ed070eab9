// `runneriq run` without --once: one tick per poll until it is told to stop. No error of GitLab ends it.
#pragma once

#include "cli/reading.hpp"
#include "cli/tick_record.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace runneriq::cli {

struct WatchRequest {
  Look look;
  // What to do with each tick besides.
  std::function<void(const scheduler::Tick&)> print;
};

class Watch {
 public:
  Watch(Session& session, WatchRequest request);

  // Until a stop. Ends at once, with what is told, when the source cannot be opened at all.
  Exit run();

 private:
  void tick_done(const scheduler::Tick& tick, Duration took);
  void tick_failed(const Error& error);
  void log_changes(const scheduler::Tick& tick);
  void log_degraded(const std::vector<std::string>& degraded);
  void reload();
  [[nodiscard]] Time next_poll(Time begun) const;
  [[nodiscard]] bool leaves_records() const;

  Session& session_;
  WatchRequest request_;
  TickRecord record_;
  std::unique_ptr<TickSource> source_;
  std::vector<std::string> degraded_;  // what was wrong at the last tick
  int failures_ = 0;                   // in a row
};

}  // namespace runneriq::cli
