// runneriq-executor: the custom executor that gitlab-runner calls once per stage.
#include "apps/executor/doctor_command.hpp"
#include "apps/executor/host.hpp"
#include "apps/executor/usage.hpp"
#include "core/version.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::app {
namespace {

using Words = std::span<const std::string_view>;

constexpr int kUsage = 2;

int usage_error(const std::string& what) {
  std::fprintf(stderr, "runneriq-executor: %s; see runneriq-executor --help\n", what.c_str());
  return kUsage;
}

int run_config(Host& host) {
  host.load();
  auto session = host.session();
  std::string document;
  const int code = executor::config_stage(session, document);
  if (code == 0) std::printf("%s\n", document.c_str());
  return code;
}

int run_prepare(Host& host) {
  host.report_configuration();
  auto session = host.session();
  return executor::prepare_stage(session);
}

int run_on(Host& host, executor::Stage stage, Words arguments) {
  using executor::Stage;
  if (stage == Stage::config) return run_config(host);
  if (stage == Stage::prepare) return run_prepare(host);
  auto session = host.session();
  if (stage == Stage::cleanup) return executor::cleanup_stage(session);
  return executor::run_stage(session, std::string(arguments[0]), std::string(arguments[1]));
}

int run_stage_call(executor::Stage stage, Words arguments, Words environment) {
  using executor::Stage;
  if (executor::stage_environment(environment).attempt_dir.empty()) {
    return usage_error("TMPDIR is not an absolute path: the stages are called by gitlab-runner, not by hand");
  }
  if (stage == Stage::run && arguments.size() < 2) return usage_error("run needs a script and a stage");
  // The one document of config goes to standard output; cleanup's lines go to the runner's own log.
  const bool quiet = stage == Stage::config || stage == Stage::cleanup;
  Host host{environment, quiet ? LogTo::standard_error : LogTo::standard_output};
  const int code = run_on(host, stage, arguments);
  host.report_notices();
  return code;
}

int run_main(Words words, Words environment) {
  if (words.empty()) return usage_error("no command given");
  const std::string_view command = words.front();
  const Words arguments = words.subspan(1);
  if (const auto stage = executor::parse_stage(command))
    return run_stage_call(*stage, arguments, environment);
  if (command == "doctor") return doctor_command(arguments, environment);
  if (command == "--help" || command == "-h" || command == "help")
    return std::fputs(executor_help().c_str(), stdout) < 0;
  if (command == "--version") return std::puts("runneriq-executor " RUNNERIQ_VERSION) < 0;
  return usage_error("unknown command '" + std::string(command) + "'");
}

}  // namespace
}  // namespace runneriq::app

int main(int argc, char** argv, char** envp) {
  std::vector<std::string_view> words(argv + std::min(argc, 1), argv + argc);
  std::vector<std::string_view> environment;
  for (char** entry = envp; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  try {
    return runneriq::app::run_main(words, environment);
  } catch (const std::exception& broken) {
    std::fprintf(stderr, "RunnerIQ: internal error: %s\n", broken.what());
    return runneriq::executor::stage_environment(environment).system_failure;
  }
}
