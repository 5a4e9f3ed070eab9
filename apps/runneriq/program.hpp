// `runneriq` put together: settings, log, state and sources behind the ports that commands use.
#pragma once

#include "apps/runneriq/advice_loop.hpp"
#include "apps/runneriq/alerts.hpp"
#include "apps/runneriq/carbon_file.hpp"
#include "apps/runneriq/diagnoses.hpp"
#include "apps/runneriq/face_rules.hpp"
#include "apps/runneriq/fixed_options.hpp"
#include "apps/runneriq/fleet_store.hpp"
#include "apps/runneriq/grid.hpp"
#include "apps/runneriq/heartbeat.hpp"
#include "apps/runneriq/relay.hpp"
#include "apps/runneriq/settings.hpp"
#include "apps/runneriq/sources.hpp"
#include "apps/runneriq/standard_output.hpp"
#include "cli/fleet_doctor.hpp"
#include "cli/session.hpp"
#include "gitlab/hook_origins.hpp"
#include "platform/private_folder.hpp"
#include "platform/system_waiter.hpp"
#include "platform/termination.hpp"
#include "scheduler/carbon_books.hpp"
#include "service/alert_metrics.hpp"
#include "service/carbon_knowledge.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace runneriq::app {

// The log of the program, which a reload may replace while others, on any thread, write to it.
class ProgramLog final : public EventLog {
 public:
  void write(LogLevel level, std::string_view event, std::vector<LogField> fields) override;
  // Keeps the log there was when the new one cannot be opened.
  Result<void> open(const platform::LogSettings& settings);

 private:
  std::mutex guard_;  // of the pointer: who writes keeps the log that there was
  std::shared_ptr<EventLog> log_;
};

class Program {
 public:
  // `environment` must outlive this.
  Program(cli::Invocation invocation, EnvironmentBlock environment);
  // The exit code.
  int run();

 private:
  cli::Exit undelivered();
  cli::Session session();
  Result<std::unique_ptr<cli::TickSource>> open_source(const cli::SourceRequest& request);
  Result<std::unique_ptr<FleetSource>> open_real(const SourceParts& parts);
  Result<std::unique_ptr<FleetSource>> open_simulated(const SourceParts& parts);
  Result<std::shared_ptr<Grid>> open_grid(cli::SourceRequest::Kind kind);
  // Null where none are kept.
  std::shared_ptr<scheduler::CarbonBooks> open_books(cli::SourceRequest::Kind kind,
                                                     std::shared_ptr<Grid> grid);
  Result<std::unique_ptr<scheduler::Plays>> open_plays(bool may_play);
  Result<cli::CarbonPorts> open_carbon();
  Result<cli::AlertPorts> open_alerts(cli::Session::AlertFile file);
  AlertsParts alerts_parts(std::vector<Watched> fleets);
  Result<void> start_alerts();
  Result<void> watch_origins();
  void hear(gitlab::Webhook hook);  // on the server's thread
  void hear(const gitlab::FleetReading& reading);
  Result<cli::DiagnosisPorts> open_diagnosis(cli::Session::DiagnosisReach reach, std::string_view page);
  Result<void> start_diagnoses();
  [[nodiscard]] AdviceParts advice_parts();
  Result<void> start_advice();
  void keep_opinions(const scheduler::Tick& tick);
  Result<void> open_triage(cli::DiagnosisPorts& ports);
  Result<std::vector<carbon::PlacedRunner>> placed_runners();
  [[nodiscard]] std::vector<carbon::PlacedRunner> configured_runners() const;
  [[nodiscard]] service::CarbonState carbon_state() const;
  [[nodiscard]] std::optional<service::AlertFigures> alert_figures() const;
  [[nodiscard]] service::DiagnosisFigures diagnosis_figures() const;
  void gather_carbon(cli::ProgramFacts& facts);
  void gather_advisor(cli::ProgramFacts& facts);
  void gather_alerts(cli::ProgramFacts& facts);
  void gather_messages(cli::AlertFacts& facts);
  Result<alerting::AlertState*> alert_state();
  [[nodiscard]] std::string beside_state(std::string_view name) const;
  [[nodiscard]] std::string carbon_path() const { return beside_state("carbon.db"); }
  [[nodiscard]] std::string advisor_path() const { return beside_state("advisor.db"); }
  [[nodiscard]] std::string alerts_path() const { return beside_state("alerts.db"); }
  CarbonFile& carbon_file();
  Result<std::unique_ptr<cli::FleetFace>> open_face(const std::string& listen);
  Result<std::unique_ptr<cli::TagDesks>> open_tags();
  void announce(cli::Session::Announcement what);
  cli::CiPorts open_ci();
  [[nodiscard]] Result<void> need_store() const;
  Result<void> use_temporary_store();
  [[nodiscard]] Result<void> can_be_watched(const Settings& fresh) const;
  // Null where nobody is served.
  [[nodiscard]] Result<std::shared_ptr<const FaceRules>> served_by(const Settings& settings) const;
  std::vector<config::Problem> reload(cli::Session& session);
  std::vector<config::Problem> take_over(std::unique_ptr<Loaded> fresh);
  void tell_what_needs_a_restart();
  Result<void> run_relay(const std::function<void()>& started);
  bool reload_relay();
  std::vector<executor::Finding> examine();
  [[nodiscard]] std::optional<scheduler::HostQueue> host_queue() const;

  cli::Invocation invocation_;
  EnvironmentBlock environment_;
  platform::Termination termination_;
  platform::SystemWaiter waiter_{termination_};
  std::string run_;
  std::unique_ptr<Loaded> loaded_;
  StandardOutput out_;
  ProgramLog log_;
  std::optional<platform::PrivateFolder> temporary_;  // of the state that --mock keeps
  std::unique_ptr<FleetStore> store_;
  std::atomic<std::shared_ptr<const FaceRules>> face_rules_;    // of the loop's face
  std::atomic<std::shared_ptr<const RelayTerms>> relay_terms_;  // of `relay`
  std::optional<FixedOptions> fixed_;                           // of what is served or relayed
  std::optional<Heartbeat> heartbeat_;                          // of the loop
  std::shared_ptr<Grid> grid_;                                  // of the source that was opened last
  std::unique_ptr<CarbonFile> carbon_file_;                     // for what is not the grid's
  std::shared_ptr<scheduler::CarbonBooks> books_;
  std::optional<AlertFile> alert_file_;              // of commands
  std::shared_ptr<AdviceLoop> advice_loop_;          // of the loop; null where nobody is asked
  std::unique_ptr<Advice> advice_;                   // of commands
  std::optional<diagnosis::RuleBook> rules_;         // of commands
  std::optional<DiagnosisGitLab> diagnosis_gitlab_;  // of commands
  std::mutex origins_guard_;                         // of what follows
  gitlab::HookOrigins origins_;
  std::atomic<std::shared_ptr<Diagnoses>> diagnoses_;  // of the loop; null where it is off
  std::atomic<std::shared_ptr<Alerts>> alerts_;        // of the loop; null where it is off
};

}  // namespace runneriq::app
