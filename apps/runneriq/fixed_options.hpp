// Options of which a running program keeps the values that it has started with.
#pragma once

#include "config/configuration.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::app {

class FixedOptions {
 public:
  FixedOptions(std::span<const std::string_view> keys, const config::Configuration& at_start);
  // The keys whose values, or files that they name, are others than at the start; in alphabetical order.
  [[nodiscard]] std::vector<std::string> changed_in(const config::Configuration& configuration) const;

 private:
  std::map<std::string, std::string, std::less<>> states_;  // by key
};

}  // namespace runneriq::app
