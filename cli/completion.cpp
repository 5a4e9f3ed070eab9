#include "cli/commands.hpp"
#include "cli/completion_script.hpp"
#include "cli/session.hpp"

namespace runneriq::cli {
namespace {

Exit completion(Session& session, const Invocation& invocation) {
  const std::string& shell = invocation.arguments.front();
  session.out.result(shell == "zsh"    ? zsh_completion()
                     : shell == "fish" ? fish_completion()
                                       : bash_completion());
  return Exit::fine;
}

}  // namespace

CommandRow completion_command() {
  return {.name = "completion",
          .arguments = "bash|zsh|fish",
          .summary = "Print completion for a shell.",
          .text =
              "For bash: `source <(runneriq completion bash)`. For zsh save it as _runneriq in a folder of "
              "$fpath. For fish: `runneriq completion fish | source`.",
          .flags = {},
          .run = completion};
}

}  // namespace runneriq::cli
