#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/watch.hpp"
#include "scheduler/snapshot_document.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string>

namespace runneriq::cli {
namespace {

constexpr std::array kFlags{
    FlagRow{"--once", "", "Make one tick, print it and exit."},
    FlagRow{"--mode", "full|analyze-only|monitor-only",
            "How far to go: runners, jobs and their scores, or a runner for each job (default full)."},
    kProjectFlag,
    kGroupFlag,
    kPipelineFlag,
    kMockFlag,
    kSnapshotFlag,
    FlagRow{"--save-snapshot", "FILE",
            "Write the fleet as it was read to FILE, in the form that --snapshot reads."},
    FlagRow{"--dry-run", "", "Change nothing in GitLab: already the default, without --execute."},
    FlagRow{"--execute", "", "Steer runners by leased tags, as far as assigner.trust_model.mode permits."},
    FlagRow{"--listen", "unix:PATH|ADDR:PORT", "Answer executors, webhooks and people over HTTP."},
    FlagRow{"--poll-interval", "DURATION", "How often to look, such as 30s.", "monitor.poll_interval"},
    kOutputFlag,
};

Result<void> save_snapshot(Session& session, const Invocation& invocation, const scheduler::Tick& tick) {
  if (!invocation.has("--save-snapshot")) return {};
  return session.write_file(std::string(invocation.value("--save-snapshot")),
                            scheduler::print_snapshot(tick.snapshot));
}

// Whoever else loops on this state file goes on alone; without a state file there is nothing to share. After
// a downgrade nothing is begun: what a later version knows of leases and approvals cannot be read here.
std::optional<Exit> claim(Session& session, const Look& look) {
  if (look.source.kind != SourceRequest::Kind::gitlab) return std::nullopt;
  const auto claimed = session.claim_loop();
  if (claimed) return std::nullopt;
  const Errc code = claimed.error().code;
  if (code == Errc::conflict || code == Errc::newer_schema) {
    return tell(session, claimed.error(), look.source.kind);
  }
  session.log.write(LogLevel::warning, "state_unavailable", {{"why", claimed.error().message}});
  return std::nullopt;
}

// One tick that acts. What it leases outlives it: the next one, or `revert-expired`, takes it back.
Exit steer_once(Session& session, const Invocation& invocation, Look look) {
  look.source.memory_use = scheduler::MemoryUse::recall_and_remember;
  look.source.writes = SourceRequest::Writes::tags;
  if (const auto taken = claim(session, look)) return *taken;
  auto source = session.open_source(look.source);
  if (!source) return tell(session, source.error(), look.source.kind);
  auto steering = session.open_steering(**source);
  if (!steering) return tell(session, steering.error(), look.source.kind);
  (*source)->adjust_snapshots([&](scheduler::FleetSnapshot& fleet) { (*steering)->put_at_rest(fleet); });
  const auto tick = (*source)->tick(session.waiter.now());
  if (!tick) {
    (void)(*steering)->step_without_tick();
    return tell(session, tick.error(), look.source.kind);
  }
  const scheduler::SteeringReport report = (*steering)->step(*tick);
  for (const std::string& sentence : report.sentences) session.out.talk("runneriq: " + sentence);
  const nlohmann::json document = tick_document(*tick, look.view, &report);
  session.out.result(wants_json(invocation) ? pretty(document) : tick_text(document, colour_of(session)));
  return Exit::fine;
}

Exit run_once(Session& session, const Invocation& invocation, const Look& look) {
  if (invocation.has("--execute")) return steer_once(session, invocation, look);
  const auto reading = read_once(session, look.source);
  if (!reading) return tell(session, reading.error(), look.source.kind);
  const nlohmann::json document = tick_document(reading->tick, look.view);
  session.out.result(wants_json(invocation) ? pretty(document) : tick_text(document, colour_of(session)));
  const auto saved = save_snapshot(session, invocation, reading->tick);
  // Trouble with a file is no trouble of GitLab.
  return saved ? Exit::fine : tell(session, saved.error(), SourceRequest::Kind::snapshot);
}

Exit run_on(Session& session, const Invocation& invocation, Look look) {
  look.source.memory_use = scheduler::MemoryUse::recall_and_remember;
  if (const auto taken = claim(session, look)) return *taken;
  const auto print = [&](const scheduler::Tick& tick, const scheduler::SteeringReport* steering) {
    if (wants_json(invocation)) session.out.result(one_line(tick_document(tick, look.view, steering)) + "\n");
    if (const auto saved = save_snapshot(session, invocation, tick); !saved) {
      session.log.write(LogLevel::warning, "snapshot_not_saved", {{"why", saved.error().message}});
    }
  };
  return Watch{session,
               {.look = look,
                .steer = invocation.has("--execute") ? Steer::yes : Steer::no,
                .listen = std::string(invocation.value("--listen")),
                .print = print}}
      .run();
}

std::optional<Error> contradiction(const Invocation& invocation) {
  const auto wrong = [](std::string what) { return Error{Errc::invalid_argument, std::move(what)}; };
  if (invocation.has("--execute") && invocation.has("--dry-run")) {
    return wrong("--execute and --dry-run contradict each other: give one of them");
  }
  if (invocation.has("--execute") && invocation.has("--snapshot")) {
    return wrong("--execute needs a GitLab: a snapshot has no runners to steer");
  }
  if (invocation.has("--execute") && invocation.has("--mode") && invocation.value("--mode") != "full") {
    return wrong("--execute needs --mode full: without a runner for each job there is nothing to steer");
  }
  if (invocation.has("--listen") && invocation.has("--once")) {
    return wrong("--listen and --once contradict each other: nobody could ask before it has ended");
  }
  if (!invocation.has("--once") && invocation.value("--snapshot") == "-") {
    return wrong("--snapshot - can be read only once: add --once");
  }
  return std::nullopt;
}

Exit run(Session& session, const Invocation& invocation) {
  if (const auto wrong = contradiction(invocation)) return tell(session, *wrong, SourceRequest::Kind::gitlab);
  if (const auto bad = refuse_bad_configuration(session)) return *bad;
  const auto look = look_of(session, invocation);
  if (!look) return tell(session, look.error(), SourceRequest::Kind::gitlab);
  return invocation.has("--once") ? run_once(session, invocation, *look) : run_on(session, invocation, *look);
}

}  // namespace

CommandRow run_command() {
  return {
      .name = "run",
      .arguments = "",
      .summary = "Watch the fleet: score pending jobs and recommend a runner for each.",
      .text =
          "Reads the fleet every `--poll-interval`, until SIGTERM or SIGINT; SIGHUP reads the configuration "
          "anew and keeps the old one when the new one is bad. What is recommended goes to the "
          "audit trail and, for `runneriq explain`, to the state file; the log has a line for each look; "
          "with `--output json` each tick is "
          "also printed as one line. With `--once` one tick is printed and nothing of it is kept. GitLab is "
          "only read, never changed, unless `--execute` is given: then lanes are withheld from runners that "
          "carry `runneriq:managed` while a job of an earlier lane waits, and come back by themselves.",
      .flags = kFlags,
      .run = run};
}

}  // namespace runneriq::cli
