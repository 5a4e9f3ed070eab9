#include "executor/bubblewrap/sandbox_init.hpp"

#include "platform/child_process.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <charconv>
#include <csignal>

namespace runneriq::executor {
namespace {

constexpr int kCannotStart = 126;

long to_long(std::string_view text) {
  long number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string path_in(std::span<const std::string_view> environment, std::string otherwise) {
  for (const std::string_view entry : environment) {
    if (entry.starts_with("PATH=")) return std::string(entry.substr(5));
  }
  return otherwise;
}

}  // namespace

std::vector<std::string> to_arguments(const SandboxInitCall& call) {
  std::vector<std::string> arguments{std::string(kSandboxInitWord), std::to_string(call.started),
                                     std::to_string(call.lifeline), std::to_string(call.grace.count())};
  arguments.insert(arguments.end(), call.interpreter.begin(), call.interpreter.end());
  return arguments;
}

int sandbox_init(std::span<const std::string_view> arguments, std::span<const std::string_view> environment) {
  if (arguments.size() < 4) return kCannotStart;
  // The job must not reach our program's file or memory through /proc/1.
  ::prctl(PR_SET_DUMPABLE, 0);
  const int started = static_cast<int>(to_long(arguments[0]));
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);

  platform::Termination termination{platform::UniqueFd{static_cast<int>(to_long(arguments[1]))}};
  const Duration grace{to_long(arguments[2])};
  platform::ChildSpec spec;
  spec.argv.assign(arguments.begin() + 3, arguments.end());
  spec.environment.assign(environment.begin(), environment.end());
  spec.path = path_in(environment, spec.path);
  spec.standard_input = STDIN_FILENO;
  auto child = platform::start(spec);
  if (!child) {
    const std::string line = "RunnerIQ: " + child.error().message + "\n";
    (void)!::write(STDERR_FILENO, line.data(), line.size());
    return kCannotStart;
  }
  (void)!::write(started, "1", 1);
  const platform::ProcessTree all{[](int signal) { ::kill(-1, signal); }, platform::has_no_children};
  return platform::supervise(*child, all, termination, grace).status.shell_code();
}

}  // namespace runneriq::executor
