#pragma once

#include <string_view>

namespace runneriq {

// What stands after the last slash of a path; all of it when there is none.
constexpr std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace runneriq
