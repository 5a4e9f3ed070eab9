#include "apps/runneriq/fixed_options.hpp"

#include "platform/digest.hpp"
#include "platform/files.hpp"

#include <algorithm>
#include <cstddef>

namespace runneriq::app {
namespace {

constexpr std::size_t kLargestFile = std::size_t{4} << 20;

// The value; where it names a file, also what that holds.
std::string state_of(const Option& option) {
  const std::string value = option.show();
  const auto content = platform::read_file(value, kLargestFile);
  return content ? value + '\n' + platform::sha256_hex(*content) : value;
}

}  // namespace

FixedOptions::FixedOptions(std::span<const std::string_view> keys, const config::Configuration& at_start) {
  for (const Option& option : at_start.options()) {
    if (std::ranges::find(keys, option.key) != keys.end()) states_[option.key] = state_of(option);
  }
}

std::vector<std::string> FixedOptions::changed_in(const config::Configuration& configuration) const {
  std::vector<std::string> changed;
  for (const Option& option : configuration.options()) {
    const auto known = states_.find(option.key);
    if (known != states_.end() && known->second != state_of(option)) changed.push_back(option.key);
  }
  std::ranges::sort(changed);
  return changed;
}

}  // namespace runneriq::app
