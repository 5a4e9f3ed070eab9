#include "apps/executor/doctor_command.hpp"

#include "apps/executor/host_facts.hpp"
#include "apps/executor/settings.hpp"
#include "apps/executor/usage.hpp"
#include "core/option.hpp"
#include "executor/config_toml.hpp"
#include "executor/doctor.hpp"

#include <cstdio>
#include <string>

namespace runneriq::app {
namespace {

constexpr int kUsage = 2;
constexpr int kMostSlots = 10'000;

struct Request {
  bool as_json = false;
  bool print_config_toml = false;
  bool print_help = false;
  int reserve = 0;
  std::string runner_file;  // "" = where gitlab-runner looks
};

bool takes_value(std::string_view option) {
  return option == "--output" || option == "--reserve" || option == "--config-file";
}

Result<std::string_view> value_of(std::string_view option, std::span<const std::string_view> rest) {
  if (!takes_value(option)) {
    return fail(Errc::invalid_argument, "unknown option '" + std::string(option) + "'");
  }
  if (rest.empty()) return fail(Errc::invalid_argument, std::string(option) + " needs a value");
  return rest.front();
}

Result<void> set_output(Request& request, std::string_view text) {
  if (text != "text" && text != "json") {
    return fail(Errc::invalid_argument, "--output is text or json, not '" + std::string(text) + "'");
  }
  request.as_json = text == "json";
  return {};
}

Result<void> set_reserve(Request& request, std::string_view text) {
  const auto number = parse_whole(text, 1, kMostSlots);
  if (!number) return fail(Error(number.error()).within("--reserve"));
  request.reserve = *number;
  return {};
}

Result<void> set_option(Request& request, std::string_view option, std::string_view value) {
  if (option == "--output") return set_output(request, value);
  if (option == "--reserve") return set_reserve(request, value);
  request.runner_file = value;
  return {};
}

Result<Request> parse(std::span<const std::string_view> words) {
  Request request;
  while (!words.empty()) {
    const std::string_view option = words.front();
    words = words.subspan(1);
    if (option == "--config-toml") {
      request.print_config_toml = true;
      continue;
    }
    if (option == "--help" || option == "-h") {
      request.print_help = true;
      return request;
    }
    const auto value = value_of(option, words);
    if (!value) return fail(value.error());
    if (auto set = set_option(request, option, *value); !set) return fail(set.error());
    words = words.subspan(1);
  }
  if (request.reserve > 0 && !request.print_config_toml) {
    return fail(Errc::invalid_argument, "--reserve goes with --config-toml");
  }
  return request;
}

int usage_error(const Error& error) {
  std::fprintf(stderr, "runneriq-executor doctor: %s\n", error.message.c_str());
  return kUsage;
}

int print_config_toml(const Request& request, executor::EnvironmentBlock environment) {
  const Settings settings = load_settings(environment);
  const auto text = executor::config_toml(
      {program_path(), settings.executor.slots, request.reserve, settings.executor.kill_grace});
  if (!text) return usage_error(text.error());
  return std::fputs(text->c_str(), stdout) < 0;
}

}  // namespace

int doctor_command(std::span<const std::string_view> arguments,
                   std::span<const std::string_view> environment) {
  const auto request = parse(arguments);
  if (!request) return usage_error(request.error());
  if (request->print_help) return std::fputs(executor_help().c_str(), stdout) < 0;
  if (request->print_config_toml) return print_config_toml(*request, environment);
  const auto findings = executor::examine(gather_facts(environment, request->runner_file));
  std::fputs((request->as_json ? executor::as_json(findings) : executor::as_text(findings)).c_str(), stdout);
  return executor::exit_code(findings);
}

}  // namespace runneriq::app
