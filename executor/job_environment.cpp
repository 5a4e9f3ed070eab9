#include "executor/job_environment.hpp"

#include "core/path.hpp"

#include <algorithm>
#include <array>

namespace runneriq::executor {
namespace {

constexpr std::array<std::string_view, 13> kPassed{
    "LANG",       "LANGUAGE",    "TZ",       "TERM",      "http_proxy", "https_proxy",  "no_proxy",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "all_proxy", "ALL_PROXY",  "SSL_CERT_FILE"};

bool is_passed(std::string_view name, const ExecutorOptions& options) {
  return name.starts_with("LC_") || std::ranges::find(kPassed, name) != kPassed.end() ||
         std::ranges::find(options.pass_environment, name) != options.pass_environment.end();
}

void set(std::vector<std::string>& environment, std::string_view name, std::string_view value) {
  const std::string start = std::string(name) + "=";
  std::erase_if(environment, [&](const std::string& entry) { return entry.starts_with(start); });
  environment.push_back(start + std::string(value));
}

}  // namespace

std::string attempt_marker(const AttemptId& attempt) {
  return "RUNNERIQ_ATTEMPT=" + std::string(last_part(attempt.value()));
}

std::vector<std::string> job_environment(EnvironmentBlock runner, const ExecutorOptions& options,
                                         const Account& account, const JobHome& where,
                                         const AttemptId& attempt) {
  std::vector<std::string> environment;
  for (const std::string_view entry : runner) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = entry.substr(0, equals);
    // CUSTOM_ENV_… is the job's text; it must not choose anything that runs before its script.
    if (!name.starts_with("CUSTOM_ENV_") && is_passed(name, options))
      set(environment, name, entry.substr(equals + 1));
  }
  const std::string user = account.name.empty() ? std::to_string(account.uid) : account.name;
  set(environment, "PATH", options.path);
  set(environment, "HOME", where.home);
  set(environment, "USER", user);
  set(environment, "LOGNAME", user);
  set(environment, "SHELL", "/bin/sh");
  set(environment, "TMPDIR", where.tmp);
  const std::string marker = attempt_marker(attempt);
  set(environment, marker.substr(0, marker.find('=')), marker.substr(marker.find('=') + 1));
  return environment;
}

}  // namespace runneriq::executor
