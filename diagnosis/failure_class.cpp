#include "diagnosis/failure_class.hpp"

#include <algorithm>
#include <cstddef>

namespace runneriq::diagnosis {
namespace {

constexpr std::array<std::string_view, kFailureClasses> kNames{
    "compile",    "test",     "lint",           "dependency", "configuration", "environment",
    "network",    "registry", "disk",           "memory",     "timeout",       "runner_system",
    "permission", "flaky",    "infrastructure", "unknown"};
static_assert(kNames.size() == static_cast<std::size_t>(FailureClass::unknown) + 1);

}  // namespace

std::string_view to_text(FailureClass failure_class) {
  return kNames.at(static_cast<std::size_t>(failure_class));
}

std::optional<FailureClass> failure_class(std::string_view text) {
  const auto* const name = std::ranges::find(kNames, text);
  if (name == kNames.end()) return std::nullopt;
  return static_cast<FailureClass>(name - kNames.begin());
}

std::array<FailureClass, kFailureClasses> failure_classes() {
  std::array<FailureClass, kFailureClasses> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all.at(i) = static_cast<FailureClass>(i);
  return all;
}

}  // namespace runneriq::diagnosis
