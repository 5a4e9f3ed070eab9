// What `run` leaves behind: kept decisions for `explain`, and records in the audit trail. What has not
// changed since the tick before is not written again.
#pragma once

#include "cli/session.hpp"

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::cli {

class TickRecord {
 public:
  explicit TickRecord(Session& session) : session_(session) {}

  void started();
  void add(const scheduler::Tick& tick);
  void stopped();
  // What is in force from now on; at first it only advises.
  void trusted_as(scheduler::TrustMode mode) { trust_ = mode; }

 private:
  enum class Standing { no_runner, waits_for_slot, can_start };

  // What a person would call the same recommendation: neither small changes of a runner's score are
  // one, nor another queue for a job that must wait for a slot, which moves with every job ahead.
  struct Recommendation {
    double score = 0;
    scheduler::JobClass job_class = scheduler::JobClass::low;
    Standing standing = Standing::no_runner;
    std::optional<scheduler::RunnerKey> runner;  // of a job that can start now
    friend bool operator==(const Recommendation&, const Recommendation&) = default;
  };

  static Standing standing(const scheduler::Assignment& assignment);
  static Recommendation recommendation(const scheduler::Tick& tick, const scheduler::JobDecision& decision);
  std::vector<std::size_t> take_changed(const scheduler::Tick& tick);
  void keep(const scheduler::Tick& tick, const std::vector<std::size_t>& changed);
  void write(const std::vector<scheduler::AuditEntry>& entries);
  [[nodiscard]] scheduler::AuditEntry entry(Time at, std::string event, const nlohmann::json& document) const;
  // Once per trouble, until it is over.
  void warn(std::string& told, std::string_view event, const Result<void>& result);

  Session& session_;
  scheduler::TrustMode trust_ = scheduler::TrustMode::advisory;
  std::map<scheduler::JobKey, Recommendation> last_;  // of the jobs that are pending
  std::string told_of_decisions_, told_of_audit_;
};

}  // namespace runneriq::cli
