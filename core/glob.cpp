#include "core/glob.hpp"

#include <algorithm>
#include <cstddef>

namespace runneriq {

namespace {

bool fits(char wanted, char c) {
  return wanted == '?' || wanted == c;
}

// What stands behind the last '*' has one place only: the end. Looking there first keeps the usual
// patterns linear, "*-a" and "release/*" alike.
bool ends_alike(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.rfind('*');
  if (star == std::string_view::npos) return pattern.size() == text.size();
  const std::string_view end = pattern.substr(star + 1);
  return end.size() <= text.size() &&
         std::equal(end.begin(), end.end(), text.end() - static_cast<std::ptrdiff_t>(end.size()), fits);
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) {
  constexpr auto none = std::string_view::npos;
  if (!ends_alike(pattern, text)) return false;
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t after_star = none;  // where the pattern goes on after the last '*'
  std::size_t taken_until = 0;    // end of what that '*' stands for
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      taken_until = t;
    } else if (p < pattern.size() && fits(pattern[p], text[t])) {
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
