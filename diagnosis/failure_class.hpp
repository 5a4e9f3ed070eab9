// Why a job failed, in one word. Pure.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace runneriq::diagnosis {

// The cause, not the symptom: a download that a broken network interrupts is `network`, whoever reports it.
enum class FailureClass {
  compile,         // source does not compile, link, type-check or parse
  test,            // a test failed or crashed
  lint,            // style, static analysis, coverage thresholds, spelling, commit messages
  dependency,      // a package cannot be resolved, found, built or installed
  configuration,   // of the job or its tools: an unset variable, an unknown option, a file that is not there
  environment,     // a tool or runtime that is missing, or of the wrong version
  network,         // names, connections, TLS, servers that answer 5xx
  registry,        // a registry of packages or images that refuses, throttles or fails
  disk,            // no space, quota, read-only
  memory,          // out of memory, killed for it
  timeout,         // of the job, a command or a test run; no output for too long
  runner_system,   // the runner or GitLab itself failed
  permission,      // refused for want of a right or a key
  flaky,           // the log itself says that it comes and goes
  infrastructure,  // a service that the job needs did not start, or died
  unknown,
};
inline constexpr std::size_t kFailureClasses = 16;
std::string_view to_text(FailureClass failure_class);
std::optional<FailureClass> failure_class(std::string_view text);  // of its name
std::array<FailureClass, kFailureClasses> failure_classes();

}  // namespace runneriq::diagnosis
