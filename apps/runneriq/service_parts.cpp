#include "apps/runneriq/service_parts.hpp"

#include "apps/runneriq/carbon_file.hpp"
#include "apps/runneriq/fleet_store.hpp"
#include "cli/json_text.hpp"
#include "cli/status_document.hpp"
#include "cli/tick_document.hpp"
#include "core/loopback.hpp"
#include "core/version.hpp"
#include "executor/contract.hpp"
#include "platform/accounts.hpp"
#include "platform/files.hpp"
#include "platform/host_load.hpp"
#include "platform/wake_up.hpp"
#include "scheduler/approval_desk.hpp"
#include "scheduler/reported_capacity.hpp"
#include "scheduler/sqlite/admission_state.hpp"
#include "service/fleet_service.hpp"
#include "service/process_figures.hpp"
#include "service/webhook_intake.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

namespace runneriq::app {
namespace {

using nlohmann::json;
using service::FleetService;

// ---- what the service keeps and reads, each on a thread of its own ------------------------------

// The queue is the booking thread's, the store the remembering thread's.
struct Ledger {
  Ledger(scheduler::AdmissionState admissions, const std::string& state_path, EventLog& log)
      : queue(std::move(admissions)), store(state_path, log) {}

  Result<void> remember(std::span<const scheduler::FinishedJob> finished) {
    scheduler::Observation observation;
    observation.finished = std::vector<scheduler::FinishedJob>(finished.begin(), finished.end());
    return store.remember(observation, platform::wall_clock());
  }

  scheduler::AdmissionState queue;
  FleetStore store;
};

// The reading thread's.
class Archive final : public service::ApprovalDesk {
 public:
  Archive(const std::string& state_path, const std::string& carbon_path, EventLog& log)
      : store_(state_path, log), carbon_path_(carbon_path), carbon_(carbon_path, log) {}

  Result<std::vector<scheduler::Proposal>> proposals(service::ApprovalsShown shown) override {
    auto all = store_.proposals(platform::wall_clock());
    if (all && shown == service::ApprovalsShown::open) {
      std::erase_if(*all, [](const auto& each) { return each.state != scheduler::Proposal::State::open; });
    }
    return all;
  }
  Result<scheduler::Proposal> decide(std::int64_t id, const scheduler::Verdict& verdict) override {
    return scheduler::decide_proposal(store_, store_, id, verdict, platform::wall_clock());
  }
  Result<std::string> decision(const GitLabUrl& gitlab, JobId job) {
    auto state = store_.state();
    if (!state) return fail(std::move(state.error()));
    auto kept = (*state)->decision(gitlab, job);
    if (!kept) return fail(std::move(kept.error()));
    return std::move(kept->document);
  }
  Result<void> read(const std::function<bool(const scheduler::AuditRecord&)>& take) {
    return store_.read(take);
  }
  // Only the loop makes the file: before its first row there is nothing to read.
  Result<void> rows(const carbon::LedgerQuery& query,
                    const std::function<bool(const carbon::LedgerRow&)>& take) {
    return platform::exists(carbon_path_) ? carbon_.read(query, take) : Result<void>{};
  }
  Result<std::vector<carbon::Deferral>> deferrals() {
    if (!platform::exists(carbon_path_)) return std::vector<carbon::Deferral>{};
    return carbon_.deferrals();
  }

 private:
  FleetStore store_;
  std::string carbon_path_;
  CarbonFile carbon_;
};

// ---- what is shown ----------------------------------------------------------------------------

std::string actor_of(const platform::ServedRequest& request) {
  if (!request.connection.peer) return "token";
  const std::string uid = std::to_string(request.connection.peer->uid);
  const auto account = platform::find_account(uid);
  return "user:" + (account && !account->name.empty() ? account->name : uid);
}

service::FleetDocuments documents_of(const scheduler::Tick& tick, const std::string& run) {
  const json document =
      cli::tick_document(tick, {.depth = scheduler::Depth::full, .pipeline = {}, .run = run});
  json runners = document["monitor"];
  json decisions{{"jobs", document["analyzer"]["jobs"]},
                 {"assignments", document["assigner"]["assignments"]}};
  runners["now"] = decisions["now"] = document["now"];
  return {.queue = cli::one_line(cli::queue_document(document, std::nullopt, tick.now)),
          .runners = cli::one_line(runners),
          .decisions = cli::one_line(decisions),
          .leases = ""};
}

void measure(scheduler::HostReport& report) {
  static const int kProcessors = platform::usable_processors();
  const platform::HostLoad load = platform::read_host_load(kProcessors);
  report.load = load.load;
  report.memory_available = load.memory_available;
  report.cpu_pressure = load.cpu_pressure;
}

// ---- the face ---------------------------------------------------------------------------------

class ServedFleet final : public cli::FleetFace {
 public:
  ServedFleet(const FaceParts& parts, platform::WakeUp wake, Ledger ledger)
      : log_(*parts.log),
        rules_(parts.rules),
        poll_interval_(parts.poll_interval),
        wake_(std::move(wake)),
        ledger_(std::move(ledger)),
        archive_(parts.state_path, parts.carbon_path, log_),
        run_(parts.run) {
    parts.waiter->listen(wake_.fd());
  }

  Result<void> start(const std::string& listen, const FaceParts& parts);

  std::string address() const override { return service_->address(); }
  void publish(const scheduler::Tick& tick, const scheduler::SteeringReport* steering,
               Duration took) override {
    service_->expect_ticks_every(poll_interval_());
    service_->publish(tick, steering, took);
  }
  void publish_failure(const Error& error, Time) override { service_->publish_failure(error); }
  scheduler::Hints take_hints() override { return service_->take_hints(); }
  void complete(scheduler::FleetSnapshot& fleet) override {
    scheduler::apply_reports(fleet, service_->recent_reports(platform::wall_clock()));
  }

 private:
  [[nodiscard]] std::vector<GitLabUrl> concerned(const gitlab::Webhook& webhook) const;
  void prepare_webhooks(std::function<void(const gitlab::Webhook&)> heard);
  platform::ServedReply receive_webhook(const platform::ServedRequest& request);
  std::optional<platform::ServedReply> refuse(const platform::ServedRequest& request,
                                              service::RouteAccess access, const service::GuardRules& rules);
  service::ApiPorts ports();

  EventLog& log_;
  std::function<std::shared_ptr<const FaceRules>()> rules_;
  std::function<Duration()> poll_interval_;
  platform::WakeUp wake_;
  Ledger ledger_;
  Archive archive_;
  std::string run_;
  std::optional<service::WebhookIntake> intake_;
  std::atomic<FleetService*> hinted_ = nullptr;  // of webhooks, from the service's own thread
  std::unique_ptr<FleetService> service_;        // its threads use all of the above
};

// A GitLab may be watched by another address than its own: then the event may be of any of them. A hint too
// many costs one look.
std::vector<GitLabUrl> ServedFleet::concerned(const gitlab::Webhook& webhook) const {
  const GitLabUrl named{webhook.instance};
  const std::shared_ptr<const FaceRules> rules = rules_();
  if (std::ranges::find(rules->gitlabs, named) != rules->gitlabs.end()) return {named};
  return rules->gitlabs;
}

void ServedFleet::prepare_webhooks(std::function<void(const gitlab::Webhook&)> heard) {
  intake_.emplace(
      [this, heard = std::move(heard)](const gitlab::Webhook& webhook) {
        if (heard) heard(webhook);
        FleetService* const service = hinted_;
        if (service == nullptr || webhook.project == ProjectId{}) return;
        for (const GitLabUrl& gitlab : concerned(webhook)) service->hint(gitlab, webhook.project);
      },
      log_);
}

// Without a secret they are for callers.
platform::ServedReply ServedFleet::receive_webhook(const platform::ServedRequest& request) {
  const std::shared_ptr<const FaceRules> rules = rules_();
  if (!rules->proof.is_configured()) {
    if (auto refused = refuse(request, service::RouteAccess::caller, rules->guard))
      return *std::move(refused);
  }
  return intake_->receive(request, rules->proof, platform::moment());
}

std::optional<platform::ServedReply> ServedFleet::refuse(const platform::ServedRequest& request,
                                                         service::RouteAccess access,
                                                         const service::GuardRules& rules) {
  const auto refusal = refusal_of(request, access, rules);
  if (!refusal) return std::nullopt;
  log_.write(LogLevel::debug, "request_refused", {{"why", refusal->reason}});
  return reply_to(*refusal);
}

service::ApiPorts ServedFleet::ports() {
  service::ApiPorts ports;
  ports.now = platform::wall_clock;
  ports.ledgers = {.bookings = [this](auto changes) { return ledger_.queue.commit(changes); },
                   .history = [this](auto finished) { return ledger_.remember(finished); }};
  ports.guard = [this](const platform::ServedRequest& request, service::RouteAccess access) {
    return refuse(request, access, rules_()->guard);
  };
  ports.actor = actor_of;
  ports.measure_host = measure;
  ports.webhook = [this](const platform::ServedRequest& request) { return receive_webhook(request); };
  ports.approvals = &archive_;
  ports.decision = [this](const GitLabUrl& gitlab, JobId job) { return archive_.decision(gitlab, job); };
  ports.audit = [this](const auto& take) { return archive_.read(take); };
  ports.process = service::figures_of_this_process;
  ports.carbon = {.rows = [this](const auto& query, const auto& take) { return archive_.rows(query, take); },
                  .deferrals = [this] { return archive_.deferrals(); }};
  return ports;
}

bool is_tcp(const std::string& listen) {
  return !listen.starts_with("unix:");
}

Result<void> check_safety(const platform::HttpListen& listen, const Secret& bearer) {
  if (!is_tcp(listen.address)) return {};
  const std::string where = listen.descriptor ? "the socket that was handed over, " + listen.address + ","
                                              : "--listen " + listen.address;
  if (!listen.tls && !is_loopback_host(host_of_server(listen.address))) {
    return fail(Errc::invalid_argument,
                where +
                    " would be in clear text beyond this host: set service.tls_certificate "
                    "and service.tls_key, or listen on 127.0.0.1 or on unix:PATH");
  }
  if (!bearer.empty()) return {};
  return fail(Errc::invalid_argument, where +
                                          " needs a token for its callers: set RUNNERIQ_SERVICE_TOKEN or the "
                                          "credential service-token, or listen on unix:PATH");
}

// Any process may connect to the socket; who may ask is checked by the user at its other end.
constexpr std::uint32_t kSocketMode = 0666;

platform::HttpListen listener_at(std::string address, const ServiceOptions& options) {
  platform::HttpListen made;
  made.address = std::move(address);
  made.socket_mode = kSocketMode;
  if (is_tcp(made.address) && !options.tls_certificate.empty()) {
    made.tls = platform::TlsFiles{options.tls_certificate, options.tls_key};
  }
  return made;
}

// The sockets that were handed over, else the one to make. Each is judged by where it is bound; what is no
// socket is refused when it is served.
Result<std::vector<platform::HttpListen>> safe_listeners(const std::string& listen, const FaceParts& parts,
                                                         const Secret& bearer) {
  const auto told = [&](const char* name) { return executor::find_in(parts.environment, name).value_or(""); };
  const ServiceOptions& options = parts.settings->service;
  std::vector<platform::HttpListen> all;
  for (const int fd : platform::activated_descriptors(told("LISTEN_PID"), told("LISTEN_FDS"), ::getpid())) {
    all.push_back(listener_at(platform::listen_address_of(fd), options));
    all.back().descriptor = fd;
  }
  if (all.empty()) all.push_back(listener_at(listen, options));
  for (const platform::HttpListen& each : all) {
    if (auto safe = check_safety(each, bearer); !safe) return fail(std::move(safe.error()));
  }
  return all;
}

Result<void> ServedFleet::start(const std::string& listen, const FaceParts& parts) {
  auto listeners = safe_listeners(listen, parts, rules_()->guard.bearer);
  if (!listeners) return fail(std::move(listeners.error()));
  prepare_webhooks(parts.heard);
  auto kept = ledger_.queue.load();
  if (!kept) return fail(std::move(kept.error()));
  service::FleetServiceSettings settings{
      .http = {},
      .api = {.poll_interval = parts.settings->monitor.poll_interval, .version = RUNNERIQ_VERSION},
      .kept = std::move(*kept),
      .ports = ports(),
      .render = [run = run_](const scheduler::Tick& tick) { return documents_of(tick, run); },
      .carbon = parts.carbon,
      .alerts = parts.alerts,
      .diagnoses = parts.diagnoses,
      .wake = [this] { wake_.signal(); }};
  settings.http.listeners = std::move(*listeners);
  settings.http.largest_body = service::WebhookIntake::kLargestBody;
  auto started = FleetService::start(std::move(settings));
  // Where it is told to listen, it cannot: no trouble of GitLab's.
  if (!started) return fail(Errc::invalid_argument, "--listen " + listen + ": " + started.error().message);
  service_ = std::move(*started);
  hinted_ = service_.get();
  return {};
}

}  // namespace

Result<std::unique_ptr<cli::FleetFace>> open_face(const std::string& listen, const FaceParts& parts) {
  auto wake = platform::WakeUp::make();
  if (!wake) return fail(std::move(wake.error()));
  auto queue =
      scheduler::AdmissionState::open({.path = platform::parent_folder(parts.state_path) + "/admissions.db"});
  if (!queue) return fail(std::move(queue.error()));
  auto face = std::make_unique<ServedFleet>(parts, std::move(*wake),
                                            Ledger{std::move(*queue), parts.state_path, *parts.log});
  if (auto started = face->start(listen, parts); !started) return fail(std::move(started.error()));
  return std::unique_ptr<cli::FleetFace>(std::move(face));
}

}  // namespace runneriq::app
