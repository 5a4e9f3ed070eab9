// runneriq-gitlab-sim: a small GitLab for demonstrations and tests.
#include "apps/gitlab_sim/usage.hpp"
#include "config/yaml/yaml_json.hpp"
#include "core/json_text.hpp"
#include "core/option.hpp"
#include "core/printable.hpp"
#include "core/version.hpp"
#include "gitlab/simulator/simulator.hpp"
#include "platform/files.hpp"
#include "platform/termination.hpp"

#include <nlohmann/json.hpp>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::app {
namespace {

using gitlab::simulator::Scenario;
using gitlab::simulator::Simulator;
using gitlab::simulator::SimulatorSettings;
using Words = std::span<const std::string_view>;

constexpr int kFailure = 1;
constexpr int kUsage = 2;
constexpr std::size_t kLargestScenario = std::size_t{1} << 20;
constexpr std::size_t kLargestToken = 4096;
constexpr double kFastest = 1'000'000;

struct Plan {
  Scenario scenario = gitlab::simulator::mock_scenario();
  SimulatorSettings settings;
};

Result<Scenario> read_scenario(const std::string& path) {
  const auto text = platform::read_file(path, kLargestScenario);
  if (!text) return fail(text.error());
  const auto document = config::parse_yaml_json(*text);
  if (!document) return fail(Error(document.error()).within(printable_path(path)));
  auto scenario = gitlab::simulator::parse_scenario(*document);
  if (!scenario) return fail(std::move(scenario).error().within(printable_path(path)));
  return scenario;
}

Result<Secret> read_token(const std::string& path) {
  auto text = platform::read_file(path, kLargestToken);
  if (!text) return fail(text.error());
  text->erase(text->find_last_not_of(" \t\r\n") + 1);
  if (text->empty()) return fail(Errc::invalid_argument, printable_path(path) + ": the file holds no token");
  return Secret(*std::move(text));
}

Result<void> apply(Plan& plan, std::string_view flag, const std::string& value) {
  if (flag == "--scenario") {
    auto scenario = read_scenario(value);
    if (!scenario) return fail(std::move(scenario).error());
    plan.scenario = *std::move(scenario);
  } else if (flag == "--listen") {
    plan.settings.listen = value;
  } else if (flag == "--time-factor") {
    const auto factor = parse_decimal(value, 0, kFastest);
    if (!factor) return fail(Error(factor.error()).within(flag));
    plan.settings.time_factor = *factor;
  } else if (flag == "--token") {
    auto token = read_token(value);
    if (!token) return fail(std::move(token).error());
    plan.settings.token = *std::move(token);
  } else {
    return fail(Errc::invalid_argument, "unknown option " + quoted_text(flag) + "; see --help");
  }
  return {};
}

Result<Plan> plan_of(Words words) {
  Plan plan;
  for (std::size_t at = 0; at < words.size(); at += 2) {
    if (at + 1 == words.size())
      return fail(Errc::invalid_argument,
                  quoted_text(words[at]) + " lacks a value or is unknown; see --help");
    if (auto applied = apply(plan, words[at], std::string(words[at + 1])); !applied)
      return fail(std::move(applied).error());
  }
  return plan;
}

int report(const Error& error, int code) {
  std::fprintf(stderr, "runneriq-gitlab-sim: %s\n", error.message.c_str());
  return code;
}

void wait_for(platform::Termination& termination) {
  pollfd signals{.fd = termination.signal_fd(), .events = POLLIN, .revents = 0};
  while (termination.happened() != platform::Termination::Cause::stop) {
    if (poll(&signals, 1, -1) < 0 && errno != EINTR) return;
  }
}

int serve(Plan plan) {
  platform::Termination termination;
  const auto simulator = Simulator::start(std::move(plan.scenario), plan.settings);
  if (!simulator) return report(simulator.error(), kFailure);
  const nlohmann::json line{
      {"url", (*simulator)->url()}, {"token", plan.settings.token.reveal()}, {"pid", getpid()}};
  std::printf("%s\n", json_line(line).c_str());
  std::fflush(stdout);
  wait_for(termination);
  return 0;
}

int run_main(Words words) {
  if (!words.empty() && (words.front() == "--help" || words.front() == "-h"))
    return std::fputs(simulator_help().c_str(), stdout) < 0 ? kFailure : 0;
  if (!words.empty() && words.front() == "--version")
    return std::puts("runneriq-gitlab-sim " RUNNERIQ_VERSION) < 0 ? kFailure : 0;
  auto plan = plan_of(words);
  return plan ? serve(*std::move(plan)) : report(plan.error(), kUsage);
}

}  // namespace
}  // namespace runneriq::app

int main(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + std::min(argc, 1), argv + argc);
  try {
    return runneriq::app::run_main(words);
  } catch (const std::exception& broken) {
    std::fprintf(stderr, "runneriq-gitlab-sim: internal error: %s\n", broken.what());
    return 1;
  }
}
