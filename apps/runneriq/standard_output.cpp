#include "apps/runneriq/standard_output.hpp"

#include "executor/contract.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
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

std::optional<bool> StandardOutput::ask(std::string_view question, int stop_fd) {
  if (::isatty(STDIN_FILENO) == 0 || !somebody_watches()) return std::nullopt;
  std::fprintf(stderr, "%.*s [y/N] ", static_cast<int>(question.size()), question.data());
  std::array<pollfd, 2> waits{{{STDIN_FILENO, POLLIN, 0}, {stop_fd, POLLIN, 0}}};
  while (::poll(waits.data(), waits.size(), -1) < 0 && errno == EINTR) {
  }
  if (waits[1].revents != 0) return std::nullopt;
  std::array<char, 256> answer{};
  const ssize_t count = ::read(STDIN_FILENO, answer.data(), answer.size());
  return count > 0 && (answer[0] == 'y' || answer[0] == 'Y');
}

int StandardOutput::trouble() {
  note(std::fflush(stdout) != 0);
  return trouble_;
}

void StandardOutput::note(bool failed) {
  if (failed && trouble_ == 0) trouble_ = errno == 0 ? EIO : errno;
}

}  // namespace runneriq::app
