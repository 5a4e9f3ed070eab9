// What the host used while a script ran, by the processors' energy counters.
#pragma once

#include "carbon/energy.hpp"
#include "core/time.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace runneriq::executor {

// What the host had used by a moment.
struct HostUse {
  Duration at{};        // on a clock that never jumps
  Duration busy_cpu{};  // of all processes
  std::vector<carbon::RaplCounter> counters;
};
// None: it cannot be read here, or not any more.
using ReadHostUse = std::function<std::optional<HostUse>()>;

// What the whole host used during one script.
struct StageEnergy {
  double package_joules = 0;
  Duration host_busy_cpu{};
  Duration wall{};
  friend bool operator==(const StageEnergy&, const StageEnergy&) = default;
};

// More than a counter's processor or memory can draw: a counter was set back, which looks like one that began
// anew.
inline constexpr double kMostWattsPerCounter = 1000;

// Adds up the steps between readings, each of which a counter must not pass more than once: a minute is safe.
class StageMeter {
 public:
  // Reads for the first time.
  explicit StageMeter(ReadHostUse read);
  // Whether all that was read so far can be used.
  [[nodiscard]] bool measures() const { return last_.has_value(); }
  void look();
  // Reads for the last time. None when any reading or step could not be used.
  [[nodiscard]] std::optional<StageEnergy> end();

 private:
  ReadHostUse read_;
  std::optional<HostUse> last_;
  StageEnergy total_;
};

}  // namespace runneriq::executor
