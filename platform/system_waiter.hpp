// The clocks of this machine, and waiting on them.
#pragma once

#include "core/moment.hpp"
#include "core/waiter.hpp"
#include "platform/termination.hpp"
#include "platform/unique_fd.hpp"

#include <string>
#include <vector>

namespace runneriq::platform {

Time wall_clock();
// Now on both clocks; the steady one counts since the boot, suspension included.
Moment moment();
// Until `when`, at most a minute, or until `stop_fd` can be read; none is below 0.
void sleep_until(Time when, int stop_fd);

class SystemWaiter final : public Waiter {
 public:
  explicit SystemWaiter(Termination& termination) : termination_(termination) {}

  // From now on a change of a file in `folder` whose name begins with `name_prefix` ends a
  // wait. Where the kernel has no watch left, waits simply last until their deadline.
  void watch(const std::string& folder, std::string name_prefix);

  // From now on `fd` becoming readable ends a wait, too, by change. It is an event descriptor that does
  // not block (WakeUp::fd()), is read here so that each change is told once, and outlives the waits.
  void listen(int fd) { events_.push_back(fd); }

  [[nodiscard]] Time now() const override;
  [[nodiscard]] Woken sleep_until(Time when) override;

 private:
  bool drain_watch();
  bool drain_events();
  void poll_for(Duration limit) const;

  Termination& termination_;
  UniqueFd watch_;
  std::string name_prefix_;
  std::vector<int> events_;
};

}  // namespace runneriq::platform
