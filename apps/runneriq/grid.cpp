#include "apps/runneriq/grid.hpp"

#include "apps/runneriq/carbon_file.hpp"
#include "carbon/demo/demo_grid.hpp"
#include "carbon/electricity_maps/electricity_maps.hpp"
#include "carbon/grid_document.hpp"
#include "carbon/static_zones/static_zones.hpp"
#include "carbon/uk_grid/uk_grid.hpp"
#include "carbon/zones.hpp"
#include "core/version.hpp"
#include "platform/files.hpp"
#include "platform/random.hpp"
#include "platform/system_waiter.hpp"

#include <set>
#include <utility>

namespace runneriq::app {
namespace {

using carbon::ZoneKey;

constexpr Duration kHorizon = std::chrono::hours{48};
// A tick that has to ask by itself waits no longer for all providers together.
constexpr Duration kAskedWithin = std::chrono::seconds{5};
constexpr Duration kRoundLimit = std::chrono::seconds{60};
constexpr Duration kBetweenRounds = std::chrono::seconds{30};
constexpr Duration kRecordsKept = std::chrono::minutes{1};

// What is asked once need not be kept.
class ForThisProcess final : public carbon::IntensityStore {
 public:
  Result<std::vector<carbon::ZoneRecord>> records(Time) override { return heard_.records(); }
  Result<std::vector<carbon::Channel>> channels() override { return std::vector<carbon::Channel>{}; }
  Result<void> keep(const carbon::ChannelKey& key, carbon::Want want, const carbon::ProviderAnswer& answer,
                    Time now) override {
    heard_.add(key, want, answer, now);
    return {};
  }
  Result<void> keep(const carbon::Channel&) override { return {}; }
  Result<carbon::Series> samples(const ZoneKey&, const carbon::Basis&, Time, Time) override {
    return carbon::Series{};
  }

 private:
  carbon::Heard heard_;
};

// Providers take zones by case.
std::vector<ZoneKey> zones_of(scheduler::FleetSnapshot& fleet, const carbon::CarbonOptions& options) {
  std::set<ZoneKey> zones;
  for (scheduler::FleetRunner& runner : fleet.runners) {
    if (runner.zone.value().empty()) continue;
    runner.zone = carbon::canonical(runner.zone, carbon::typical_zones());
    zones.insert(runner.zone);
  }
  if (!zones.empty() && !options.home_zone.empty()) {
    zones.insert(carbon::canonical(ZoneKey{options.home_zone}, carbon::typical_zones()));
  }
  return {zones.begin(), zones.end()};
}

// Zones that may have a key of their own.
std::vector<ZoneKey> zones_with_keys(const GridParts& parts) {
  std::vector<ZoneKey> zones = parts.configured;
  zones.emplace_back(parts.options.home_zone);
  for (const carbon::TypicalZone& typical : carbon::typical_zones()) zones.push_back(typical.zone);
  return zones;
}

}  // namespace

Result<std::unique_ptr<Grid>> Grid::open(GridParts parts) {
  std::unique_ptr<Grid> grid{new Grid{std::move(parts)}};
  if (grid->options().use == carbon::CarbonOptions::Use::off || grid->options().demo) return grid;
  grid->open_store();
  const bool asks = grid->parts_.use == GridUse::once || grid->parts_.use == GridUse::loop;
  if (!asks) return grid;
  if (auto connected = grid->connect(); !connected) return fail(std::move(connected.error()));
  if (grid->parts_.use == GridUse::loop)
    grid->asking_ = std::thread{[raw = grid.get()] { raw->go_on_asking(); }};
  return grid;
}

Grid::~Grid() {
  {
    const std::lock_guard lock{guard_};
    stopped_ = true;
  }
  changed_.notify_all();
  if (stop_) stop_->signal();
  if (asking_.joinable()) asking_.join();
}

void Grid::open_store() {
  const bool keeps = parts_.use == GridUse::loop;
  const bool reads = parts_.use == GridUse::stored && platform::exists(parts_.path);
  if (keeps || reads) {
    store_ = std::make_unique<CarbonFile>(parts_.path, *parts_.log);
  } else if (parts_.use == GridUse::once) {
    store_ = std::make_unique<ForThisProcess>();
  }
}

Result<void> Grid::connect() {
  auto keys = electricity_maps_keys(parts_.environment, zones_with_keys(parts_));
  if (!keys) return fail(std::move(keys.error()));
  auto stop = platform::WakeUp::make();
  if (!stop) return fail(std::move(stop.error()));
  stop_.emplace(*std::move(stop));
  auto client = platform::HttpClient::make(
      {.ca_file = {}, .user_agent = "runneriq/" RUNNERIQ_VERSION, .stop_fd = stop_->fd()});
  if (!client) return fail(std::move(client.error()));
  client_ = *std::move(client);
  if (options().uk_grid.enabled) providers_.push_back(std::make_unique<carbon::UkGrid>(options().uk_grid));
  providers_.push_back(
      std::make_unique<carbon::ElectricityMaps>(options().electricity_maps, *std::move(keys)));
  fetch_ = std::make_unique<carbon::GridFetch>(carbon::GridFetchPorts{.providers = providers_,
                                                                      .store = *store_,
                                                                      .transport = *client_,
                                                                      .log = *parts_.log,
                                                                      .jitter = platform::random_share},
                                               options().fetching);
  return {};
}

std::vector<carbon::ZoneRecord> Grid::records(Time now) {
  const bool fresh = !told_.exchange(false) && parts_.use == GridUse::loop && records_read_ &&
                     now >= *records_read_ && now - *records_read_ < kRecordsKept;
  if (!fresh) {
    records_ = read_records(now);
    records_read_ = now;
  }
  return records_;
}

std::vector<carbon::ZoneRecord> Grid::read_records(Time now) {
  if (options().demo) return carbon::demo_records(now);
  if (fetch_) return fetch_->records(now);
  if (!store_) return {};
  return store_->records(now).value_or(std::vector<carbon::ZoneRecord>{});
}

void Grid::complete(scheduler::FleetSnapshot& fleet) {
  if (options().use == carbon::CarbonOptions::Use::off || fleet.carbon) return;
  const std::vector<ZoneKey> zones = zones_of(fleet, options());
  if (zones.empty()) return;
  ask(zones, fleet.now);
  fleet.carbon = carbon::grid_outlook(zones, records(fleet.now), carbon::typical_zones(), fleet.now, kHorizon,
                                      options().trust);
  if (parts_.use == GridUse::loop) log_rungs(*fleet.carbon);
}

std::map<carbon::ChannelKey, std::int64_t> Grid::failures() const {
  return fetch_ ? fetch_->failures() : std::map<carbon::ChannelKey, std::int64_t>{};
}

std::vector<carbon::Channel> Grid::channels() {
  if (!store_) return {};
  return store_->channels().value_or(std::vector<carbon::Channel>{});
}

carbon::GridOutlook Grid::outlook(std::vector<ZoneKey> zones, Time now) {
  for (ZoneKey& zone : zones) zone = carbon::canonical(zone, carbon::typical_zones());
  std::erase(zones, ZoneKey{});
  ask(zones, now);
  return carbon::grid_outlook(zones, records(now), carbon::typical_zones(), now,
                              std::chrono::hours{carbon::kMostForecastHours}, options().trust);
}

void Grid::ask(const std::vector<ZoneKey>& zones, Time now) {
  if (!fetch_) return;
  if (parts_.use == GridUse::once) return fetch_->round(zones, now, now + kAskedWithin);
  const std::lock_guard lock{guard_};
  if (zones_ == zones) return;
  zones_ = zones;
  changed_.notify_all();
}

void Grid::go_on_asking() {
  std::unique_lock lock{guard_};
  while (!stopped_) {
    const std::vector<ZoneKey> zones = zones_;
    lock.unlock();
    const Time now = platform::wall_clock();
    if (!zones.empty()) {
      fetch_->round(zones, now, now + kRoundLimit);
      asked_ = true;
      told_ = true;
    }
    lock.lock();
    changed_.wait_for(lock, kBetweenRounds, [&] { return stopped_ || zones_ != zones; });
  }
}

// Which rung of the order of trust a zone stands on, whenever that changes.
void Grid::log_rungs(const carbon::GridOutlook& grid) {
  for (const auto& [zone, outlook] : grid.zones) {
    const carbon::OutlookSlot& now = outlook.now();
    std::string rung{carbon::to_text(now.rung)};
    if (now.rung != carbon::Rung::none) rung += " of " + outlook.sources.at(now.source);
    if (std::exchange(rungs_[zone], rung) == rung) continue;
    std::vector<LogField> fields{{"zone", zone.value()}, {"rung", rung}, {"why", outlook.why}};
    if (now.intensity) fields.push_back({"g_per_kwh", now.intensity->g_per_kwh()});
    parts_.log->write(LogLevel::info, "carbon_rung", std::move(fields));
  }
}

}  // namespace runneriq::app
