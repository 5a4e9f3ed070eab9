// What `doctor` says of the models that are asked: provider, model and budget. Pure.
#pragma once

#include "executor/finding.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace runneriq::cli {

struct AdvisorFacts {
  std::string provider{};                 // "anthropic", "openai"; "" = nobody is asked
  std::string why{};                      // nobody is asked
  std::string url{};                      // "" = the provider's own
  std::vector<std::string> complaints{};  // what the provider said of key and models, and what is out of date
  bool tie_breaks = false;                // they are left to it
  bool triage = false;                    // failures are
  std::int64_t spent = 0, limit = 0;      // tokens of today; limit 0 = none
  std::optional<std::string> ledger_trouble{};
};

// A provider that cannot be asked is a warning: rules decide then.
std::vector<executor::Finding> examine_advisor(const AdvisorFacts& facts);

}  // namespace runneriq::cli
