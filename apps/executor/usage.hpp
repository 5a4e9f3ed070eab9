// How runneriq-executor is called: the one table that its help and its manual page are made from.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace runneriq::app {

inline constexpr std::string_view kExecutorPurpose =
    "a GitLab Runner custom executor that runs jobs in priority order";

enum class Caller { gitlab_runner, people };

struct UsageRow {
  Caller caller;
  std::string_view words;    // "doctor [--output text|json]", as typed behind the program's name
  std::string_view summary;  // for help
  std::string_view text;     // for the manual page
};
std::span<const UsageRow> executor_usage();

struct OptionUsage {
  std::string_view name;
  std::string_view value;  // "" = a switch
  std::string_view text;
};
// Those of doctor.
std::span<const OptionUsage> doctor_options();

std::string executor_help();

}  // namespace runneriq::app
