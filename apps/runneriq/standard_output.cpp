#include "apps/runneriq/standard_output.hpp"

#include "executor/contract.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace runneriq::app {
namespace {

bool wants_colour(EnvironmentBlock environment) {
  if (::isatty(STDOUT_FILENO) == 0) return false;
  if (!executor::find_in(environment, "NO_COLOR").value_or("").empty()) return false;
  return executor::find_in(environment, "TERM").value_or("") != "dumb";
}

}  // namespace

StandardOutput::StandardOutput(EnvironmentBlock environment) : colour_(wants_colour(environment)) {}

void StandardOutput::result(std::string_view text) {
  note(std::fwrite(text.data(), 1, text.size(), stdout) != text.size());
  note(std::fflush(stdout) != 0);
}

void StandardOutput::talk(std::string_view line) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
}

bool StandardOutput::somebody_watches() const {
  return ::isatty(STDERR_FILENO) != 0;
}

int StandardOutput::trouble() {
  note(std::fflush(stdout) != 0);
  return trouble_;
}

void StandardOutput::note(bool failed) {
  if (failed && trouble_ == 0) trouble_ = errno == 0 ? EIO : errno;
}

}  // namespace runneriq::app
