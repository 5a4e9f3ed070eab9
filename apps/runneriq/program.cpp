#include "apps/runneriq/program.hpp"

#include "apps/runneriq/examination.hpp"
#include "apps/runneriq/play_parts.hpp"
#include "apps/runneriq/service_parts.hpp"
#include "apps/runneriq/steering_parts.hpp"
#include "carbon/static_zones/static_zones.hpp"
#include "carbon/zones.hpp"
#include "config/yaml/ci_config_document.hpp"
#include "core/joined.hpp"
#include "core/printable.hpp"
#include "executor/contract.hpp"
#include "gitlab/rest/address.hpp"
#include "platform/accounts.hpp"
#include "platform/files.hpp"
#include "platform/process_table.hpp"
#include "platform/random.hpp"
#include "scheduler/runner_states.hpp"
#include "scheduler/sqlite/host_state.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace runneriq::app {
namespace {

using cli::Exit;

// The trail of a state file that is not there.
class NothingRecorded final : public cli::AuditTrail {
 public:
  Result<void> append(const scheduler::AuditEntry&) override {
    return fail(Errc::not_found, "there is no audit trail");
  }
  Result<void> read(const std::function<bool(const scheduler::AuditRecord&)>&) override { return {}; }
  Result<scheduler::AuditVerdict> verify() override {
    return scheduler::AuditVerdict{
        .kind = scheduler::AuditVerdict::Kind::fine, .seq = 0, .words = "the trail is empty"};
  }
};

bool loops(const cli::Invocation& invocation) {
  return invocation.command == "run" && !invocation.has("--once");
}

// The loop and the tick that acts make a state file; no question does.
bool makes_state(const cli::Invocation& invocation) {
  return loops(invocation) || (invocation.command == "run" && invocation.has("--execute"));
}

bool is_daemon(const cli::Invocation& invocation) {
  return loops(invocation) || invocation.command == "relay";
}

// A daemon's parent may end, and a hang-up asks it to read its configuration again.
platform::Termination termination_of(const cli::Invocation& invocation) {
  return is_daemon(invocation) ? platform::Termination{platform::OnHangup::reload, platform::WatchParent::no}
                               : platform::Termination{platform::OnHangup::stop, platform::WatchParent::no};
}

platform::ServiceEnvironment manager_in(EnvironmentBlock environment) {
  const auto told = [&](const char* name) {
    return std::string(executor::find_in(environment, name).value_or(""));
  };
  return {.notify_socket = told("NOTIFY_SOCKET"),
          .watchdog_usec = told("WATCHDOG_USEC"),
          .watchdog_pid = told("WATCHDOG_PID")};
}

std::string actor_of(const cli::Invocation& invocation) {
  if (loops(invocation)) return "daemon";
  const std::string name = platform::current_account().name;
  return "user:" + (name.empty() ? std::to_string(::geteuid()) : name);
}

// Who asks a question once wants the answer, and no more than what is wrong beside it.
platform::LogSettings log_settings(const Loaded& loaded, const cli::Invocation& invocation,
                                   const std::string& run) {
  platform::LogSettings settings = loaded.settings.log;
  settings.run = run;
  const bool chosen = loaded.configuration.origin("log.level").layer != config::Layer::defaults;
  if (!chosen && !is_daemon(invocation)) settings.lowest = LogLevel::warning;
  return settings;
}

}  // namespace

void ProgramLog::write(LogLevel level, std::string_view event, std::vector<LogField> fields) {
  const std::shared_ptr<EventLog> log = [this] {
    const std::lock_guard lock{guard_};
    return log_;
  }();
  if (log) log->write(level, event, std::move(fields));
}

Result<void> ProgramLog::open(const platform::LogSettings& settings) {
  auto opened = platform::open_log(settings);
  if (!opened) return fail(std::move(opened.error()));
  const std::lock_guard lock{guard_};
  log_ = *std::move(opened);
  return {};
}

Program::Program(cli::Invocation invocation, EnvironmentBlock environment)
    : invocation_(std::move(invocation)),
      environment_(environment),
      termination_(termination_of(invocation_)),
      run_(platform::random_name()),
      loaded_(load_settings(environment_, invocation_)),
      out_(environment_),
      store_(std::make_unique<FleetStore>(state_file(environment_, "runneriq", "state.db"), log_)) {}

int Program::run() {
  if (auto opened = log_.open(log_settings(*loaded_, invocation_, run_)); !opened) {
    out_.talk("runneriq: " + opened.error().message);
    return static_cast<int>(Exit::usage);
  }
  if (loops(invocation_)) heartbeat_.emplace(platform::ServiceNotify{manager_in(environment_)}, log_);
  cli::Session ports = session();
  ports.reload = [this, &ports] { return reload(ports); };
  ports.run_relay = [this](const std::function<void()>& started) { return run_relay(started); };
  for (const cli::CommandRow& command : cli::commands()) {
    if (command.name != invocation_.command) continue;
    const Exit code = command.run(ports, invocation_);
    return static_cast<int>(out_.trouble() == 0 ? code : undelivered());
  }
  return static_cast<int>(Exit::usage);
}

// Whoever reads through a pipe may stop when it has seen enough.
Exit Program::undelivered() {
  if (out_.trouble() != EPIPE) {
    out_.talk("runneriq: " + platform::system_error("writing to standard output", out_.trouble()).message);
  }
  return Exit::no;
}

cli::Session Program::session() {
  return {
      .out = out_,
      .log = log_,
      .waiter = waiter_,
      .actor = actor_of(invocation_),
      .run = run_,
      .configuration = &loaded_->configuration,
      .config_file = loaded_->file.path,
      .config_absent = loaded_->file_absent(),
      .problems = loaded_->problems,
      .open_source = [this](const cli::SourceRequest& request) { return open_source(request); },
      .reload = {},
      .decisions = [this]() -> Result<scheduler::DecisionStore*> {
        if (auto there = need_store(); !there) return fail(std::move(there.error()));
        auto state = store_->state();
        if (!state) return fail(std::move(state.error()));
        return *state;
      },
      .audit = [this]() -> Result<cli::AuditTrail*> {
        static NothingRecorded nothing;
        if (!need_store()) return &nothing;
        auto trail = store_->trail();
        if (!trail) return fail(std::move(trail.error()));
        return store_.get();
      },
      .claim_loop = [this] { return store_->claim_loop(); },
      .host_queue = [this] { return host_queue(); },
      .examine = [this] { return examine(); },
      .open_tags = [this] { return open_tags(); },
      .open_steering =
          [this](cli::TickSource& source) { return app::open_steering(source, loaded_->settings, *store_); },
      .announce = [this](cli::Session::Announcement what) { announce(what); },
      .ask = [this](std::string_view question) { return out_.ask(question, termination_.signal_fd()); },
      .steering_store = [this]() -> Result<scheduler::SteeringStore*> {
        if (auto there = need_store(); !there) return fail(std::move(there.error()));
        auto steering = store_->steering();
        if (!steering) return fail(std::move(steering.error()));
        return store_.get();
      },
      .open_face = [this](const std::string& listen) { return open_face(listen); },
      .write_file = [](const std::string& path,
                       std::string_view content) { return platform::replace_file(path, content); },
      .open_ci = [this] { return open_ci(); },
      .open_plays = [this](bool may_play) { return open_plays(may_play); },
      .open_carbon = [this] { return open_carbon(); },
      .ticked =
          [this](const scheduler::Tick& tick, const scheduler::SteeringReport* report) {
            if (const auto alerts = alerts_.load()) alerts->hear(tick, report);
            keep_opinions(tick);
          },
      .open_alerts = [this](cli::Session::AlertFile file) { return open_alerts(file); },
      .open_diagnosis = [this](cli::Session::DiagnosisReach reach,
                               std::string_view page) { return open_diagnosis(reach, page); },
      .read_standard_input =
          [this](std::size_t most) { return read_standard_input(termination_.signal_fd(), most); }};
}

Result<std::unique_ptr<cli::TickSource>> Program::open_source(const cli::SourceRequest& request) {
  using Kind = cli::SourceRequest::Kind;
  SourceParts parts{.settings = &loaded_->settings,
                    .memory = need_store() ? store_.get() : nullptr,
                    .memory_use = request.memory_use,
                    .stop_fd = termination_.signal_fd(),
                    .depth = request.depth,
                    .writes = request.writes};
  if (request.kind == Kind::mock) {
    if (auto made = use_temporary_store(); !made) return fail(std::move(made.error()));
    parts.memory = store_.get();
  }
  auto grid = open_grid(request.kind);
  if (!grid) return fail(std::move(grid.error()));
  parts.grid = *grid;
  if (request.kind == Kind::snapshot) return open_snapshot(request.snapshot_file, parts);
  if (request.kind == Kind::gitlab && loops(invocation_)) {
    if (auto watched = watch_origins(); !watched) return fail(std::move(watched.error()));
    if (auto started = start_alerts(); !started) return fail(std::move(started.error()));
    if (auto started = start_diagnoses(); !started) return fail(std::move(started.error()));
    if (auto started = start_advice(); !started) return fail(std::move(started.error()));
    if (advice_loop_)
      parts.advisor = std::shared_ptr<scheduler::Advisor>{advice_loop_, &advice_loop_->tie_breaks()};
    parts.heard = [this](const gitlab::FleetReading& reading) { hear(reading); };
  }
  auto books = open_books(request.kind, *grid);
  if (books) parts.keep_books = [books](const scheduler::Tick& tick) { return books->keep(tick); };
  auto source = request.kind == Kind::gitlab ? open_real(parts) : open_simulated(parts);
  if (!source) return fail(std::move(source.error()));
  grid_ = *std::move(grid);
  books_ = std::move(books);
  return std::unique_ptr<cli::TickSource>(std::move(*source));
}

Result<std::unique_ptr<cli::FleetFace>> Program::open_face(const std::string& listen) {
  auto rules = served_by(loaded_->settings);
  if (!rules) return fail(std::move(rules.error()));
  face_rules_ = *std::move(rules);
  fixed_.emplace(kFaceFixed, loaded_->configuration);
  return app::open_face(listen, {.settings = &loaded_->settings,
                                 .environment = environment_,
                                 .rules = [this] { return face_rules_.load(); },
                                 .log = &log_,
                                 .waiter = &waiter_,
                                 .poll_interval = [this] { return loaded_->settings.monitor.poll_interval; },
                                 .state_path = store_->path(),
                                 .run = run_,
                                 .carbon_path = carbon_path(),
                                 .carbon = [this] { return carbon_state(); },
                                 .alerts = [this] { return alert_figures(); },
                                 .diagnoses = [this] { return diagnosis_figures(); },
                                 .heard = [this](const gitlab::Webhook& hook) { hear(hook); }});
}

void Program::hear(gitlab::Webhook hook) {
  {
    const std::lock_guard lock{origins_guard_};
    if (auto known = origins_.of(hook)) hook.instance = *std::move(known);
  }
  if (const auto alerts = alerts_.load()) alerts->hear(hook, platform::wall_clock());
  if (const auto diagnoses = diagnoses_.load()) diagnoses->hear(hook);
}

void Program::hear(const gitlab::FleetReading& reading) {
  {
    const std::lock_guard lock{origins_guard_};
    origins_.heard(reading);
  }
  if (const auto alerts = alerts_.load()) alerts->hear(reading);
}

Result<void> Program::watch_origins() {
  const auto fleets = watched_fleets(loaded_->settings, environment_);
  if (!fleets) return fail(fleets.error());
  std::vector<std::string> addresses;
  for (const Watched& watched : *fleets) addresses.push_back(gitlab::ApiBase{watched.fleet.url}.url());
  const std::lock_guard lock{origins_guard_};
  origins_.watch(addresses);
  return {};
}

service::CarbonState Program::carbon_state() const {
  service::CarbonState state{.options = loaded_->settings.carbon};
  if (books_) state.ended = books_->ended();
  if (grid_) state.fetch_failures = grid_->failures();
  return state;
}

void Program::announce(cli::Session::Announcement what) {
  if (heartbeat_) heartbeat_->announce(what, loaded_->settings.monitor.poll_interval);
}

Result<std::unique_ptr<cli::TagDesks>> Program::open_tags() {
  auto fleets = watched_fleets(loaded_->settings, environment_);
  if (!fleets) return fail(std::move(fleets.error()));
  return open_tag_desks(*fleets, loaded_->settings, need_store() ? store_.get() : nullptr,
                        termination_.signal_fd());
}

// Only the first GitLab has a project that a flag can name.
cli::CiPorts Program::open_ci() {
  cli::CiPorts ports{
      .parse = config::parse_ci_config,
      .lanes = scheduler::lanes_of(loaded_->settings.steering),
      .rules = loaded_->settings.priority,
      .project = {},
      .merged_ci_config = {},
      .durations =
          [this](std::span<const scheduler::HistoryKey> keys) -> Result<std::vector<scheduler::JobHistory>> {
        if (auto there = need_store(); !there) return fail(std::move(there.error()));
        return store_->histories(keys);
      }};
  auto fleets = watched_fleets(loaded_->settings, environment_);
  if (!fleets) return ports;
  ports.project = fleets->front().fleet.project;
  ports.merged_ci_config = [this, watched = fleets->front()] {
    return merged_ci_config(watched, loaded_->settings, termination_.signal_fd());
  };
  return ports;
}

Result<std::unique_ptr<FleetSource>> Program::open_real(const SourceParts& parts) {
  auto fleets = watched_fleets(loaded_->settings, environment_);
  if (!fleets) return fail(std::move(fleets.error()));
  return open_gitlab(*fleets, parts);
}

// Beside the fleet's state.
std::string Program::beside_state(std::string_view name) const {
  const std::string& state = store_->path();
  return state.substr(0, state.rfind('/') + 1) + std::string(name);
}

Result<std::shared_ptr<Grid>> Program::open_grid(cli::SourceRequest::Kind kind) {
  GridUse use = loops(invocation_) ? GridUse::loop : GridUse::stored;
  if (invocation_.command == "run" && invocation_.has("--once")) use = GridUse::once;
  // Without a loop there is nobody else who would have asked.
  if (invocation_.command.starts_with("carbon") && !platform::exists(carbon_path())) use = GridUse::once;
  if (kind != cli::SourceRequest::Kind::gitlab) use = GridUse::typical;
  std::vector<carbon::ZoneKey> zones;
  for (const auto& [runner, zone] : loaded_->settings.monitor.zones) zones.emplace_back(zone);
  auto opened = Grid::open({.options = loaded_->settings.carbon,
                            .configured = std::move(zones),
                            .environment = environment_,
                            .path = carbon_path(),
                            .log = &log_,
                            .use = use});
  if (!opened) return fail(std::move(opened.error()));
  return std::shared_ptr<Grid>(*std::move(opened));
}

// Only the loop keeps books: it hears of every job's end.
std::shared_ptr<scheduler::CarbonBooks> Program::open_books(cli::SourceRequest::Kind kind,
                                                            std::shared_ptr<Grid> grid) {
  const carbon::CarbonOptions& options = loaded_->settings.carbon;
  if (!loops(invocation_) || options.use == carbon::CarbonOptions::Use::off) return nullptr;
  // Made-up figures must not get among real ones: nobody can take them out again.
  if (options.demo && kind == cli::SourceRequest::Kind::gitlab) return nullptr;
  scheduler::CarbonBookPorts ports{
      .ledger = &carbon_file(),
      .deferrals = &carbon_file(),
      .finished = [this](std::int64_t number, Time since,
                         std::size_t most) { return store_->finished_after(number, since, most); },
      .records = [grid = std::move(grid)](Time now) { return grid->records(now); }};
  return std::make_shared<scheduler::CarbonBooks>(std::move(ports), options, carbon::typical_zones());
}

// One for the life of the program: what was opened before a reload may still use it.
CarbonFile& Program::carbon_file() {
  if (!carbon_file_) carbon_file_ = std::make_unique<CarbonFile>(carbon_path(), log_);
  return *carbon_file_;
}

Result<std::unique_ptr<scheduler::Plays>> Program::open_plays(bool may_play) {
  const Settings& settings = loaded_->settings;
  const bool wanted = settings.carbon.deferral.play && settings.carbon.use != carbon::CarbonOptions::Use::off;
  if (!wanted) return std::unique_ptr<scheduler::Plays>{};
  auto fleets = watched_fleets(settings, environment_);
  if (!fleets) return fail(std::move(fleets.error()));
  return app::open_plays(*fleets, {.settings = &settings,
                                   .environment = environment_,
                                   .store = store_.get(),
                                   .carbon = &carbon_file(),
                                   .grid_has_asked = [grid = grid_] { return grid->has_asked(); },
                                   .may_play = may_play ? MayPlay::yes : MayPlay::no});
}

Result<cli::CarbonPorts> Program::open_carbon() {
  auto grid = open_grid(cli::SourceRequest::Kind::gitlab);
  if (!grid) return fail(std::move(grid.error()));
  grid_ = *std::move(grid);
  cli::CarbonPorts ports;
  ports.options = &loaded_->settings.carbon;
  ports.runners = [this] { return placed_runners(); };
  ports.outlook = [this](Time now) -> Result<carbon::GridOutlook> {
    auto runners = placed_runners();
    if (!runners) return fail(std::move(runners.error()));
    std::vector<carbon::ZoneKey> zones;
    for (const carbon::PlacedRunner& runner : *runners) zones.push_back(runner.zone);
    return grid_->outlook(std::move(zones), now);
  };
  if (platform::exists(carbon_path())) {
    ports.ledger = &carbon_file();
    ports.deferrals = &carbon_file();
  }
  return ports;
}

// The runners that the loop has seen; where it keeps no state, those that are configured.
Result<std::vector<carbon::PlacedRunner>> Program::placed_runners() {
  if (auto there = need_store(); !there) {
    if (loaded_->settings.monitor.zones.empty()) return fail(std::move(there.error()));
    return configured_runners();
  }
  auto known = store_->recall(platform::wall_clock());
  if (!known) return fail(std::move(known.error()));
  std::vector<carbon::PlacedRunner> placed;
  for (const scheduler::KnownRunner& runner : known->runners) {
    const RunnerId id = runner.key.runner;
    placed.push_back({.title = scheduler::title(id, runner.description),
                      .runner = id,
                      .gitlab = runner.key.gitlab,
                      .zone = carbon::canonical(
                          scheduler::zone_of(id, runner.description, runner.tags, loaded_->settings.monitor),
                          carbon::typical_zones())});
  }
  return placed;
}

std::vector<carbon::PlacedRunner> Program::configured_runners() const {
  std::vector<carbon::PlacedRunner> placed;
  for (const auto& [runner, zone] : loaded_->settings.monitor.zones) {
    placed.push_back({.title = "runner " + printable(runner, 40),
                      .zone = carbon::canonical(carbon::ZoneKey{zone}, carbon::typical_zones())});
  }
  return placed;
}

Result<std::unique_ptr<FleetSource>> Program::open_simulated(const SourceParts& parts) {
  return open_mock(parts);
}

// Only the loop makes a state file: one that a person's question had made would be that person's.
Result<void> Program::need_store() const {
  if (makes_state(invocation_) || platform::exists(store_->path())) return {};
  return fail(Errc::not_found,
              "nothing has been recorded: there is no " + store_->path() + ", which `runneriq run` makes");
}

// What the simulated GitLab says must not get into the history of real ones.
Result<void> Program::use_temporary_store() {
  if (temporary_) return {};
  auto folder = platform::PrivateFolder::make("/tmp", "runneriq-mock");
  if (!folder) return fail(std::move(folder.error()));
  temporary_.emplace(std::move(*folder));
  store_ = std::make_unique<FleetStore>(temporary_->path() + "/state.db", log_);
  return {};
}

// Before anything of the old configuration is given up: whether there is a GitLab to ask, with its token.
Result<void> Program::can_be_watched(const Settings& fresh) const {
  if (auto keys = electricity_maps_keys(environment_, {}); !keys) return fail(std::move(keys.error()));
  if (invocation_.has("--mock") || invocation_.has("--snapshot")) return {};
  auto fleets = watched_fleets(fresh, environment_);
  if (!fleets) return fail(std::move(fleets.error()));
  for (const Watched& watched : *fleets) {
    auto connection = connect(watched, fresh, termination_.signal_fd());
    if (!connection) return fail(std::move(connection.error()));
  }
  return {};
}

Result<std::shared_ptr<const FaceRules>> Program::served_by(const Settings& settings) const {
  if (!invocation_.has("--listen")) return std::shared_ptr<const FaceRules>{};
  auto rules = face_rules(settings, environment_);
  if (!rules) return fail(std::move(rules.error()));
  return std::make_shared<const FaceRules>(*std::move(rules));
}

std::vector<config::Problem> Program::reload(cli::Session& session) {
  auto fresh = load_settings(environment_, invocation_);
  if (!fresh->problems.empty()) return fresh->problems;
  if (auto usable = can_be_watched(fresh->settings); !usable) {
    return {{fresh->file.path, usable.error().message}};
  }
  auto rules = served_by(fresh->settings);
  if (!rules) return {{"service", rules.error().message}};
  if (auto problems = take_over(std::move(fresh)); !problems.empty()) return problems;
  face_rules_ = *std::move(rules);
  session.configuration = &loaded_->configuration;
  session.config_file = loaded_->file.path;
  session.config_absent = loaded_->file_absent();
  session.problems = loaded_->problems;
  return {};
}

// Problems: nothing has changed.
std::vector<config::Problem> Program::take_over(std::unique_ptr<Loaded> fresh) {
  if (auto opened = log_.open(log_settings(*fresh, invocation_, run_)); !opened)
    return {{"log.file", opened.error().message}};
  loaded_ = std::move(fresh);
  tell_what_needs_a_restart();
  return {};
}

void Program::tell_what_needs_a_restart() {
  if (!fixed_) return;
  const std::vector<std::string> changed = fixed_->changed_in(loaded_->configuration);
  if (changed.empty()) return;
  log_.write(
      LogLevel::warning, "restart_needed",
      {{"options", joined(changed, ",")}, {"why", "only a start applies them; the old values are in force"}});
}

std::vector<executor::Finding> Program::examine() {
  cli::ProgramFacts facts;
  facts.now = waiter_.now();
  facts.config_file = loaded_->file.path;
  facts.config_absent = loaded_->file_absent();
  facts.problems = loaded_->problems;
  facts.lanes = scheduler::lanes_of(loaded_->settings.steering);
  facts.state_file = store_->path();
  gather_fleets(facts, loaded_->settings, environment_, termination_.signal_fd());
  gather_state(facts, *store_);
  gather_carbon(facts);
  gather_advisor(facts);
  gather_alerts(facts);
  return cli::examine(facts);
}

void Program::gather_carbon(cli::ProgramFacts& facts) {
  if (loaded_->settings.carbon.use == carbon::CarbonOptions::Use::off) return;
  const auto ports = open_carbon();
  if (!ports) return;
  cli::CarbonFacts known{.options = ports->options, .runners = {}, .grid = std::nullopt, .channels = {}};
  if (auto runners = ports->runners()) known.runners = *std::move(runners);
  if (auto grid = ports->outlook(facts.now)) known.grid = *std::move(grid);
  known.channels = grid_->channels();
  facts.carbon = std::move(known);
}

std::optional<scheduler::HostQueue> Program::host_queue() const {
  const std::string path = state_folder(environment_, "runneriq-executor") + "/host.db";
  if (!platform::exists(path)) return std::nullopt;
  const auto self = platform::identify(::getpid());
  if (!self) return std::nullopt;
  auto state = scheduler::HostState::open(
      {.path = path, .slots = loaded_->settings.executor.slots, .runner = *self, .prepare = *self});
  if (!state) return std::nullopt;
  auto snapshot = state->snapshot(platform::wall_clock());
  if (!snapshot) return std::nullopt;
  return std::move(snapshot->queue);
}

}  // namespace runneriq::app
