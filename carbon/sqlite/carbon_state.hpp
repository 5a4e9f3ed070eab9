// What carbon keeps, on SQLite, in a file of its own beside the fleet's state: the ledger is to be kept for
// years, and can be given to an auditor without anything else of the fleet.
#pragma once

#include "carbon/store.hpp"
#include "platform/state_file.hpp"

#include <span>
#include <string>
#include <vector>

namespace runneriq::carbon {

struct CarbonStateSettings {
  std::string path = "/var/lib/runneriq/carbon.db";
  Duration patience = std::chrono::seconds{5};  // longest wait of a call for other processes
};

// For one thread at a time; several processes may use one file. Errors: see StateFile; each means to go on
// without what was asked for.
class CarbonState final : public IntensityStore, public LedgerStore, public DeferralStore {
 public:
  static Result<CarbonState> open(CarbonStateSettings settings);

  [[nodiscard]] Result<std::vector<ZoneRecord>> records(Time now) override;
  [[nodiscard]] Result<std::vector<Channel>> channels() override;
  [[nodiscard]] Result<void> keep(const ChannelKey& key, Want want, const ProviderAnswer& answer,
                                  Time now) override;
  [[nodiscard]] Result<void> keep(const Channel& channel) override;
  [[nodiscard]] Result<Series> samples(const ZoneKey& zone, const Basis& basis, Time from, Time to) override;

  [[nodiscard]] Result<void> keep(std::span<const DecisionCarbon> decisions) override;
  [[nodiscard]] Result<std::optional<DecisionCarbon>> decision(const GitLabUrl& gitlab, JobId job) override;
  [[nodiscard]] Result<void> keep_deferred(std::span<const Deferral> deferrals) override;
  [[nodiscard]] Result<std::optional<Time>> deferred_since(const GitLabUrl& gitlab, JobId job) override;
  // All of them or none, with one durable commit.
  [[nodiscard]] Result<std::vector<std::size_t>> append(std::span<const LedgerRow> rows) override;
  // Holds no lock while `take` works. Rows that are added meanwhile may be among them.
  [[nodiscard]] Result<void> read(const LedgerQuery& query,
                                  const std::function<bool(const LedgerRow&)>& take) override;
  [[nodiscard]] Result<bool> holds(const GitLabUrl& gitlab, JobId job) override;
  // With one durable commit. Error: not_found when a job has no row.
  [[nodiscard]] Result<void> restate(std::span<const RestatedJob> jobs) override;

  [[nodiscard]] Result<std::vector<Deferral>> deferrals() override;
  [[nodiscard]] Result<void> keep(std::span<const Deferral> deferrals) override;

  // What was done to the file so that it can be used, as sentences for the log.
  [[nodiscard]] const std::vector<std::string>& notices() const { return file_.notices(); }

 private:
  explicit CarbonState(platform::StateFile file) : file_(std::move(file)) {}

  template <class Value, class Read>
  Result<Value> look(Read find);

  platform::StateFile file_;
};

}  // namespace runneriq::carbon
