// What the loop announces, told to the service manager; and that it is alive, for as long as it shows it.
#pragma once

#include "cli/session.hpp"
#include "platform/service_notify.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace runneriq::app {

// A look that lasts longer than this is taken for one that never ends.
inline constexpr Duration kLongestLook = std::chrono::minutes{10};
// Down to which a GitLab in trouble is asked less often.
inline constexpr Duration kLongestPause = std::chrono::minutes{5};

// The manager's watchdog waits for seconds, the loop for minutes: so a thread of its own tells that the
// program is alive, until the loop has announced nothing for longer than any wait and any look last.
class Heartbeat {
 public:
  // `log` must outlive this. The thread is only there when the manager waits.
  Heartbeat(platform::ServiceNotify notify, EventLog& log);
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  // From the loop's thread. `poll_interval` is that of the configuration from now on.
  void announce(cli::Session::Announcement what, Duration poll_interval);

 private:
  [[nodiscard]] Result<void> tell(cli::Session::Announcement what) const;
  void note_sign(Duration poll_interval);
  void beat(Duration interval);
  [[nodiscard]] bool shows_life() const;

  platform::ServiceNotify notify_;
  EventLog& log_;
  bool told_trouble_ = false;
  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  bool stops_ = false;
  Duration silent_from_{};  // on the steady clock: when the loop has been silent for too long
  std::thread thread_;
};

}  // namespace runneriq::app
