// The power grid as the ticks see it: providers with their keys, what they have told, and the thread that
// asks them, so that no tick waits for a provider.
#pragma once

#include "apps/runneriq/settings.hpp"
#include "carbon/http/grid_fetch.hpp"
#include "carbon/options.hpp"
#include "carbon/outlook.hpp"
#include "core/event_log.hpp"
#include "platform/http_client.hpp"
#include "platform/wake_up.hpp"
#include "scheduler/fleet.hpp"

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace runneriq::app {

// Where intensities come from.
enum class GridUse {
  typical,  // demo or annual means, and nobody is asked: for simulated fleets and documents
  stored,   // what the loop has kept: for questions
  once,     // providers are asked within the tick: for one tick without a loop
  loop,     // a thread asks, and keeps the answers
};

struct GridParts {
  carbon::CarbonOptions options;
  std::vector<carbon::ZoneKey> configured;  // zones of runners, which may have keys of their own
  EnvironmentBlock environment;
  std::string path;         // of the file that carbon is kept in
  EventLog* log = nullptr;  // must outlive the grid
  GridUse use = GridUse::typical;
};

class Grid {
 public:
  // Error: a key that is none; no HTTP client.
  static Result<std::unique_ptr<Grid>> open(GridParts parts);
  ~Grid();
  Grid(const Grid&) = delete;
  Grid& operator=(const Grid&) = delete;

  // Puts the outlook of its runners' zones, and of the home zone, into the snapshot. Nothing where carbon is
  // off, no zone is known, or the snapshot brought its own.
  void complete(scheduler::FleetSnapshot& fleet);
  // What is known, up to a minute old: four weeks of samples are too much to be read in each tick.
  [[nodiscard]] std::vector<carbon::ZoneRecord> records(Time now);
  [[nodiscard]] std::map<carbon::ChannelKey, std::int64_t> failures() const;
  // What became of asking, as it is kept.
  [[nodiscard]] std::vector<carbon::Channel> channels();
  // The providers have been asked once, or nobody is asked: what is not known now is not about to be.
  [[nodiscard]] bool has_asked() const { return asked_ || !asking_.joinable(); }
  // For questions: as far ahead as anybody may ask.
  [[nodiscard]] carbon::GridOutlook outlook(std::vector<carbon::ZoneKey> zones, Time now);

 private:
  explicit Grid(GridParts parts) : parts_(std::move(parts)) {}
  Result<void> connect();
  void open_store();
  [[nodiscard]] const carbon::CarbonOptions& options() const { return parts_.options; }
  [[nodiscard]] std::vector<carbon::ZoneRecord> read_records(Time now);
  void ask(const std::vector<carbon::ZoneKey>& zones, Time now);
  void go_on_asking();
  void log_rungs(const carbon::GridOutlook& grid);

  GridParts parts_;
  std::vector<std::unique_ptr<carbon::Provider>> providers_;
  std::unique_ptr<carbon::IntensityStore> store_;
  std::unique_ptr<platform::HttpClient> client_;
  std::unique_ptr<carbon::GridFetch> fetch_;  // null: nobody is asked
  std::vector<carbon::ZoneRecord> records_;
  std::optional<Time> records_read_;
  std::map<carbon::ZoneKey, std::string> rungs_;  // as logged last

  std::atomic<bool> asked_ = false;
  std::atomic<bool> told_ = false;  // something may have been told since records_ were read

  std::optional<platform::WakeUp> stop_;  // ends a call that is under way
  std::mutex guard_;                      // of what follows
  std::condition_variable changed_;
  std::vector<carbon::ZoneKey> zones_;
  bool stopped_ = false;
  std::thread asking_;
};

}  // namespace runneriq::app
