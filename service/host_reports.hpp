// What hosts have said of themselves lately. May be asked from any thread.
#pragma once

#include "scheduler/admission_service.hpp"

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace runneriq::service {

inline constexpr Duration kReportFresh = std::chrono::minutes{2};
inline constexpr std::size_t kMostHosts = 10'000;

class HostReports {
 public:
  // Beyond kMostHosts, hosts that are new are not taken.
  void take(scheduler::HostReport report, Time now);
  // One per host and runner, by host; those that are fresh.
  [[nodiscard]] std::vector<scheduler::HostReport> recent(Time now);

 private:
  struct Kept {
    scheduler::HostReport report;
    Time at;
  };
  std::mutex mutex_;
  std::map<std::pair<std::string, RunnerId>, Kept> kept_;
};

}  // namespace runneriq::service
