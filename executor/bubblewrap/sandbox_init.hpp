// PID 1 of a sandbox: this very program, started inside by bubblewrap. It starts the script's
// interpreter, passes SIGTERM to everything in the sandbox, and ends with the interpreter's
// exit code; the kernel then ends whatever is left.
#pragma once

#include "core/time.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::executor {

// The word by which main knows that it is PID 1 of a sandbox.
inline constexpr std::string_view kSandboxInitWord = "sandbox-init";

struct SandboxInitCall {
  int started = -1;  // gets one byte once the interpreter runs: without it the sandbox failed, not the script
  int lifeline = -1;  // reads a pipe that only the executor writes to: its end is the executor's
  Duration grace{};   // from SIGTERM, or the executor's end, to SIGKILL
  std::vector<std::string> interpreter;
};

// The arguments that sandbox_init() reads, after the program's path.
std::vector<std::string> to_arguments(const SandboxInitCall& call);

// `arguments` after kSandboxInitWord; `environment` is passed on. Returns the exit code.
int sandbox_init(std::span<const std::string_view> arguments, std::span<const std::string_view> environment);

}  // namespace runneriq::executor
