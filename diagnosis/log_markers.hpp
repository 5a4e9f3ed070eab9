// Markers with which CI systems fold their logs, and terminal codes: where they begin and end. Pure.
#pragma once

#include "diagnosis/log_cleaner.hpp"

#include <optional>

namespace runneriq::diagnosis {

// ECMA-48: the length of the code that `text` begins with, which is ESC; 1 for what is no code.
std::size_t length_of_code(std::string_view text);

struct FoundMarker {
  LogMarker marker;
  std::size_t at = 0, length = 0;  // in the text that was searched
};
// The first marker in `text`, which holds no carriage return. One that does not begin it counts only where
// nothing but codes and markers stands behind it: programs that end without a line end leave it there.
std::optional<FoundMarker> marker_in(std::string_view text);

}  // namespace runneriq::diagnosis
