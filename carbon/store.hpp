// What carbon keeps between ticks, and the ports to it. Implemented in carbon/sqlite.
#pragma once

#include "carbon/deferral.hpp"
#include "carbon/fetching.hpp"
#include "carbon/ledger.hpp"
#include "carbon/outlook.hpp"

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace runneriq::carbon {

class IntensityStore {
 public:
  virtual ~IntensityStore() = default;
  // All records, with `past` of the last 28 days.
  [[nodiscard]] virtual Result<std::vector<ZoneRecord>> records(Time now) = 0;
  [[nodiscard]] virtual Result<std::vector<Channel>> channels() = 0;
  // An answer of a provider; what it tells again replaces what was told. Durable when it returns. Samples
  // older than 100 days go.
  [[nodiscard]] virtual Result<void> keep(const ChannelKey& key, Want want, const ProviderAnswer& answer,
                                          Time now) = 0;
  [[nodiscard]] virtual Result<void> keep(const Channel& channel) = 0;
  // Samples of a zone on a basis within [from, to), as they stand today: for restating.
  [[nodiscard]] virtual Result<Series> samples(const ZoneKey& zone, const Basis& basis, Time from,
                                               Time to) = 0;
};

struct LedgerQuery {
  std::optional<Time> since = {}, until = {};  // by end of the job: since ≤ t < until
  std::optional<ProjectId> project = {};
  std::optional<PipelineId> pipeline = {};
  std::optional<JobId> job = {};  // of any GitLab
  std::size_t most = 0;           // the newest; 0 = all
};

// A job whose row is restated.
struct RestatedJob {
  GitLabUrl gitlab = {};
  JobId job = {};
  Restatement restatement = {};
};

class LedgerStore {
 public:
  virtual ~LedgerStore() = default;
  // What was known when a job was given a runner; the first for a job stays. Kept for 7 days.
  [[nodiscard]] virtual Result<void> keep(std::span<const DecisionCarbon> decisions) = 0;
  [[nodiscard]] virtual Result<std::optional<DecisionCarbon>> decision(const GitLabUrl& gitlab,
                                                                       JobId job) = 0;
  // Plans are over when their job is played; when each job was planned first stays. Kept for 35 days.
  [[nodiscard]] virtual Result<void> keep_deferred(std::span<const Deferral> deferrals) = 0;
  // When its first start was chosen; none for a job that was never deferred.
  [[nodiscard]] virtual Result<std::optional<Time>> deferred_since(const GitLabUrl& gitlab, JobId job) = 0;
  // A job that has a row already keeps it. Gives the positions of the rows that were added.
  [[nodiscard]] virtual Result<std::vector<std::size_t>> append(std::span<const LedgerRow> rows) = 0;
  // Oldest first, until `take` returns false.
  [[nodiscard]] virtual Result<void> read(const LedgerQuery& query,
                                          const std::function<bool(const LedgerRow&)>& take) = 0;
  [[nodiscard]] virtual Result<bool> holds(const GitLabUrl& gitlab, JobId job) = 0;
  // Adds restatements, all of them or none; what was used stays.
  [[nodiscard]] virtual Result<void> restate(std::span<const RestatedJob> jobs) = 0;
};

class DeferralStore {
 public:
  virtual ~DeferralStore() = default;
  [[nodiscard]] virtual Result<std::vector<Deferral>> deferrals() = 0;
  // Replaces all: those that are over are left out.
  [[nodiscard]] virtual Result<void> keep(std::span<const Deferral> deferrals) = 0;
};

}  // namespace runneriq::carbon
