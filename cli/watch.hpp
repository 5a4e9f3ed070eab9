// `runneriq run` without --once: one tick per poll until it is told to stop. No error of GitLab ends it.
#pragma once

#include "cli/reading.hpp"
#include "cli/tick_record.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::cli {

enum class Steer { no, yes };

struct WatchRequest {
  Look look;
  Steer steer = Steer::no;
  std::string listen{};  // where the HTTP face listens; "" = nowhere
  // What to do with each tick besides; the report is null where nothing is steered.
  std::function<void(const scheduler::Tick&, const scheduler::SteeringReport*)> print;
};

class Watch {
 public:
  Watch(Session& session, WatchRequest request);

  // Until a stop. Ends at once, with what is told, when the source cannot be opened at all.
  Exit run();

 private:
  std::optional<Error> open();
  Result<void> connect(std::unique_ptr<TickSource> source);
  Waiter::Woken look();
  Waiter::Woken wait();
  Waiter::Woken gather_hints();
  void act(const scheduler::Tick& tick, Duration took);
  void act_without_tick(const Error& error);
  void open_plays();
  void play(const scheduler::Tick& tick, scheduler::TrustMode mode);
  void log_steering(const scheduler::SteeringReport& report);
  void end();
  void announce(Session::Announcement what) const;
  void tick_done(scheduler::Tick tick, Duration took);
  void tick_failed(const Error& error);
  void log_changes(const scheduler::Tick& tick);
  void log_degraded(const std::vector<std::string>& degraded);
  void reload();
  [[nodiscard]] Time next_poll() const;
  [[nodiscard]] bool leaves_records() const;

  Session& session_;
  WatchRequest request_;
  TickRecord record_;
  std::unique_ptr<FleetFace> face_;
  std::unique_ptr<TickSource> source_;
  std::unique_ptr<scheduler::Steering> steering_;  // over the source
  std::unique_ptr<scheduler::Plays> plays_;        // null: no manual jobs are deferred
  // What was logged last of each job that is planned or due.
  std::map<scheduler::JobKey, std::pair<scheduler::PlayStep::Kind, std::string>> played_;
  scheduler::Hints hints_;             // not looked at yet
  Time begun_;                         // the last look
  Time polled_;                        // the last look at everything
  std::vector<std::string> degraded_;  // what was wrong at the last tick
  int failures_ = 0;                   // in a row
};

}  // namespace runneriq::cli
