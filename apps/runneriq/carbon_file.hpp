// The file that carbon is kept in: opened when it is first needed, and tried again where it could not be.
#pragma once

#include "apps/runneriq/opened_file.hpp"
#include "carbon/sqlite/carbon_state.hpp"
#include "core/event_log.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::app {

// For one thread at a time.
class CarbonFile final : public carbon::IntensityStore,
                         public carbon::LedgerStore,
                         public carbon::DeferralStore {
 public:
  // `log` gets what was done to the file so that it can be used; must outlive this.
  CarbonFile(std::string path, EventLog& log) : path_(std::move(path)), log_(log) {}

  [[nodiscard]] Result<std::vector<carbon::ZoneRecord>> records(Time now) override;
  [[nodiscard]] Result<std::vector<carbon::Channel>> channels() override;
  [[nodiscard]] Result<void> keep(const carbon::ChannelKey& key, carbon::Want want,
                                  const carbon::ProviderAnswer& answer, Time now) override;
  [[nodiscard]] Result<void> keep(const carbon::Channel& channel) override;
  [[nodiscard]] Result<carbon::Series> samples(const carbon::ZoneKey& zone, const carbon::Basis& basis,
                                               Time from, Time to) override;

  [[nodiscard]] Result<void> keep(std::span<const carbon::DecisionCarbon> decisions) override;
  [[nodiscard]] Result<std::optional<carbon::DecisionCarbon>> decision(const GitLabUrl& gitlab,
                                                                       JobId job) override;
  [[nodiscard]] Result<void> keep_deferred(std::span<const carbon::Deferral> deferrals) override;
  [[nodiscard]] Result<std::optional<Time>> deferred_since(const GitLabUrl& gitlab, JobId job) override;
  [[nodiscard]] Result<std::vector<std::size_t>> append(std::span<const carbon::LedgerRow> rows) override;
  [[nodiscard]] Result<void> read(const carbon::LedgerQuery& query,
                                  const std::function<bool(const carbon::LedgerRow&)>& take) override;
  [[nodiscard]] Result<bool> holds(const GitLabUrl& gitlab, JobId job) override;
  [[nodiscard]] Result<void> restate(std::span<const carbon::RestatedJob> jobs) override;

  [[nodiscard]] Result<std::vector<carbon::Deferral>> deferrals() override;
  [[nodiscard]] Result<void> keep(std::span<const carbon::Deferral> deferrals) override;

 private:
  Result<carbon::CarbonState*> state();
  // What `use` gives of the opened file, or why it cannot be opened.
  template <class Use>
  auto with(Use use) -> decltype(use(std::declval<carbon::CarbonState&>())) {
    auto opened = state();
    if (!opened) return fail(std::move(opened.error()));
    return use(**opened);
  }

  std::string path_;
  EventLog& log_;
  OpenedFile<carbon::CarbonState> state_;
};

}  // namespace runneriq::app
