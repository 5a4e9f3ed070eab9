// Results on stdout, talk on stderr.
#pragma once

#include "apps/installation/installation.hpp"
#include "cli/session.hpp"

#include <optional>
#include <string_view>

namespace runneriq::app {

class StandardOutput final : public cli::Output {
 public:
  // Colour: stdout is a terminal, NO_COLOR is empty or unset and TERM is not "dumb" (no-color.org).
  explicit StandardOutput(EnvironmentBlock environment);
  void result(std::string_view text) override;
  void talk(std::string_view line) override;
  [[nodiscard]] bool colour() const override { return colour_; }
  [[nodiscard]] bool somebody_watches() const override;
  // Asks whoever sits at the terminal; none where nobody does, or when `stop_fd` becomes readable first.
  [[nodiscard]] std::optional<bool> ask(std::string_view question, int stop_fd);
  // The errno of the first result that did not arrive, 0 when all did; to be asked at the end.
  [[nodiscard]] int trouble();

 private:
  void note(bool failed);

  bool colour_;
  int trouble_ = 0;
};

}  // namespace runneriq::app
