#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/numbers.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace runneriq::cli {
namespace {

using nlohmann::json;

constexpr std::array kFlags{kOutputFlag, kProjectFlag, kGroupFlag, kMockFlag, kSnapshotFlag};

// The decision about a pending job; where two GitLabs have a job of this id, the first in order.
std::optional<std::size_t> decision_about(const scheduler::Tick& tick, JobId job) {
  const auto& decisions = tick.decisions.jobs;
  const auto found = std::ranges::find_if(decisions, [&](const scheduler::JobDecision& decision) {
    return tick.snapshot.jobs[decision.job].key.job == job;
  });
  if (found == decisions.end()) return std::nullopt;
  return static_cast<std::size_t>(found - decisions.begin());
}

json explain_pending(Reading& reading, std::size_t decision) {
  const auto alternatives = scheduler::alternatives(reading.tick.snapshot, reading.tick.decisions, decision,
                                                    reading.source->rules(), reading.source->advisor());
  return explanation_document(reading.tick, decision, alternatives);
}

Result<json> explain_past(Session& session, JobId job) {
  auto store = session.decisions();
  if (!store) return fail(store.error());
  const auto kept = (*store)->decision({}, job);
  if (!kept) return fail(kept.error());
  auto document = parse_document(kept->document);
  if (!document) return fail(document.error());
  (*document)["decided"] = to_text(kept->decided);
  return *std::move(document);
}

Exit print(Session& session, const Invocation& invocation, const json& document) {
  session.out.result(wants_json(invocation) ? pretty(document)
                                            : explanation_text(document, colour_of(session)));
  return Exit::fine;
}

Exit tell_unknown(Session& session, JobId job, const Error& why) {
  const std::string name = "job " + std::to_string(job.value());
  session.out.talk(why.code == Errc::not_found
                       ? "runneriq: " + name + " is not pending, and no decision about it is kept"
                       : "runneriq: " + name + " is not pending, and decisions of the past cannot be read: " +
                             printable_path(why.message));
  return Exit::no;
}

Exit explain(Session& session, const Invocation& invocation) {
  if (const auto bad = refuse_bad_configuration(session)) return *bad;
  const auto id = parse_id("explain", invocation.arguments.front());
  if (!id) return tell(session, id.error(), SourceRequest::Kind::gitlab);
  const JobId job{*id};
  const auto look = look_of(session, invocation);
  if (!look) return tell(session, look.error(), SourceRequest::Kind::gitlab);
  auto reading = read_once(session, look->source);
  if (!reading) return tell(session, reading.error(), look->source.kind);
  if (const auto decision = decision_about(reading->tick, job)) {
    return print(session, invocation, explain_pending(*reading, *decision));
  }
  const auto past = explain_past(session, job);
  return past ? print(session, invocation, *past) : tell_unknown(session, job, past.error());
}

}  // namespace

CommandRow explain_command() {
  return {
      .name = "explain",
      .arguments = "JOB",
      .summary = "Say why a job has its priority and its runner, and what would change them.",
      .text =
          "Reads the fleet once and prints every factor of the job's priority and of the runner's score, the "
          "runner-up, why the other runners are no candidates, and the smallest changes that would have "
          "altered the class or the runner. For a job that is not pending any more the decision that "
          "`runneriq run` kept is printed; it is kept for 7 days.",
      .flags = kFlags,
      .run = explain};
}

}  // namespace runneriq::cli
