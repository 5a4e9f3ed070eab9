#pragma once

#include <span>
#include <string>
#include <string_view>

namespace runneriq {

// The words one after the other with `separator` between them.
inline std::string joined(std::span<const std::string> words, std::string_view separator) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

}  // namespace runneriq
