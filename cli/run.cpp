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
    FlagRow{"--dry-run", "",
            "Change nothing in GitLab. Advice never does, so this says what is true anyway."},
    FlagRow{"--execute", "", "Steer runners by their tags. Not part of this version: it is refused."},
    FlagRow{"--poll-interval", "DURATION", "How often to look, such as 30s.", "monitor.poll_interval"},
    kOutputFlag,
};

Result<void> save_snapshot(Session& session, const Invocation& invocation, const scheduler::Tick& tick) {
  if (!invocation.has("--save-snapshot")) return {};
  return session.write_file(std::string(invocation.value("--save-snapshot")),
                            scheduler::print_snapshot(tick.snapshot));
}

Exit run_once(Session& session, const Invocation& invocation, const Look& look) {
  const auto reading = read_once(session, look.source);
  if (!reading) return tell(session, reading.error(), look.source.kind);
  const nlohmann::json document = tick_document(reading->tick, look.view);
  session.out.result(wants_json(invocation) ? pretty(document) : tick_text(document, colour_of(session)));
  const auto saved = save_snapshot(session, invocation, reading->tick);
  // Trouble with a file is no trouble of GitLab.
  return saved ? Exit::fine : tell(session, saved.error(), SourceRequest::Kind::snapshot);
}

// Whoever else loops on this state file goes on alone; without a state file there is nothing to share.
std::optional<Exit> claim(Session& session, const Look& look) {
  if (look.source.kind != SourceRequest::Kind::gitlab) return std::nullopt;
  const auto claimed = session.claim_loop();
  if (claimed) return std::nullopt;
  if (claimed.error().code == Errc::conflict) return tell(session, claimed.error(), look.source.kind);
  session.log.write(LogLevel::warning, "state_unavailable", {{"why", claimed.error().message}});
  return std::nullopt;
}

Exit run_on(Session& session, const Invocation& invocation, Look look) {
  look.source.memory_use = scheduler::MemoryUse::recall_and_remember;
  if (const auto taken = claim(session, look)) return *taken;
  const auto print = [&](const scheduler::Tick& tick) {
    if (wants_json(invocation)) session.out.result(one_line(tick_document(tick, look.view)) + "\n");
    if (const auto saved = save_snapshot(session, invocation, tick); !saved) {
      session.log.write(LogLevel::warning, "snapshot_not_saved", {{"why", saved.error().message}});
    }
  };
  return Watch{session, {.look = look, .print = print}}.run();
}

std::optional<Error> contradiction(const Invocation& invocation) {
  const auto wrong = [](std::string what) { return Error{Errc::invalid_argument, std::move(what)}; };
  if (invocation.has("--execute") && invocation.has("--dry-run")) {
    return wrong("--execute and --dry-run contradict each other: give one of them");
  }
  if (invocation.has("--execute")) {
    return wrong("--execute is refused: this version only advises, it cannot change runners yet");
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
          "only "
          "read, never changed.",
      .flags = kFlags,
      .run = run};
}

}  // namespace runneriq::cli
