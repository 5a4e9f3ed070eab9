// The only way a loop meets the clock. Fakes jump instead of sleeping.
#pragma once

#include "core/time.hpp"

namespace runneriq {

class Waiter {
 public:
  enum class Woken {
    at_deadline,
    by_change,     // something that the waiter watches changed: look again
    by_stop,       // SIGTERM or SIGINT: end in good order
    by_orphaning,  // the process that started us is gone: nobody waits for the answer
    by_reload,     // SIGHUP, where it asks for that: read the configuration again; told once
  };
  virtual ~Waiter() = default;
  [[nodiscard]] virtual Time now() const = 0;
  // Returns at `when` at the latest; a stop or an orphaning is reported again by every later call.
  [[nodiscard]] virtual Woken sleep_until(Time when) = 0;
};

}  // namespace runneriq
