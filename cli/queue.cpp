#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/status_document.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace runneriq::cli {
namespace {

constexpr std::array kFlags{kOutputFlag, kProjectFlag, kGroupFlag, kPipelineFlag, kMockFlag, kSnapshotFlag};

Exit queue(Session& session, const Invocation& invocation) {
  if (const auto bad = refuse_bad_configuration(session)) return *bad;
  const auto look = look_of(session, invocation);
  if (!look) return tell(session, look.error(), SourceRequest::Kind::gitlab);
  const auto reading = read_once(session, look->source);
  if (!reading) return tell(session, reading.error(), look->source.kind);
  const nlohmann::json document =
      queue_document(tick_document(reading->tick, look->view), session.host_queue(), session.waiter.now());
  session.out.result(wants_json(invocation) ? pretty(document) : queue_text(document, colour_of(session)));
  return Exit::fine;
}

}  // namespace

CommandRow queue_command() {
  return {
      .name = "queue",
      .arguments = "",
      .summary = "Show the pending jobs in the order in which they should run.",
      .text =
          "Reads the fleet once and prints each pending job with its position, class, score, wait, expected "
          "start and recommended runner. Where an executor keeps its state on this host, the jobs that "
          "it holds and runs follow.",
      .flags = kFlags,
      .run = queue};
}

}  // namespace runneriq::cli
