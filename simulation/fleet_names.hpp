// The names that the simulated GitLab goes by.
#pragma once

#include "core/id.hpp"
#include "scheduler/fleet.hpp"

#include <chrono>
#include <cstddef>
#include <string_view>

namespace runneriq::simulation {

inline const ProjectId kProject{1};
inline constexpr std::string_view kSpecialTag = "special";
// The wall clock when a simulation begins.
inline constexpr Time kBeginning{std::chrono::sys_days{std::chrono::year{2025} / 1 / 1}};

inline const GitLabUrl& simulated_gitlab() {
  static const GitLabUrl kUrl{"https://gitlab.example"};
  return kUrl;
}
inline scheduler::RunnerKey runner_key(std::size_t host) {
  return {simulated_gitlab(), RunnerId{static_cast<std::int64_t>(host) + 1}};
}
inline scheduler::JobKey job_key(std::size_t job) {
  return {simulated_gitlab(), JobId{static_cast<std::int64_t>(job) + 1}};
}

}  // namespace runneriq::simulation
