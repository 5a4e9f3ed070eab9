// The scheduler service of a running loop: its HTTP face, over sockets, with its threads.
#pragma once

#include "platform/http_server.hpp"
#include "scheduler/fleet_watch.hpp"
#include "service/fleet_api.hpp"
#include "service/host_reports.hpp"
#include "service/side_thread.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace runneriq::service {

struct FleetServiceSettings {
  platform::HttpServerSettings http;
  ApiSettings api;
  // Of an earlier program; see AdmissionState::load().
  std::vector<scheduler::Booking> kept;
  // Ports of FleetApi; those that the service makes itself (threads, read, reports, hint) do not count.
  ApiPorts ports;
  // The documents of a tick but for its leases, made on the loop's thread.
  std::function<FleetDocuments(const scheduler::Tick&)> render;
  // What is kept of carbon, on the loop's thread; empty: what a tick has itself is shown.
  std::function<CarbonState()> carbon = {};
  // What has become of events and messages, on the loop's thread; none: alerting is off.
  std::function<std::optional<AlertFigures>()> alerts = {};
  // On the loop's thread; may be empty.
  std::function<DiagnosisFigures()> diagnoses = {};
  // A hint has come: ends a wait of the loop. On the server's thread.
  std::function<void()> wake;
};

class FleetService {
 public:
  // Error: it cannot listen.
  static Result<std::unique_ptr<FleetService>> start(FleetServiceSettings settings);
  ~FleetService();
  FleetService(const FleetService&) = delete;
  FleetService& operator=(const FleetService&) = delete;

  [[nodiscard]] std::string address() const { return server_->address(); }
  // What GET shows from now on; `steering` may be null. From the loop's thread, as all below.
  void publish(const scheduler::Tick& tick, const scheduler::SteeringReport* steering,
               std::optional<Duration> took = std::nullopt);
  void publish_failure(const Error& error);
  // Beyond ApiSettings::poll_interval, which a reload may change.
  void expect_ticks_every(Duration interval);
  // What executors and webhooks have hinted at since the last call.
  [[nodiscard]] scheduler::Hints take_hints();
  // For webhooks; from any thread.
  void hint(const GitLabUrl& gitlab, ProjectId project);
  // For capacity and load: what hosts have said within kReportFresh.
  [[nodiscard]] std::vector<scheduler::HostReport> recent_reports(Time now) { return reports_.recent(now); }

 private:
  explicit FleetService(FleetServiceSettings settings);
  Result<void> listen(platform::HttpServerSettings settings);
  ApiPorts with_threads(ApiPorts ports);
  void keep_time();
  void publish_figures();

  std::function<FleetDocuments(const scheduler::Tick&)> render_;
  std::function<CarbonState()> carbon_;
  std::function<std::optional<AlertFigures>()> alerts_;
  std::function<DiagnosisFigures()> diagnoses_;
  std::function<void()> wake_;
  HostReports reports_;
  std::mutex mutex_;
  scheduler::Hints hints_;
  std::atomic<bool> ready_ = false;  // server_ is there
  std::unique_ptr<FleetApi> api_;
  std::unique_ptr<platform::HttpServer> server_;
  platform::HttpServer* timer_ = nullptr;  // the same, and still there for its own thread while it ends
  SideThread booker_, historian_, reader_;
  int turns_ = 0;
};

}  // namespace runneriq::service
