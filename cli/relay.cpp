#include "cli/commands.hpp"
#include "cli/reading.hpp"

namespace runneriq::cli {
namespace {

Exit relay(Session& session, const Invocation&) {
  if (const auto bad = refuse_bad_configuration(session)) return *bad;
  const auto done = session.run_relay([&session] {
    if (session.announce) session.announce(Session::Announcement::ready);
  });
  if (done) return Exit::fine;
  session.out.talk("runneriq: " + done.error().message);
  return Exit::usage;
}

}  // namespace

CommandRow relay_command() {
  return {.name = "relay",
          .arguments = "",
          .summary = "Forward this host's executors to the fleet's service.",
          .text =
              "Listens on `executor.socket` and forwards what executors ask and report there to the service "
              "at `relay.url` over HTTPS, with the token of `RUNNERIQ_RELAY_TOKEN` or of the credential "
              "`relay-token`, and adds this host's load, memory and pressure. While the service cannot be "
              "used, executors are told so at once and decide by their host's own state file; one probe "
              "every 10 s finds out when it is back. Ends on SIGTERM or SIGINT; SIGHUP reads the "
              "configuration anew and keeps the old one when the new one is bad.",
          .flags = {},
          .run = relay};
}

}  // namespace runneriq::cli
