#include "apps/executor/host_use.hpp"

#include "carbon/rapl/rapl.hpp"
#include "platform/host_load.hpp"
#include "platform/system_waiter.hpp"

#include <utility>

namespace runneriq::app {

std::optional<executor::HostUse> read_host_use(const std::string& sysfs, const std::string& proc) {
  auto counters = carbon::read_rapl(sysfs);
  if (!counters) return std::nullopt;
  const auto busy = platform::read_busy_time(proc);
  if (!busy) return std::nullopt;
  return executor::HostUse{platform::moment().steady, *busy, std::move(*counters)};
}

}  // namespace runneriq::app
