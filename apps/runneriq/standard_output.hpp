// Results on stdout, talk on stderr.
#pragma once

#include "apps/installation/installation.hpp"
#include "cli/session.hpp"

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
  // Whether all results have arrived; to be asked at the end.
  [[nodiscard]] bool delivered();

 private:
  bool colour_;
  bool failed_ = false;
};

}  // namespace runneriq::app
