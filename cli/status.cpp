#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/status_document.hpp"
#include "cli/steering_document.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace runneriq::cli {
namespace {

constexpr std::array kFlags{kOutputFlag, kProjectFlag, kGroupFlag, kPipelineFlag, kMockFlag, kSnapshotFlag};

// As far as it is known: without a state file nothing has been steered from here.
void add_standing(Session& session, const Look& look, nlohmann::json& document) {
  if (look.source.kind != SourceRequest::Kind::gitlab || !session.steering_store) return;
  const auto store = session.steering_store();
  if (!store) return;
  const Time now = session.waiter.now();
  if (const auto memory = (*store)->load(now)) document["steering"] = standing_document(*memory, now);
}

Exit status(Session& session, const Invocation& invocation) {
  if (const auto bad = refuse_bad_configuration(session)) return *bad;
  const auto look = look_of(session, invocation);
  if (!look) return tell(session, look.error(), SourceRequest::Kind::gitlab);
  const auto reading = read_once(session, look->source);
  if (!reading) return tell(session, reading.error(), look->source.kind);
  nlohmann::json document = status_document(tick_document(reading->tick, look->view));
  add_standing(session, *look, document);
  session.out.result(wants_json(invocation) ? pretty(document) : status_text(document, colour_of(session)));
  return Exit::fine;
}

}  // namespace

CommandRow status_command() {
  return {.name = "status",
          .arguments = "",
          .summary = "Show the fleet at a glance.",
          .text =
              "Reads the fleet once and prints the runners by state, their slots, the pending jobs by class, "
              "the longest wait, how the runners for them were chosen, what has changed since the fleet was "
              "last read, what is stale or missing, and which tags are leased.",
          .flags = kFlags,
          .run = status};
}

}  // namespace runneriq::cli
