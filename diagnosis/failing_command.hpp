// What the failing command alone says of the class: its name and the code with which it ended. Pure.
#pragma once

#include "diagnosis/failure_class.hpp"

#include <optional>
#include <string_view>

namespace runneriq::diagnosis {

struct CommandHint {
  std::string_view id;  // "exit-code:137", "command:lint"
  FailureClass failure_class = FailureClass::unknown;
  double confidence = 0;  // 0..1
  std::string_view suggestion{};
};

// "npm run lint" lints, "bundle install" installs. None where the name says nothing.
std::optional<CommandHint> hint_of_command(std::string_view command);
// 137 is a kill, 127 a command that is not there. None for the codes that any failure has.
std::optional<CommandHint> hint_of_exit_code(int code);

}  // namespace runneriq::diagnosis
