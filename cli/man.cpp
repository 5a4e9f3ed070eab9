#include "cli/commands.hpp"
#include "cli/man_page.hpp"
#include "cli/session.hpp"

namespace runneriq::cli {
namespace {

Exit man(Session& session, const Invocation&) {
  session.out.result(man_page());
  return Exit::fine;
}

}  // namespace

CommandRow man_command() {
  return {.name = "man",
          .arguments = "",
          .summary = "Print the manual page.",
          .text = "Prints runneriq(1) for man: `runneriq man | man -l -` shows it.",
          .flags = {},
          .run = man};
}

}  // namespace runneriq::cli
