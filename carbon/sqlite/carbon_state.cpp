#include "carbon/sqlite/carbon_state.hpp"

#include "carbon/sqlite/carbon_schema.hpp"
#include "carbon/sqlite/kept_channels.hpp"
#include "carbon/sqlite/kept_decisions.hpp"
#include "carbon/sqlite/kept_deferrals.hpp"
#include "carbon/sqlite/kept_intensities.hpp"
#include "carbon/sqlite/kept_ledger.hpp"
#include "carbon/sqlite/ledger_pages.hpp"

#include <utility>

namespace runneriq::carbon {
namespace {

using platform::Database;

Error no_row(const RestatedJob& job) {
  return {Errc::not_found, "job " + std::to_string(job.job.value()) + " of " + job.gitlab.value() +
                               " has no row in the carbon ledger that could be restated"};
}

}  // namespace

Result<CarbonState> CarbonState::open(CarbonStateSettings settings) {
  auto file = platform::StateFile::open(carbon_file(), std::move(settings.path), settings.patience);
  if (!file) return fail(std::move(file.error()));
  return CarbonState{std::move(*file)};
}

// Without a lock where it can be; a file that was damaged or replaced is repaired on the other way.
template <class Value, class Read>
Result<Value> CarbonState::look(Read find) {
  std::optional<Value> found;
  const auto work = [&](Database& database) -> Result<void> {
    Result<Value> value = find(database);
    if (!value) return fail(std::move(value.error()));
    found.emplace(std::move(*value));
    return {};
  };
  if (!file_.look(work)) {
    if (auto looked = file_.change(work); !looked) return fail(std::move(looked.error()));
  }
  return std::move(*found);
}

// ---- intensities ---------------------------------------------------------------------------------

Result<std::vector<ZoneRecord>> CarbonState::records(Time now) {
  return look<std::vector<ZoneRecord>>([&](Database& database) { return zone_records(database, now); });
}

Result<std::vector<Channel>> CarbonState::channels() {
  return look<std::vector<Channel>>(kept_channels);
}

Result<void> CarbonState::keep(const ChannelKey& key, Want want, const ProviderAnswer& answer, Time now) {
  return file_.change([&](Database& database) -> Result<void> {
    if (auto put = put_answer(database, key, want, answer, now); !put) return put;
    return forget_old_samples(database, now);
  });
}

Result<void> CarbonState::keep(const Channel& channel) {
  return file_.change([&](Database& database) { return put_channel(database, channel); });
}

Result<Series> CarbonState::samples(const ZoneKey& zone, const Basis& basis, Time from, Time to) {
  return look<Series>([&](Database& database) { return samples_between(database, zone, basis, from, to); });
}

// ---- the ledger ----------------------------------------------------------------------------------

Result<void> CarbonState::keep(std::span<const DecisionCarbon> decisions) {
  if (decisions.empty()) return {};
  return file_.change([&](Database& database) { return put_decisions(database, decisions); });
}

Result<std::optional<DecisionCarbon>> CarbonState::decision(const GitLabUrl& gitlab, JobId job) {
  return look<std::optional<DecisionCarbon>>(
      [&](Database& database) { return find_decision(database, gitlab, job); });
}

Result<void> CarbonState::keep_deferred(std::span<const Deferral> deferrals) {
  if (deferrals.empty()) return {};
  return file_.change([&](Database& database) { return put_deferred(database, deferrals); });
}

Result<std::optional<Time>> CarbonState::deferred_since(const GitLabUrl& gitlab, JobId job) {
  return look<std::optional<Time>>(
      [&](Database& database) { return carbon::deferred_since(database, gitlab, job); });
}

Result<std::vector<std::size_t>> CarbonState::append(std::span<const LedgerRow> rows) {
  std::vector<std::size_t> added;
  if (rows.empty()) return added;
  auto appended = file_.change([&](Database& database) -> Result<void> {
    auto put = append_to_ledger(database, rows);
    if (!put) return fail(std::move(put.error()));
    added = std::move(*put);
    return {};
  });
  if (!appended) return fail(std::move(appended.error()));
  return added;
}

Result<void> CarbonState::read(const LedgerQuery& query, const std::function<bool(const LedgerRow&)>& take) {
  auto place = look<LedgerPlace>([&](Database& database) { return first_place(database, query); });
  if (!place) return fail(std::move(place.error()));
  while (true) {
    const auto page =
        look<LedgerPage>([&](Database& database) { return ledger_page(database, query, *place); });
    if (!page) return fail(page.error());
    for (const LedgerRow& row : page->rows) {
      if (!take(row)) return {};
    }
    if (page->rows.size() < kRowsPerPage) return {};
    *place = page->next;
  }
}

Result<bool> CarbonState::holds(const GitLabUrl& gitlab, JobId job) {
  const auto entry =
      look<std::int64_t>([&](Database& database) { return ledger_entry_of(database, gitlab, job); });
  if (!entry) return fail(entry.error());
  return *entry != 0;
}

Result<void> CarbonState::restate(std::span<const RestatedJob> jobs) {
  if (jobs.empty()) return {};
  const RestatedJob* absent = nullptr;
  auto restated = file_.change([&](Database& database) -> Result<void> {
    auto without = first_without_row(database, jobs);
    if (!without) return fail(std::move(without.error()));
    absent = *without;
    return absent == nullptr ? add_restatements(database, jobs) : Result<void>{};
  });
  if (restated && absent != nullptr) return fail(no_row(*absent));
  return restated;
}

// ---- deferrals -----------------------------------------------------------------------------------

Result<std::vector<Deferral>> CarbonState::deferrals() {
  return look<std::vector<Deferral>>(kept_deferrals);
}

Result<void> CarbonState::keep(std::span<const Deferral> deferrals) {
  return file_.change([&](Database& database) { return replace_deferrals(database, deferrals); });
}

}  // namespace runneriq::carbon
