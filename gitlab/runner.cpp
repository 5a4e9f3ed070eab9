#include "gitlab/runner.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace runneriq::gitlab {
namespace {

using NamedType = std::pair<RunnerType, std::string_view>;
using NamedStatus = std::pair<RunnerStatus, std::string_view>;

constexpr std::array kTypes{
    NamedType{RunnerType::instance, "instance_type"},
    NamedType{RunnerType::group, "group_type"},
    NamedType{RunnerType::project, "project_type"},
};

constexpr std::array kStatuses{
    NamedStatus{RunnerStatus::online, "online"},
    NamedStatus{RunnerStatus::offline, "offline"},
    NamedStatus{RunnerStatus::stale, "stale"},
    NamedStatus{RunnerStatus::never_contacted, "never_contacted"},
};

}  // namespace

std::string_view to_text(RunnerType type) {
  return std::find_if(kTypes.begin(), kTypes.end(), [&](const NamedType& row) { return row.first == type; })
      ->second;
}

std::string_view to_text(RunnerStatus status) {
  const auto named = std::find_if(kStatuses.begin(), kStatuses.end(),
                                  [&](const NamedStatus& row) { return row.first == status; });
  return named == kStatuses.end() ? "unknown" : named->second;
}

std::optional<RunnerType> runner_type(std::string_view text) {
  const auto named =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const NamedType& row) { return row.second == text; });
  return named == kTypes.end() ? std::nullopt : std::optional{named->first};
}

RunnerStatus runner_status(std::string_view text) {
  const auto named = std::find_if(kStatuses.begin(), kStatuses.end(),
                                  [&](const NamedStatus& row) { return row.second == text; });
  return named == kStatuses.end() ? RunnerStatus::unknown : named->first;
}

}  // namespace runneriq::gitlab
