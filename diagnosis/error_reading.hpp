// How much a line of a log reads like the word on what failed. Pure; a table of words, not of programs.
#pragma once

#include <string_view>

namespace runneriq::diagnosis {

enum class Reading : int {
  runner,       // the runner's own words, which are never the cause
  plain,        // all else
  consequence,  // says or counts that something failed before: "make: *** [all] Error 2", "2 failed"
  verdict,      // why the runner gave the job up: "ERROR: Job failed: failed to pull image"
  complaint,    // reads like an error: "failed", "cannot", "not found"
  assertion,    // of a test; says little without the test's name
  error,        // names one, or a failed test: "error:", "panicked at", "No space left on device"
};

// Of one cleaned line (diagnosis/log_cleaner). Only the first kilobyte counts.
Reading reading_of(std::string_view line);

// The digits of the code with which the script ended, where the runner says nothing else: "1" of "ERROR: Job
// failed: exit code 1". Else "".
std::string_view exit_code_in(std::string_view line);

// Whether the runner says with it that the script is over: what follows is after_script, cache and artifacts.
bool ends_the_script(std::string_view line);

}  // namespace runneriq::diagnosis
