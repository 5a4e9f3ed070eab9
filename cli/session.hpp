// What the main hands to the commands: ports and openers of ports, so that a command takes only
// what it needs and tests give fakes.
#pragma once

#include "alerting/options.hpp"
#include "alerting/store.hpp"
#include "carbon/grid_document.hpp"
#include "carbon/store.hpp"
#include "cli/command.hpp"
#include "config/configuration.hpp"
#include "core/event_log.hpp"
#include "core/result.hpp"
#include "core/waiter.hpp"
#include "diagnosis/inquiry.hpp"
#include "diagnosis/options.hpp"
#include "executor/finding.hpp"
#include "gitlab/ci_config.hpp"
#include "gitlab/discussions.hpp"
#include "scheduler/audit.hpp"
#include "scheduler/fleet_memory.hpp"
#include "scheduler/fleet_watch.hpp"
#include "scheduler/plays.hpp"
#include "scheduler/steering.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::cli {

// Results go to stdout, talk to stderr.
class Output {
 public:
  virtual ~Output() = default;
  virtual void result(std::string_view text) = 0;
  // A newline is added. May be called from another thread while a source ticks.
  virtual void talk(std::string_view line) = 0;
  [[nodiscard]] virtual bool colour() const = 0;  // stdout is a terminal, and NO_COLOR is not set
  // stderr is a terminal: somebody waits and likes to know for what.
  [[nodiscard]] virtual bool somebody_watches() const { return false; }
};

// Where ticks come from: GitLab, the built-in simulator, or a document.
class TickSource {
 public:
  virtual ~TickSource() = default;
  [[nodiscard]] virtual Result<scheduler::Tick> tick(Time now) = 0;
  // After hints of webhooks; as tick() for sources that get none.
  [[nodiscard]] virtual Result<scheduler::Tick> tick_hinted(Time now, const scheduler::Hints& hints) {
    (void)hints;
    return tick(now);
  }
  // From now on decisions are made on the snapshot as `adjust` leaves it.
  virtual void adjust_snapshots(std::function<void(scheduler::FleetSnapshot&)> adjust) { (void)adjust; }
  // The rules of its decisions, for what-if.
  [[nodiscard]] virtual const scheduler::TickRules& rules() const = 0;
  [[nodiscard]] virtual scheduler::Advisor& advisor() = 0;
};

struct SourceRequest {
  enum class Kind { gitlab, mock, snapshot };
  Kind kind = Kind::gitlab;
  std::string snapshot_file;  // "-" = stdin
  scheduler::Depth depth = scheduler::Depth::full;
  scheduler::MemoryUse memory_use = scheduler::MemoryUse::recall_only;
  // Where nothing is to be written, there is nothing that could.
  enum class Writes { nothing, tags } writes = Writes::nothing;
};

// The trail as commands see it.
class AuditTrail {
 public:
  virtual ~AuditTrail() = default;
  [[nodiscard]] virtual Result<void> append(const scheduler::AuditEntry& entry) = 0;
  // The same for many; to be overridden where one commit for all is cheaper. Ends at the first error.
  [[nodiscard]] virtual Result<void> append_all(std::span<const scheduler::AuditEntry> entries) {
    for (const scheduler::AuditEntry& entry : entries) {
      if (Result<void> done = append(entry); !done) return done;
    }
    return {};
  }
  // All records in order, until `take` returns false.
  [[nodiscard]] virtual Result<void> read(const std::function<bool(const scheduler::AuditRecord&)>& take) = 0;
  // Checks the whole trail against the checkpoint kept beside the state file.
  [[nodiscard]] virtual Result<scheduler::AuditVerdict> verify() = 0;
};

// One GitLab, for commands that write tags.
struct TagDesk {
  GitLabUrl gitlab;
  gitlab::FleetReader* reader = nullptr;  // not null; both live as long as the desk's owner
  gitlab::RunnerTagAccess* access = nullptr;
};
class TagDesks {
 public:
  virtual ~TagDesks() = default;
  [[nodiscard]] virtual const std::vector<TagDesk>& all() const = 0;
  [[nodiscard]] virtual const scheduler::Lanes& lanes() const = 0;
  // Null where nothing has been recorded yet: only the loop makes a state file.
  [[nodiscard]] virtual scheduler::AuditSink* audit() = 0;
};

// The HTTP face of a running loop.
class FleetFace {
 public:
  virtual ~FleetFace() = default;
  [[nodiscard]] virtual std::string address() const = 0;
  // What GET shows from now on; `steering` may be null; `took` is how long the tick did.
  virtual void publish(const scheduler::Tick& tick, const scheduler::SteeringReport* steering,
                       Duration took) = 0;
  // GitLab gave nothing to decide on.
  virtual void publish_failure(const Error& error, Time now) = 0;
  // Adds what hosts have said of their runners.
  virtual void complete(scheduler::FleetSnapshot& fleet) = 0;
  // What webhooks and executors have hinted at since the last call; a new hint ends a wait of the
  // session's waiter (by_change).
  [[nodiscard]] virtual scheduler::Hints take_hints() = 0;
};

// For `lanes plan`.
struct CiPorts {
  std::function<Result<gitlab::CiNode>(std::string_view text)> parse;
  scheduler::Lanes lanes;
  scheduler::PriorityRules rules;
  // Id or full path; "" = no GitLab is asked, since no project is named or there is no token.
  std::string project;
  // The project's configuration with what it includes, as GitLab merges it.
  std::function<Result<std::string>()> merged_ci_config;
  // One per key. Error: nothing is remembered.
  std::function<Result<std::vector<scheduler::JobHistory>>(std::span<const scheduler::HistoryKey>)> durations;
};

// For `carbon …`.
struct CarbonPorts {
  const carbon::CarbonOptions* options = nullptr;  // not null
  std::function<Result<carbon::GridOutlook>(Time now)> outlook;
  using PlacedRunner = carbon::PlacedRunner;
  // Of the fleet, also those without a zone. Error: GitLab cannot be asked.
  std::function<Result<std::vector<PlacedRunner>>()> runners;
  // Null where nothing has been recorded yet: only the loop makes a state file.
  carbon::LedgerStore* ledger = nullptr;
  carbon::DeferralStore* deferrals = nullptr;
  // What is added to UTC where the person is, at that moment. Empty: times are shown in UTC only.
  std::function<std::chrono::minutes(Time)> local_offset = {};
};

// For `alerts …`.
struct AlertPorts {
  const alerting::AlertingOptions* options = nullptr;  // not null
  const alerting::TimeZones* zones = nullptr;          // not null
  alerting::NoiseRules rules;
  // Null where nothing has been recorded yet and nothing is to be.
  alerting::AlertStore* store = nullptr;
  alerting::Outbox* outbox = nullptr;
};

// Of the day, for what models cost.
struct TokenUse {
  std::int64_t spent = 0, limit = 0;  // tokens; limit 0 = none
};

// For `diagnose`.
struct DiagnosisPorts {
  const diagnosis::DiagnosisOptions* options = nullptr;  // not null
  diagnosis::RuleBook* rules = nullptr;                  // not null
  diagnosis::RedactionTerms::Personal personal = diagnosis::RedactionTerms::Personal::keep;
  diagnosis::Triage* triage = nullptr;  // null: no model is asked
  // What would be sent to one, word by word.
  std::function<std::string(const diagnosis::TriageQuestion&)> prompt;
  // None: no model is asked, or its ledger cannot be read.
  std::function<std::optional<TokenUse>()> tokens;

  // Of the GitLab; null and "" where none was wanted.
  std::string gitlab{}, project{};  // address; the configured project
  gitlab::Pipelines* pipelines = nullptr;
  gitlab::JobLogs* logs = nullptr;
  gitlab::Discussions* discussions = nullptr;  // null unless something may be written
  std::function<Result<gitlab::CiConfig>(std::string_view yaml)> parse_ci{};
};

struct Session {
  Output& out;
  EventLog& log;
  Waiter& waiter;
  std::string actor;  // of audit records: "user:<name>" or "daemon"
  std::string run;    // id of this run of the program

  // The effective configuration, where it came from, and what was wrong with it.
  const config::Configuration* configuration = nullptr;
  std::string config_file;
  bool config_absent = false;  // there is no such file, and none is needed
  std::vector<config::Problem> problems;

  std::function<Result<std::unique_ptr<TickSource>>(const SourceRequest&)> open_source;
  // Re-reads the configuration; the old one stays when the new is bad. Sources must be opened anew.
  std::function<std::vector<config::Problem>()> reload;
  // The fleet's state file. Errors mean: go on without it.
  std::function<Result<scheduler::DecisionStore*>()> decisions;
  std::function<Result<AuditTrail*>()> audit;
  // Keeps others from looping on the same state file until the program ends. Error: conflict, with who holds
  // it.
  std::function<Result<void>()> claim_loop;
  // What is held and running on this very host; none when no executor keeps state here.
  std::function<std::optional<scheduler::HostQueue>()> host_queue;
  std::function<std::vector<executor::Finding>()> examine;  // for doctor
  // To write tags by a person's command. Error: no GitLab, no token.
  std::function<Result<std::unique_ptr<TagDesks>>()> open_tags = {};
  // For --execute: gate, leases and writes over this source's GitLabs. Error: what hinders it.
  std::function<Result<std::unique_ptr<scheduler::Steering>>(TickSource& source)> open_steering = {};
  // Tells whoever supervises the program, such as systemd.
  enum class Announcement { ready, reloading, stopping, alive };
  std::function<void(Announcement)> announce = {};
  // Asks the person at the terminal; none where there is none.
  std::function<std::optional<bool>(std::string_view question)> ask = {};
  // Leases, proposals and trust in the state file. Error: as for decisions.
  std::function<Result<scheduler::SteeringStore*>()> steering_store = {};
  // For --listen: "unix:PATH" or "ADDRESS:PORT". Error: it cannot listen there, or not safely.
  std::function<Result<std::unique_ptr<FleetFace>>(const std::string& listen)> open_face = {};
  std::function<Result<void>(const std::string& path, std::string_view content)> write_file;
  // For `relay`: forwards until the program is asked to stop. Error: what hinders it.
  std::function<Result<void>(const std::function<void()>& started)> run_relay = {};
  std::function<CiPorts()> open_ci = {};
  // For deferred manual jobs; `may_play`: --execute. Null where none are played. Error: what hinders it.
  std::function<Result<std::unique_ptr<scheduler::Plays>>(bool may_play)> open_plays = {};
  // Error: what hinders it; never that nothing is known yet.
  std::function<Result<CarbonPorts>()> open_carbon = {};
  // For alerting: each tick of the loop; the report is null where nothing is steered.
  std::function<void(const scheduler::Tick&, const scheduler::SteeringReport*)> ticked = {};
  // Error: rules that are none. `make`: whether the file is made where there is none.
  enum class AlertFile { as_it_is, make };
  std::function<Result<AlertPorts>(AlertFile file)> open_alerts = {};
  // Error: no GitLab, no token; what hinders it.
  enum class DiagnosisReach { offline, reads, writes };
  std::function<Result<DiagnosisPorts>(DiagnosisReach reach, std::string_view gitlab)> open_diagnosis = {};
  // Everything up to its end, at most so many bytes.
  std::function<Result<std::string>(std::size_t most)> read_standard_input = {};
};

}  // namespace runneriq::cli
