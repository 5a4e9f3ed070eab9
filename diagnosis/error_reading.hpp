// How much a line of a log reads like the word on what failed. Pure; a table of words, not of programs.
#pragma once

#include <string_view>

namespace runneriq::diagnosis {

enum class Reading : int {
  runner,       // the runner's own words, which are never the cause
  plain,        // all else
  consequence,  // says that something failed before: "make: *** [all] Error 2", "npm ERR!"
  complaint,    // reads like an error: "failed", "cannot", "not found"
  error,        // names one: "error:", "AssertionError", "panicked at", "No space left on device"
};

// Of one cleaned line (diagnosis/log_cleaner). Only the first kilobyte counts.
Reading reading_of(std::string_view line);

// Whether the runner says with it that the script is over: what follows is after_script, cache and artifacts.
bool ends_the_script(std::string_view line);

}  // namespace runneriq::diagnosis
