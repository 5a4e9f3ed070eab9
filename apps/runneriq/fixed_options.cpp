#include "apps/runneriq/fixed_options.hpp"

#include <algorithm>

namespace runneriq::app {

FixedOptions::FixedOptions(std::span<const std::string_view> keys, const config::Configuration& at_start) {
  for (const Option& option : at_start.options()) {
    if (std::ranges::find(keys, option.key) != keys.end()) shown_[option.key] = option.show();
  }
}

std::vector<std::string> FixedOptions::changed_in(const config::Configuration& configuration) const {
  std::vector<std::string> changed;
  for (const Option& option : configuration.options()) {
    const auto known = shown_.find(option.key);
    if (known != shown_.end() && known->second != option.show()) changed.push_back(option.key);
  }
  std::ranges::sort(changed);
  return changed;
}

}  // namespace runneriq::app
