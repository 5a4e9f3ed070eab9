#include "service/host_reports.hpp"

#include <utility>

namespace runneriq::service {

void HostReports::take(scheduler::HostReport report, Time now) {
  const std::lock_guard lock(mutex_);
  std::pair key{report.host, report.runner};
  if (kept_.size() >= kMostHosts && !kept_.contains(key)) return;
  kept_.insert_or_assign(std::move(key), Kept{std::move(report), now});
}

std::vector<scheduler::HostReport> HostReports::recent(Time now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(kept_, [&](const auto& each) { return now - each.second.at > kReportFresh; });
  std::vector<scheduler::HostReport> reports;
  for (const auto& [host, kept] : kept_) reports.push_back(kept.report);
  return reports;
}

}  // namespace runneriq::service
