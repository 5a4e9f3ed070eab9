// runneriq: watches a fleet of GitLab runners, scores what waits, and says which runner should take it.
#include "apps/runneriq/program.hpp"
#include "cli/command_line.hpp"
#include "core/overloaded.hpp"
#include "platform/process_secrecy.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace runneriq::app {
namespace {

using Words = std::span<const std::string_view>;

int print(const std::string& text) {
  if (std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0) return 0;
  std::fputs("runneriq: standard output could not be written\n", stderr);
  return static_cast<int>(cli::Exit::no);
}

int run_main(Words words, Words environment) {
  auto parsed = cli::parse_command_line(words);
  if (!parsed) {
    std::fprintf(stderr, "runneriq: %s\n", parsed.error().message.c_str());
    return static_cast<int>(cli::Exit::usage);
  }
  return std::visit(Overloaded{
                        [](const cli::Answer& answer) { return print(answer.text); },
                        [&](cli::Invocation& invocation) {
                          return Program{std::move(invocation), environment}.run();
                        },
                    },
                    *parsed);
}

}  // namespace
}  // namespace runneriq::app

int main(int argc, char** argv, char** envp) {
  runneriq::platform::keep_memory_private();  // the environment may hold a token
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its limit is an error of the write, as a full disk is
  const std::vector<std::string_view> words(argv + std::min(argc, 1), argv + argc);
  std::vector<std::string_view> environment;
  for (char** entry = envp; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  try {
    return runneriq::app::run_main(words, environment);
  } catch (const std::exception& broken) {
    std::fprintf(stderr, "runneriq: internal error: %s\n", broken.what());
    return 1;
  }
}
