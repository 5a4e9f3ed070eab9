#include "core/glob.hpp"

#include <cstddef>

namespace runneriq {

bool glob_matches(std::string_view pattern, std::string_view text) {
  constexpr auto none = std::string_view::npos;
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t after_star = none;  // where the pattern goes on after the last '*'
  std::size_t taken_until = 0;    // end of what that '*' stands for
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      taken_until = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (after_star != none) {
      // Only the last '*' ever needs to take more: earlier ones already matched as early as they can.
      p = after_star;
      t = ++taken_until;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == none;
}

}  // namespace runneriq
