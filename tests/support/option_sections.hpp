// Every option row of both programs, in the order of the references, with the words that stand above them.
#pragma once

#include "core/option.hpp"

#include <string>
#include <vector>

namespace runneriq {

struct OptionSection {
  std::string title;
  std::string words;     // whole sentences; what stands in backticks is typed
  std::string guide;     // the name of the page in docs/ that says more ("steering"); "" = none
  std::string programs;  // who reads it: "runneriq", "runneriq-executor" or both
  Options options;
};

// Their fields live as long as the process.
std::vector<OptionSection> option_sections();

// The variable that sets an option: "RUNNERIQ_EXECUTOR_SLOTS". None has a '*' in its key.
std::string variable_of(const Option& option);

}  // namespace runneriq
