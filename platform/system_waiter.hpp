// The wall clock, and waiting on it.
#pragma once

#include "core/waiter.hpp"
#include "platform/termination.hpp"
#include "platform/unique_fd.hpp"

#include <string>

namespace runneriq::platform {

Time wall_clock();

class SystemWaiter final : public Waiter {
 public:
  explicit SystemWaiter(Termination& termination) : termination_(termination) {}

  // From now on a change of a file in `folder` whose name begins with `name_prefix` ends a
  // wait. Where the kernel has no watch left, waits simply last until their deadline.
  void watch(const std::string& folder, std::string name_prefix);

  [[nodiscard]] Time now() const override;
  [[nodiscard]] Woken sleep_until(Time when) override;

 private:
  bool drain_watch();

  Termination& termination_;
  UniqueFd watch_;
  std::string name_prefix_;
};

}  // namespace runneriq::platform
