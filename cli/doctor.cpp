#include "cli/commands.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "executor/finding.hpp"

#include <array>

namespace runneriq::cli {
namespace {

constexpr std::array kFlags{kOutputFlag, kProjectFlag, kGroupFlag};

Exit doctor(Session& session, const Invocation& invocation) {
  const std::vector<executor::Finding> findings = session.examine();
  session.out.result(wants_json(invocation) ? executor::as_json(findings) : executor::as_text(findings));
  return executor::exit_code(findings) == 0 ? Exit::fine : Exit::no;
}

}  // namespace

CommandRow doctor_command() {
  return {.name = "doctor",
          .arguments = "",
          .summary = "Examine GitLab, token, runners, state and configuration; tell what to mend.",
          .text =
              "Prints one line per finding and, below what is not fine, the line to write or the command to "
              "type. Exits with 1 when anything fails.",
          .flags = kFlags,
          .run = doctor};
}

}  // namespace runneriq::cli
